/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include "base/error.h"

int vhdxlog_export_open(struct vhdxlog_scan *scan,
			const struct vhdxlog_export_options *options,
			struct vhdxlog_export **export_,
			struct vhdxlog_error *err)
{
	(void)scan, (void)options;
	*export_ = NULL;
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "exporting");
}

uint64_t vhdxlog_export_size(const struct vhdxlog_export *export_)
{
	(void)export_;
	return 0;
}

int vhdxlog_export_next(struct vhdxlog_export *export_,
			struct vhdxlog_export_piece *piece,
			struct vhdxlog_error *err)
{
	(void)export_, (void)piece, (void)err;
	return 1;
}

const char *vhdxlog_export_limitation(const struct vhdxlog_export *export_,
				      size_t index)
{
	(void)export_, (void)index;
	return NULL;
}

void vhdxlog_export_close(struct vhdxlog_export *export_)
{
	(void)export_;
}
