/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include "base/error.h"

int vhdxlog_overlay_salvage(struct vhdxlog_scan *scan,
			    const struct vhdxlog_range *id,
			    struct vhdxlog_overlay **overlay,
			    struct vhdxlog_error *err)
{
	(void)scan, (void)id;
	*overlay = NULL;
	return vl_error(err, VHDXLOG_E_NOT_FOUND, 0, 0, "salvaging");
}

bool vhdxlog_overlay_salvaged(const struct vhdxlog_overlay *overlay,
			      size_t index, struct vhdxlog_salvaged *salvaged)
{
	(void)overlay, (void)index, (void)salvaged;
	return false;
}

bool vhdxlog_overlay_unsalvaged(const struct vhdxlog_overlay *overlay,
				size_t index,
				struct vhdxlog_unsalvaged *unsalvaged)
{
	(void)overlay, (void)index, (void)unsalvaged;
	return false;
}
