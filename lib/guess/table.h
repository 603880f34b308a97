/* SPDX-License-Identifier: MIT */
/* A metadata table that no region table vouches for. */
#ifndef VL_GUESS_TABLE_H
#define VL_GUESS_TABLE_H

#include "ondisk/bat.h"
#include "source/view.h"

struct vl_table {
	uint64_t offset; /* of the region */
	uint32_t length; /* as many MiB as its items need */
	unsigned broken; /* how many rules of classes F and M it breaks */
	bool usable;	 /* it has all that the BAT is read by: */
	struct vl_bat_geometry geometry;
};

/*
 * What the region at offset would say, judged by the rules for any metadata. What
 * has no signature, or cannot be read, is not usable.
 */
int vl_table_look(struct vl_table *table, const struct vl_view *view,
		  uint64_t offset, struct vhdxlog_error *err);

#endif
