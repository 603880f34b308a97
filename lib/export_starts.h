/* SPDX-License-Identifier: MIT */
/* What is left of MiB starts in an image to share, where structures were guessed. */
#ifndef VL_EXPORT_STARTS_H
#define VL_EXPORT_STARTS_H

#include "view/export.h"

/*
 * Add the kind of each, of so many as a guess goes by: the word that tells it, or
 * a text where none does. A page of entries of a BAT is no word, and becomes a text.
 */
int vl_export_starts(struct vl_places *places, const struct vl_view *disk,
		     struct vhdxlog_error *err);

#endif
