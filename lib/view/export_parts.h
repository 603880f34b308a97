/* SPDX-License-Identifier: MIT */
/* Between the files of export.h that find structures. */
#ifndef VL_VIEW_EXPORT_PARTS_H
#define VL_VIEW_EXPORT_PARTS_H

#include "view/export.h"

struct vl_export_case {
	const struct vl_export_of *of;
	const struct vl_image *image; /* the one of the two that is asked */
	const struct vl_view *view;   /* which it was read from */
	struct vl_places *places;
	bool *left; /* of VL_LEFT_KINDS */
};

/* [off, end), or what of it is in the file. */
int vl_export_add(struct vl_export_case *c, uint64_t off, uint64_t end,
		  enum vl_place_kind kind, struct vhdxlog_error *err);

/* Whether one of the two BATs has a block there. */
bool vl_export_claimed(const struct vl_export_case *c, uint64_t off,
		       uint64_t len);

/* Of c->image. */
int vl_export_bat(struct vl_export_case *c, struct vhdxlog_error *err);

/* When all is known of both BATs. */
int vl_export_log(struct vl_export_case *c, struct vhdxlog_error *err);

#endif
