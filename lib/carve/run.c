/* SPDX-License-Identifier: MIT */
/*
 * What is told as one although it is many: data sectors of no entry, pages of a
 * BAT, pages that cannot be read. A run is told when something else begins.
 */
#include "base/bytes.h"
#include "carve/carve.h"
#include "ondisk/bat.h"

#include <string.h>

/* Between two parts of a BAT there may be so many bytes of blocks that the file
 * has not. */
#define BAT_GAP (64 * VL_KIB)
/* What a run must have to be a BAT where no table says that one is there. */
#define BAT_LOCATED 8u
/* Neighbouring data sectors are of numbers that are near each other. */
#define NEAR_NUMBERS (1u << 20)

void vl_carve_tell(struct vhdxlog_carve *c, const struct vhdxlog_carved *item)
{
	struct vhdxlog_carved *told = &c->queue[c->queued++];

	*told = *item;
	told->number = ++c->number;
}

/* What is open is told first, and what ends before the run. */
static bool begin(struct vhdxlog_carve *c, enum vhdxlog_carve_kind kind,
		  uint64_t length)
{
	if (vl_run_is_open(c))
		vl_run_close(c);
	if (c->queued || !vl_group_pass(c, c->position))
		return false;
	c->run = (struct vl_carve_run){
		.kind = kind,
		.from = c->position,
		.to = c->position + length,
	};
	return true;
}

/* ---------------------------------------------------------------- BAT pages */

bool vl_carve_bat_unit(const uint8_t *p, struct vl_carve_bat *bat)
{
	*bat = (struct vl_carve_bat){ 0 };
	for (unsigned i = 0; i < VL_CARVE_UNIT; i += 8) {
		uint64_t raw = vl_le64(p + i);

		if (!vl_bat_is_plausible(raw))
			return false;
		if (!VL_BAT_IS_LOCATED(raw))
			continue;
		/* No two blocks have the same place. */
		if (bat->located && VL_BAT_OFFSET(raw) == bat->last)
			return false;
		bat->located++;
		bat->last = VL_BAT_OFFSET(raw);
		bat->bits |= bat->last;
	}
	return bat->located;
}

bool vl_run_bat(struct vhdxlog_carve *c, const struct vl_carve_bat *bat)
{
	struct vl_carve_run *run = &c->run;

	if (run->kind == VHDXLOG_CARVE_BAT && c->position - run->to <= BAT_GAP) {
		run->to = c->position + VL_CARVE_UNIT;
	} else if (!begin(c, VHDXLOG_CARVE_BAT, VL_CARVE_UNIT)) {
		return false;
	}
	run->located += bat->located;
	run->bits |= bat->bits;
	return true;
}

/* Numbers beside small ones look like places that are multiples of 4 GiB. */
static bool looks_like_bat(const struct vl_carve_run *run)
{
	return run->located >= BAT_LOCATED &&
	       (run->bits & UINT32_MAX) != 0;
}

/* ------------------------------------------------------------- data sectors */

static bool are_near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) < NEAR_NUMBERS;
}

bool vl_run_data(struct vhdxlog_carve *c, const uint8_t *p)
{
	struct vl_carve_run *run = &c->run;
	uint64_t number = vl_data_number(p);

	if (run->kind == VHDXLOG_CARVE_DATA && run->to == c->position &&
	    are_near(run->sequence_number, number)) {
		run->to += VL_SECTOR;
	} else if (!begin(c, VHDXLOG_CARVE_DATA, VL_SECTOR)) {
		return false;
	}
	run->count++;
	run->sequence_number = number;
	return true;
}

/* ---------------------------------------------------------------- unreadable */

bool vl_run_unreadable(struct vhdxlog_carve *c, uint64_t to)
{
	struct vl_carve_run *run = &c->run;

	if (run->kind == VHDXLOG_CARVE_UNREADABLE && run->to == c->position) {
		run->to = to;
		return true;
	}
	return begin(c, VHDXLOG_CARVE_UNREADABLE, to - c->position);
}

/* ------------------------------------------------------------------ the end */

/* Whether the run is told; the groups get to know of it. */
static bool is_enough(struct vhdxlog_carve *c, const struct vl_carve_run *run)
{
	struct vl_carve_image *image;
	bool lone;

	switch (run->kind) {
	case VHDXLOG_CARVE_BAT:
		image = vl_image_of_bat(c, run->from);
		if (!image)
			return looks_like_bat(run);
		image->found |= VL_AT_BAT;
		image->sound |= VL_AT_BAT;
		return true;
	case VHDXLOG_CARVE_DATA:
		lone = !vl_group_data(c, run->from, run->to, run->count);
		return !lone || run->count > 1;
	default:
		return true;
	}
}

void vl_run_close(struct vhdxlog_carve *c)
{
	struct vl_carve_run run = c->run;
	struct vhdxlog_carved item = {
		.kind = (enum vhdxlog_carve_kind)run.kind,
		.offset = run.from,
		.length = run.to - run.from,
		.sound = run.kind != VHDXLOG_CARVE_UNREADABLE,
		.count = run.kind == VHDXLOG_CARVE_BAT ?
				 vl_div_up(run.to - run.from, VL_SECTOR) :
				 run.count,
	};

	c->run.kind = VHDXLOG_CARVE_KINDS;
	if (is_enough(c, &run))
		vl_carve_tell(c, &item);
}

void vl_run_pass(struct vhdxlog_carve *c, uint64_t off)
{
	uint64_t reach = c->run.kind == VHDXLOG_CARVE_BAT ? BAT_GAP : 0;

	if (vl_run_is_open(c) && c->run.to + reach < off)
		vl_run_close(c);
}
