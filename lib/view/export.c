/* SPDX-License-Identifier: MIT */
#include "view/export.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "view/redact.h"

#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK VL_MIB

/* ----------------------------------------------------------------- reading */

/* Sector by sector; what cannot be read is left out. */
static void read_again(struct vl_export *e)
{
	for (size_t at = 0; at < e->len;) {
		size_t n = (size_t)vl_min64(e->len - at,
					    VL_SECTOR - (e->off + at) % VL_SECTOR);

		if (vl_view_read(e->of.disk, e->off + at, e->bytes + at, n,
				 NULL)) {
			memset(e->bytes + at, 0, n);
			e->left[VL_LEFT_UNREADABLE] = true;
		}
		at += n;
	}
}

static void read_chunk(struct vl_export *e, enum vl_place_kind kind)
{
	if (kind == VL_PLACE_STAND_IN)
		vl_stand_in(e->off, e->bytes, e->len);
	else if (e->redaction && kind != VL_PLACE_WORD)
		vl_redacted_read(e->redaction, kind, e->off, e->bytes, e->len);
	else if (vl_view_read(e->of.disk, e->off, e->bytes, e->len, NULL))
		read_again(e);
}

/* The next stretch of the place that is no hole; what stands in for something
 * never is. */
static bool next_data(struct vl_export *e, const struct vl_place *p,
		      uint64_t *from, uint64_t *to)
{
	*from = vl_max64(e->at, p->off);
	*to = p->end;
	if (*from >= p->end)
		return false;
	return p->kind == VL_PLACE_STAND_IN ||
	       vl_view_next_data(e->of.disk, *from, p->end, from, to);
}

/* false: there is no more. */
static bool fill(struct vl_export *e)
{
	for (; e->next < e->places.n; e->next++) {
		const struct vl_place *p = &e->places.list[e->next];
		uint64_t from, to;

		if (!next_data(e, p, &from, &to))
			continue;
		e->off = from;
		e->len = (size_t)vl_min64(to - from, CHUNK - from % CHUNK);
		e->given = 0;
		e->at = from + e->len;
		read_chunk(e, p->kind);
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ pieces */

/* Up to where a page of the file goes, of what was read. */
static size_t page_end(const struct vl_export *e, size_t at)
{
	return (size_t)vl_min64(e->len,
				at + VL_SECTOR - (e->off + at) % VL_SECTOR);
}

static bool is_zero(const struct vl_export *e, size_t at)
{
	return isal_zero_detect(e->bytes + at, page_end(e, at) - at) == 0;
}

/* Neighbouring pages that are not zero; false: there are none any more. */
static bool take(struct vl_export *e, struct vhdxlog_export_piece *piece)
{
	size_t from = e->given, to;

	while (from < e->len && is_zero(e, from))
		from = page_end(e, from);
	to = from;
	while (to < e->len && !is_zero(e, to))
		to = page_end(e, to);
	e->given = to;
	*piece = (struct vhdxlog_export_piece){ e->off + from, to - from,
						e->bytes + from };
	return from < to;
}

int vl_export_next(struct vl_export *e, struct vhdxlog_export_piece *piece,
		   struct vhdxlog_error *err)
{
	(void)err;
	do {
		if (e->given < e->len && take(e, piece))
			return 0;
	} while (fill(e));
	return 1;
}

/* -------------------------------------------------------------------- init */

/* As the disk's own tables have it, blocks included. */
static int read_disk_image(struct vl_export *e, struct vhdxlog_error *err)
{
	int rc;

	if (e->of.image[1])
		return 0;
	e->of.image[1] = &e->on_disk;
	e->of.view[1] = e->of.disk;
	rc = vl_image_reread(&e->on_disk, e->of.image[0], e->of.disk, err);
	return rc ? rc : vl_bat_read(&e->on_disk, e->of.disk, err);
}

static int add_starts(struct vl_export *e, struct vhdxlog_error *err)
{
	const struct vl_places *s = e->of.starts;
	int rc = 0;

	for (size_t i = 0; s && !rc && i < s->n; i++)
		rc = vl_places_add(&e->places, s->list[i].off, s->list[i].end,
				   s->list[i].kind, err);
	return rc ? rc : vl_places_settle(&e->places, err);
}

static int add_redaction(struct vl_export *e, struct vhdxlog_error *err)
{
	e->redaction = vl_calloc(1, sizeof(*e->redaction));
	if (!e->redaction)
		return vl_nomem(err);
	return vl_redaction_init(e->redaction, &e->of, e->left, err);
}

int vl_export_init(struct vl_export *e, const struct vl_export_of *of,
		   bool redact, struct vhdxlog_error *err)
{
	int rc;

	*e = (struct vl_export){ .of = *of, .bytes = vl_calloc(1, CHUNK) };
	if (!e->bytes)
		return vl_nomem(err);
	rc = read_disk_image(e, err);
	if (!rc)
		rc = vl_export_structures(&e->of, &e->places, e->left, err);
	if (!rc)
		rc = vl_export_pages(&e->of, &e->places, e->left, err);
	if (!rc)
		rc = add_starts(e, err);
	return rc || !redact ? rc : add_redaction(e, err);
}

void vl_export_release(struct vl_export *e)
{
	if (e->redaction)
		vl_redaction_release(e->redaction);
	free(e->redaction);
	vl_places_release(&e->places);
	vl_image_release(&e->on_disk);
	free(e->bytes);
	*e = (struct vl_export){ .bytes = NULL };
}
