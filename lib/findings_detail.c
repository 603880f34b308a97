/* SPDX-License-Identifier: MIT */
/*
 * What a finding says beyond its rule and what was got and wanted: which blocks,
 * which items, how many bytes are missing, what the parent is called.
 */
#include "scan.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/words.h"

#include <stdlib.h>
#include <string.h>

#define MAX_RUNS_NAMED 4u
#define MAX_PATH_NAMED 150u /* bytes */

static void say_bytes(struct vl_words *w, uint64_t bytes)
{
	char size[VHDXLOG_SIZE_TEXT];

	vl_words_add(w, "%s", vhdxlog_size_format(bytes, size));
}

/* --------------------------------------------------------------------- BAT */

/* The payload entry at an index, or the next one. */
static struct vhdxlog_bat_entry payload_from(const struct vl_bat_geometry *g,
					     uint64_t index)
{
	struct vhdxlog_bat_entry e;

	vl_bat_decode(g, index + vl_bat_is_bitmap(g, index), 0, &e);
	return e;
}

/* "blocks 7 to 9 (3 MiB of the disk from 0x700000 on)" */
static void say_run(struct vl_words *w, const struct vl_bat_geometry *g,
		    const struct vl_breach_run *run)
{
	uint64_t last_index = run->first + run->count - 1;
	struct vhdxlog_bat_entry first = payload_from(g, run->first), last;

	if (first.index > last_index) {
		vl_words_add(w, "sector bitmap %ju",
			     (uintmax_t)vl_bat_block(g, run->first));
		return;
	}
	/* A bitmap entry never is the first of a table. */
	last_index -= vl_bat_is_bitmap(g, last_index);
	vl_bat_decode(g, last_index, 0, &last);
	vl_words_add(w, "block%s %ju", first.block == last.block ? "" : "s",
		     (uintmax_t)first.block);
	if (first.block != last.block)
		vl_words_add(w, " to %ju", (uintmax_t)last.block);
	vl_words_add(w, " (");
	say_bytes(w, last.virtual_offset + last.virtual_length -
			     first.virtual_offset);
	vl_words_add(w, " of the disk from 0x%jx on)",
		     (uintmax_t)first.virtual_offset);
}

static void say_runs(struct vl_words *w, const struct vl_image *i,
		     const struct vl_breach *b)
{
	uint64_t told = 0;

	for (size_t k = 0; k < b->n && k < MAX_RUNS_NAMED; k++) {
		vl_words_add(w, k ? ", " : "");
		say_run(w, &i->geometry, &b->runs[k]);
		told += b->runs[k].count;
	}
	if (told < b->count)
		vl_words_add(w, " and %ju more", (uintmax_t)(b->count - told));
}

/* "3 MiB lost, 2 blocks in whole, 1 in part: " */
static void say_loss(struct vl_words *w, const struct vl_loss *l)
{
	uint64_t first = l->lost ? l->lost : l->cut;

	say_bytes(w, l->missing);
	vl_words_add(w, " lost, %ju %s in %s", (uintmax_t)first,
		     first == 1 ? "block" : "blocks",
		     l->lost ? "whole" : "part");
	if (l->lost && l->cut)
		vl_words_add(w, ", %ju in part", (uintmax_t)l->cut);
	vl_words_add(w, ": ");
}

static void say_beyond(struct vl_words *w, const struct vl_image *i)
{
	vl_words_add(w, "the file is ");
	say_bytes(w, i->breaches.end - i->replayed_size);
	vl_words_add(w, " too short; ");
	say_loss(w, &i->breaches.beyond);
}

/* What structure the first of the entries lies over. */
static void say_area(struct vl_words *w, const struct vl_image *i,
		     const struct vl_breach *b)
{
	const struct vl_range *piece;
	struct vhdxlog_bat_entry e;

	vl_bat_decode(&i->geometry, b->runs[0].first, b->raw, &e);
	piece = vl_ranges_find(i->areas.pieces, i->areas.n, e.file_offset,
			       e.is_bitmap ? VL_MIB : i->geometry.block_size);
	if (piece)
		vl_words_add(w, "bat:%ju over the area %s at 0x%jx; ",
			     (uintmax_t)e.index,
			     vhdxlog_area_name((enum vhdxlog_area)piece->tag),
			     (uintmax_t)piece->off);
}

static void say_bat(struct vl_words *w, const struct vl_image *i,
		    enum vl_check_id id)
{
	const struct vl_breach *b = &i->breaches.of[id - VL_FIRST_BAT_RULE];

	if (!b->count)
		return;
	if (id == VLC_bat_block_beyond_eof)
		say_beyond(w, i);
	else if (id == VLC_bat_block_cut_off)
		say_loss(w, &i->breaches.cut_off);
	else if (id == VLC_bat_block_overlaps_region)
		say_area(w, i, b);
	else if (id == VLC_bat_block_overlap && i->breaches.has_other)
		vl_words_add(w, "bat:%ju has the place of bat:%ju; ",
			     (uintmax_t)b->runs[0].first,
			     (uintmax_t)i->breaches.other);
	say_runs(w, i, b);
}

/* -------------------------------------------------------- tables and items */

static void say_missing_items(struct vl_words *w, const struct vl_image *i)
{
	const char *sign = "missing: ";

	for (unsigned k = 0; k < VL_ITEM_KNOWN_COUNT; k++) {
		if (!vl_item_rules[k].required || i->metadata.known[k] >= 0)
			continue;
		vl_words_add(w, "%s%s", sign, vl_item_rules[k].name);
		sign = ", ";
	}
}

static void say_regions_beyond(struct vl_words *w, const struct vl_image *i)
{
	const char *sign = "missing: ";

	for (size_t k = 0; i->chosen && k < i->chosen->region_count; k++) {
		const struct vhdxlog_region *r = &i->chosen->regions[k];
		uint64_t end = vl_end(r->offset, r->length);

		if (end <= i->replayed_size)
			continue;
		vl_words_add(w, "%sthe last ", sign);
		say_bytes(w, vl_min64(end - i->replayed_size, r->length));
		vl_words_add(w, " of the %s region", r->name ? r->name :
							       "unknown");
		sign = ", ";
	}
}

static void say_log_beyond(struct vl_words *w, const struct vl_image *i)
{
	const struct vhdxlog_header *h = vl_header_followed(i);
	uint64_t end = vl_end(h->log_offset, h->log_length);

	vl_words_add(w, "missing: the last ");
	say_bytes(w, vl_min64(end - i->disk_size, h->log_length));
	vl_words_add(w, " of the log");
}

static void say_read_error(struct vl_words *w, const struct vl_image *i)
{
	enum vhdxlog_area area = vl_areas_at(&i->areas, i->io_error_offset);

	vl_words_add(w, "the first such place is in the area %s",
		     vhdxlog_area_name(area));
}

/* ------------------------------------------------------------------ parent */

/* As many of its bytes as are whole characters. */
static int cut_utf8(const char *text)
{
	size_t n = strlen(text);

	if (n <= MAX_PATH_NAMED)
		return (int)n;
	n = MAX_PATH_NAMED;
	while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

/* A path of the evidence: told, never opened. */
static int say_parent_names(struct vl_words *w, const struct vl_image *i,
			    struct vhdxlog_error *err)
{
	static const char *const keys[] = { "relative_path", "volume_path",
					    "absolute_win32_path" };
	const char *sign = "it is called ";

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		const struct vhdxlog_locator_pair *pair =
			vl_locator_pair(&i->metadata, keys[k]);
		bool faithful;
		char *path;

		if (!pair)
			continue;
		path = vhdxlog_utf16_to_utf8(pair->value, &faithful);
		if (!path)
			return vl_nomem(err);
		vl_words_add(w, "%s\"%.*s\" (%s)", sign, cut_utf8(path), path,
			     keys[k]);
		sign = ", ";
		free(path);
	}
	return 0;
}

/* -------------------------------------------------------------------- file */

static void say_too_small(struct vl_words *w, const struct vl_image *i)
{
	vl_words_add(w, "missing: ");
	say_bytes(w, VL_HEADER_SECTION - i->disk_size);
}

static void say_cut(struct vl_words *w, const struct vl_image *i)
{
	if (i->durable_size <= i->disk_size)
		return;
	vl_words_add(w, "missing: ");
	say_bytes(w, i->durable_size - i->disk_size);
}

int vl_finding_detail(struct vhdxlog_scan *s, struct vl_finding *f,
		      struct vhdxlog_error *err)
{
	struct vl_words w = { f->detail, sizeof(f->detail), 0 };
	const struct vl_image *i = &s->image;

	if (vl_is_bat_rule(f->check))
		say_bat(&w, i, f->check);
	else if (f->check == VLC_file_too_small)
		say_too_small(&w, i);
	else if (f->check == VLC_header_log_beyond_eof)
		say_log_beyond(&w, i);
	else if (f->check == VLC_region_beyond_eof)
		say_regions_beyond(&w, i);
	else if (f->check == VLC_metadata_known_missing)
		say_missing_items(&w, i);
	else if (f->check == VLC_image_structure_unreadable)
		say_read_error(&w, i);
	else if (f->check == VLC_parent_not_given)
		return say_parent_names(&w, i, err);
	else if (f->check == VLC_log_file_truncated)
		say_cut(&w, i);
	return 0;
}
