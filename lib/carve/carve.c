/* SPDX-License-Identifier: MIT */
#include "carve/carve.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "crc32c.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

const char *vhdxlog_carve_kind_name(enum vhdxlog_carve_kind kind)
{
	static const char *const names[VHDXLOG_CARVE_KINDS] = {
		"identifier", "header", "region-table", "metadata", "entry",
		"data",	      "bat",	"unreadable",	"log",	    "image",
	};

	return names[kind];
}

/* ------------------------------------------------------------ open and close */

/* What a saved pass remembers of its source, besides the size. */
static uint32_t fingerprint(struct vl_carve_reader *r)
{
	size_t n = (size_t)vl_min64(r->view->size, VL_SECTOR);
	const uint8_t *p = vl_reader_bytes(r, 0, n);

	return p ? vl_crc32c(p, n) : 0;
}

int vhdxlog_carve_open(struct vhdxlog_source *source,
		       const struct vhdxlog_carve_options *options,
		       struct vhdxlog_carve **carve, struct vhdxlog_error *err)
{
	struct vhdxlog_carve *c = vl_calloc(1, sizeof(*c));

	*carve = NULL;
	if (!c)
		return vl_nomem(err);
	if (options)
		memcpy(&c->options, options,
		       vl_min64(options->size, sizeof(c->options)));
	c->run.kind = VHDXLOG_CARVE_KINDS;
	c->images = vl_calloc(VL_CARVE_IMAGES, sizeof(*c->images));
	c->lone = vl_calloc(VL_CARVE_LONE, sizeof(*c->lone));
	if (!vl_reader_init(&c->in, vl_source_view(source)) ||
	    !vl_ahead_init(&c->ahead) || !c->images || !c->lone) {
		vhdxlog_carve_close(c);
		return vl_nomem(err);
	}
	c->position = vl_min64(c->options.from - c->options.from % VL_CARVE_UNIT,
			       c->in.view->size);
	c->source_offset = vhdxlog_source_offset(source);
	c->fingerprint = fingerprint(&c->in);
	*carve = c;
	return 0;
}

void vhdxlog_carve_close(struct vhdxlog_carve *c)
{
	if (!c)
		return;
	vl_reader_release(&c->in);
	vl_ahead_release(&c->ahead);
	free(c->images);
	free(c->lone);
	free(c);
}

uint64_t vhdxlog_carve_position(const struct vhdxlog_carve *carve)
{
	return carve->position;
}

uint64_t vhdxlog_carve_bytes_read(const struct vhdxlog_carve *carve)
{
	return vl_carve_passed(carve);
}

const char *vhdxlog_carve_limitation(const struct vhdxlog_carve *carve,
				     size_t index)
{
	static const char *const texts[] = {
		"more images were open at once than are kept: those with least "
		"to them were closed early and may lack a part",
		"more logs that no header names were open at once than are "
		"kept: the first were closed early",
		"of entries that go on at the start of their ring not all were "
		"checked: they would have taken too long",
		"entries longer than 64 MiB are not checked",
		"of a metadata table with more than 64 items the first 64 were "
		"looked at",
	};

	for (size_t bit = 0; bit < sizeof(texts) / sizeof(*texts); bit++) {
		if (carve->limits >> bit & 1 && !index--)
			return texts[bit];
	}
	return NULL;
}

/* --------------------------------------------------------------- the pass */

static unsigned phase_of(uint64_t off)
{
	return (unsigned)(off / VL_CARVE_UNIT % VL_CARVE_PHASES);
}

static void take(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	uint64_t end = find->item.offset + find->item.length;

	vl_group_add(c, find);
	vl_carve_tell(c, &find->item);
	if (find->item.kind == VHDXLOG_CARVE_ENTRY && find->item.sound) {
		c->owned[phase_of(c->position)] = end;
		c->no_bat = vl_max64(c->no_bat, end);
	}
	c->position += VL_CARVE_UNIT;
}

/* A structure at the position, unless what comes before it is to be told first. */
static void look_at_structure(struct vhdxlog_carve *c, const uint8_t *p)
{
	struct vl_carve_find find;

	if (!vl_carve_structure(c, p, &find)) {
		c->position += VL_CARVE_UNIT;
		return;
	}
	if (vl_run_is_open(c))
		vl_run_close(c);
	if (!c->queued && vl_group_prepare(c, c->position))
		take(c, &find);
}

/* The end of the sector may lie behind the stretch. */
static void look_at_data(struct vhdxlog_carve *c)
{
	const uint8_t *p = NULL;

	if (c->position >= c->owned[phase_of(c->position)])
		p = vl_reader_bytes(&c->in, c->position, VL_SECTOR);
	if (p) {
		if (!vl_run_data(c, p))
			return;
		c->no_bat = vl_max64(c->no_bat, c->position + VL_SECTOR);
	}
	c->position += VL_CARVE_UNIT;
}

static void look_at_bat(struct vhdxlog_carve *c, const uint8_t *p)
{
	struct vl_carve_bat bat;

	if (c->position >= c->no_bat && vl_carve_bat_unit(p, &bat) &&
	    !vl_run_bat(c, &bat))
		return;
	c->position += VL_CARVE_UNIT;
}

static void look_at_bad_page(struct vhdxlog_carve *c, uint64_t to)
{
	uint64_t end = c->position - c->position % VL_SECTOR + VL_SECTOR;

	end = vl_min64(end, to);
	if (vl_run_unreadable(c, end))
		c->position = end;
}

/* The end of what is readable from the position on, in the stretch. */
static uint64_t readable_to(const struct vhdxlog_carve *c, uint64_t to)
{
	uint64_t off = c->position;

	if (!c->in.any_bad)
		return to;
	while (off < to && !vl_reader_is_bad(&c->in, off))
		off = off - off % VL_SECTOR + VL_SECTOR;
	return vl_min64(off, to);
}

/* Go on until something is told, or the stretch ends. */
static void look_at_stretch(struct vhdxlog_carve *c, uint64_t to)
{
	while (!c->queued && c->position < to) {
		uint64_t end = readable_to(c, to);
		const uint8_t *p;
		enum vl_carve_look look;

		if (end == c->position) {
			look_at_bad_page(c, to);
			continue;
		}
		look = vl_recognise(c, end);
		p = c->in.buf + (c->position - c->in.from);
		if (look == VL_LOOK_STRUCTURE)
			look_at_structure(c, p);
		else if (look == VL_LOOK_DATA)
			look_at_data(c);
		else if (look == VL_LOOK_BAT)
			look_at_bat(c, p);
	}
}

/* Whole units only: less than that begins nothing. */
static uint64_t stretch_end(const struct vhdxlog_carve *c)
{
	return c->in.to - c->in.to % VL_CARVE_UNIT;
}

static void load(struct vhdxlog_carve *c)
{
	c->passed += c->in.to - c->in.from;
	vl_reader_load(&c->in, &c->position);
	if (c->options.progress)
		c->options.progress(c->options.progress_ctx, c->position,
				    c->in.view->size);
}

/* What is less than a unit need not be read to be known to begin nothing. */
static void end(struct vhdxlog_carve *c, uint64_t size)
{
	uint64_t known = vl_max64(c->position, c->in.to);

	c->passed += size - vl_min64(known, size);
	c->position = size;
}

/* One step of what is left when all of the source was looked at. */
static bool finish(struct vhdxlog_carve *c)
{
	if (vl_run_is_open(c)) {
		vl_run_close(c);
		return true;
	}
	return !vl_group_pass(c, c->position) || vl_group_finish(c);
}

static bool is_in_stretch(const struct vhdxlog_carve *c)
{
	return c->position >= c->in.from && c->position < stretch_end(c);
}

/* Whether a stretch is to be read next, and the caller wants none now. */
static bool is_paused(const struct vhdxlog_carve *c)
{
	return c->options.pause && !is_in_stretch(c) &&
	       c->in.view->size - c->position >= VL_CARVE_UNIT &&
	       c->options.pause(c->options.pause_ctx);
}

/* false: there is no more. */
static bool step(struct vhdxlog_carve *c)
{
	uint64_t size = c->in.view->size;

	if (is_in_stretch(c)) {
		look_at_stretch(c, stretch_end(c));
		return true;
	}
	if (size - c->position < VL_CARVE_UNIT) {
		end(c, size);
		return finish(c);
	}
	vl_run_pass(c, c->position);
	if (!c->queued && !vl_run_is_open(c) &&
	    !vl_group_pass(c, c->position))
		return true;
	if (!c->queued)
		load(c);
	return true;
}

int vhdxlog_carve_next(struct vhdxlog_carve *c, struct vhdxlog_carved *item,
		       struct vhdxlog_error *err)
{
	(void)err;
	/* Ends: each step goes on in the source, or closes what is open. */
	while (!c->queued) {
		if (is_paused(c) || !step(c))
			return 1;
	}
	*item = c->queue[0];
	c->queued--;
	memmove(c->queue, c->queue + 1, c->queued * sizeof(*c->queue));
	return 0;
}
