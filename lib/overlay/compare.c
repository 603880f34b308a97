/* SPDX-License-Identifier: MIT */
#include "overlay/compare.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

#include <string.h>

#define CHUNK 65536u

uint64_t vl_compare_budget(const struct vl_log *log)
{
	return 4 * (uint64_t)log->pub.length + 16 * VL_MIB;
}

static int read_disk(const struct vl_overlay *o, uint64_t off, uint8_t *buf,
		     size_t len, struct vhdxlog_error *err)
{
	o->log->cost.target_bytes_read += len;
	return vl_overlay_disk(o, off, buf, len, err);
}

/* ------------------------------------------------------------------ effect */

static int data_changes(const struct vl_overlay *o, const struct vl_segment *s,
			bool *changes, struct vhdxlog_error *err)
{
	uint8_t old[VL_SECTOR], now[VL_SECTOR];
	size_t len = (size_t)s->len;
	int rc = vl_segment_read(o, s, s->off, now, len, err);

	*changes = false;
	if (!rc)
		rc = read_disk(o, s->off, old, len, err);
	if (!rc)
		*changes = memcmp(old, now, len) != 0;
	return rc;
}

static int zero_changes(const struct vl_overlay *o, const struct vl_segment *s,
			uint64_t *budget, bool *changes,
			struct vhdxlog_error *err)
{
	uint64_t before = *budget;
	uint64_t inside = s->off < o->disk->size ? o->disk->size - s->off : 0;
	bool zero;
	int rc = vl_view_is_zero(o->disk, s->off, vl_min64(s->len, inside),
				 budget, &zero, err);

	o->log->cost.target_bytes_read += before - *budget;
	*changes = !rc && !zero;
	return rc;
}

/* Whether a segment changes a byte. */
static int look_for_change(const struct vl_overlay *o,
			   const struct vl_segment *s, uint64_t *budget,
			   struct vhdxlog_effect *e, struct vhdxlog_error *err)
{
	bool changes;
	int rc = vl_segment_is_zero(o, s) ?
			 zero_changes(o, s, budget, &changes, err) :
			 data_changes(o, s, &changes, err);

	if (rc == VHDXLOG_E_NOMEM)
		return rc;
	if (rc) /* over the budget, or unreadable */
		e->changes_known = false;
	e->changes_bytes = changes;
	return 0;
}

int vl_overlay_effect(const struct vl_overlay *o, const struct vl_image *image,
		      uint64_t *budget, struct vhdxlog_effect *e,
		      struct vhdxlog_error *err)
{
	/* A log without its file: what it would change is not known. */
	bool alone = o->log->disk_size == UINT64_MAX;
	uint64_t bytes[VHDXLOG_AREA_COUNT] = { 0 };
	struct vl_segment s;
	struct vl_sweep sweep;
	int rc = vl_overlay_sweep(o, &sweep, err);

	*e = (struct vhdxlog_effect){
		.grows = !alone && o->view.size > o->disk->size,
		.grows_to = alone ? 0 : o->view.size,
		.changes_known = !alone,
	};
	e->changes_bytes = e->grows;
	while (!rc && vl_sweep_next(&sweep, &s)) {
		if (vl_segment_is_zero(o, &s))
			e->zeroed += s.len;
		else
			e->pages += s.len / VL_SECTOR;
		vl_areas_count(&image->areas, s.off, s.len, bytes);
		if (!alone && !e->changes_bytes) /* one is enough */
			rc = look_for_change(o, &s, budget, e, err);
	}
	for (unsigned i = 0; i < VHDXLOG_AREA_COUNT; i++)
		e->area_pages[i] = vl_div_up(bytes[i], VL_SECTOR);
	e->changes_known = e->changes_known || e->changes_bytes;
	vl_sweep_release(&sweep);
	return rc;
}

/* ------------------------------------------------------------------ digest */

/*
 * Where the digest has got to. Ranges are found by a sweep of its own and hashed
 * when they end, as their length comes first: from what was kept of them or, when
 * they are long, through the view, so both go from low offsets to high ones.
 */
struct walk {
	const struct vl_overlay *o;
	struct vl_digest *digest;
	uint64_t budget;
	uint64_t begin, end; /* the range that is open; empty: none */
	bool zero;	     /* all its new bytes are 0 */
	uint8_t kept[CHUNK]; /* the first of them */
};

static int hash_bytes(struct walk *w, struct vhdxlog_error *err)
{
	uint8_t buf[CHUNK];

	for (uint64_t off = w->begin; off < w->end;) {
		size_t part = (size_t)vl_min64(w->end - off, CHUNK);
		int rc = vl_view_read(&w->o->view, off, buf, part, err);

		if (rc)
			return rc;
		vl_digest_update(w->digest, buf, part);
		off += part;
	}
	return 0;
}

static int close_range(struct walk *w, struct vhdxlog_error *err)
{
	uint8_t head[16];
	uint64_t len = w->end - w->begin;
	int rc = 0;

	if (!len)
		return 0;
	vl_put_le64(head, w->begin);
	vl_put_le64(head + 8, w->zero ? len | UINT64_C(1) << 63 : len);
	vl_digest_update(w->digest, head, sizeof(head));
	if (!w->zero && len <= sizeof(w->kept))
		vl_digest_update(w->digest, w->kept, (size_t)len);
	else if (!w->zero)
		rc = hash_bytes(w, err);
	w->begin = w->end;
	return rc;
}

/* One byte that differs. */
static int add_byte(struct walk *w, uint64_t off, uint8_t byte,
		    struct vhdxlog_error *err)
{
	if (w->begin == w->end || off != w->end) {
		int rc = close_range(w, err);

		if (rc)
			return rc;
		w->begin = w->end = off;
		w->zero = true;
	}
	if (w->end - w->begin < sizeof(w->kept))
		w->kept[w->end - w->begin] = byte;
	w->end++;
	w->zero = w->zero && !byte;
	return 0;
}

static int compare_chunk(struct walk *w, const struct vl_segment *s,
			 uint64_t off, size_t len, struct vhdxlog_error *err)
{
	uint8_t old[CHUNK], now[CHUNK];
	int rc = read_disk(w->o, off, old, len, err);

	if (!rc)
		rc = vl_segment_read(w->o, s, off, now, len, err);
	if (rc)
		return rc;
	if (memcmp(old, now, len) == 0)
		return 0;
	for (size_t i = 0; i < len && !rc; i++) {
		if (old[i] != now[i])
			rc = add_byte(w, off + i, now[i], err);
	}
	return rc;
}

/* Headers and log are not part of the result. */
static bool is_excluded(const struct vl_overlay *o, uint64_t off)
{
	return (off >= VL_HEADER_OFFSET(1) && off < VL_TABLE_OFFSET(1)) ||
	       vl_overlap(off, 1, o->log->own.off, o->log->own.len);
}

/* How far what holds for off holds: to the next edge of headers or log. */
static uint64_t to_edge(const struct vl_overlay *o, uint64_t off, uint64_t end)
{
	const struct vl_range *own = &o->log->own;
	const uint64_t edges[] = { VL_HEADER_OFFSET(1), VL_TABLE_OFFSET(1),
				   own->off, vl_end(own->off, own->len) };

	for (unsigned i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		if (edges[i] > off && edges[i] < end)
			end = edges[i];
	}
	return end - off;
}

static int compare_segment(struct walk *w, const struct vl_segment *s,
			   struct vhdxlog_error *err)
{
	bool zero = vl_segment_is_zero(w->o, s);
	uint64_t end = vl_min64(s->off + s->len, w->o->view.size);

	/* Zeroes past the end of the disk are no difference. */
	if (zero)
		end = vl_min64(end, w->o->disk->size);
	for (uint64_t off = s->off; off < end;) {
		size_t part = (size_t)vl_min64(to_edge(w->o, off, end), CHUNK);
		int rc = 0;

		if (zero && part > w->budget)
			return VHDXLOG_E_RANGE;
		w->budget -= zero ? part : 0;
		if (!is_excluded(w->o, off))
			rc = compare_chunk(w, s, off, part, err);
		if (rc)
			return rc;
		off += part;
	}
	return 0;
}

static int compare_all(struct walk *w, struct vhdxlog_error *err)
{
	struct vl_segment segment;
	struct vl_sweep sweep;
	int rc = vl_overlay_sweep(w->o, &sweep, err);

	while (!rc && vl_sweep_next(&sweep, &segment))
		rc = compare_segment(w, &segment, err);
	if (!rc)
		rc = close_range(w, err);
	vl_sweep_release(&sweep);
	return rc;
}

int vl_overlay_digest(const struct vl_overlay *o,
		      char text[VHDXLOG_SHA256_TEXT],
		      struct vhdxlog_error *err)
{
	struct walk w = { .o = o,
			  .digest = vl_digest_new("SHA256"),
			  .budget = vl_compare_budget(o->log) };
	int rc = w.digest ? 0 : vl_nomem(err);

	if (!rc && o->log->disk_size == UINT64_MAX)
		rc = VHDXLOG_E_RANGE;
	if (!rc)
		rc = compare_all(&w, err);
	if (!rc) {
		vl_digest_finish(w.digest, text, VHDXLOG_SHA256_TEXT);
		return 0;
	}
	vl_digest_free(w.digest);
	text[0] = '\0';
	/* Over the budget or unreadable: there is no result to tell. */
	return rc == VHDXLOG_E_NOMEM ? rc : 0;
}
