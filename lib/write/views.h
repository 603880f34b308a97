/* SPDX-License-Identifier: MIT */
/* What is read and what is written, each seen as the other. */
#ifndef VL_WRITE_VIEWS_H
#define VL_WRITE_VIEWS_H

#include "source/view.h"
#include "write/medium.h"

/* The bytes of a source, as the file that a change is made to. */
const struct vl_view *vl_view_of(const struct vhdxlog_source *source);

/*
 * A medium as a source, so that what was written is examined as any image is.
 * The medium is borrowed until the source is closed.
 */
int vl_source_of_medium(const struct vl_medium *m,
			struct vhdxlog_source **source,
			struct vhdxlog_error *err);

#endif
