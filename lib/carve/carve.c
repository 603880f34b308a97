/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "source/source.h"

const char *vhdxlog_carve_kind_name(enum vhdxlog_carve_kind kind)
{
	static const char *const names[VHDXLOG_CARVE_KINDS] = {
		"identifier", "header", "region-table", "metadata", "entry",
		"data",	      "bat",	"unreadable",	"log",	    "image",
	};

	return names[kind];
}

int vhdxlog_carve_open(struct vhdxlog_source *source,
		       const struct vhdxlog_carve_options *options,
		       struct vhdxlog_carve **carve, struct vhdxlog_error *err)
{
	(void)source, (void)options;
	*carve = NULL;
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "carving");
}

int vhdxlog_carve_next(struct vhdxlog_carve *carve, struct vhdxlog_carved *item,
		       struct vhdxlog_error *err)
{
	(void)carve, (void)item, (void)err;
	return 1;
}

uint64_t vhdxlog_carve_position(const struct vhdxlog_carve *carve)
{
	(void)carve;
	return 0;
}

uint64_t vhdxlog_carve_bytes_read(const struct vhdxlog_carve *carve)
{
	(void)carve;
	return 0;
}

void vhdxlog_carve_close(struct vhdxlog_carve *carve)
{
	(void)carve;
}

char *vhdxlog_carve_save(const struct vhdxlog_carve *carve)
{
	(void)carve;
	return NULL;
}

int vhdxlog_carve_restore(struct vhdxlog_carve *carve, const char *saved,
			  struct vhdxlog_error *err)
{
	(void)carve, (void)saved;
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "carving");
}

const char *vhdxlog_carve_limitation(const struct vhdxlog_carve *carve,
				     size_t index)
{
	(void)carve, (void)index;
	return NULL;
}
