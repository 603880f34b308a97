/* SPDX-License-Identifier: MIT */
/* What of the BAT is needed, and is one. */
#include "base/bytes.h"
#include "base/error.h"
#include "view/export_parts.h"

#include <isa-l/mem_routines.h>

/* What is looked at behind the entries of a BAT, as for checks; and of a table
 * that nothing says the length of, more than the largest disk needs. */
#define MAX_TRAILING (32 * VL_MIB)
#define MAX_UNKNOWN  (514 * VL_MIB)
#define MAX_WRONG    8u /* entries of a page */

/* ------------------------------------------------------- where others may be
 */

/* Whether the bytes can be entries, and do not reach past the end. */
static bool looks_like_bat(const struct vl_export_case *c, const uint8_t *bytes,
			   size_t n)
{
	uint64_t size =
		vl_max64(c->of->image[0]->replayed_size, c->of->disk->size);

	for (size_t i = 0; i + 8 <= n; i += 8) {
		uint64_t raw = vl_le64(bytes + i);

		if (!vl_bat_may_hold(raw) || VL_BAT_OFFSET(raw) > size)
			return false;
	}
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	return isal_zero_detect((void *)bytes, n) == 0;
}

/* Page by page, of a stretch without holes. */
static int look_at(struct vl_export_case *c, uint64_t off, uint64_t end,
		   enum vl_left_out why, struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc = 0;

	while (!rc && off < end) {
		size_t n = (size_t)vl_min64(end - off, VL_SECTOR);

		if (vl_view_read(c->of->disk, off, page, n, NULL))
			c->left[VL_LEFT_UNREADABLE] = true;
		else if (is_zero(page, n))
			;
		else if (looks_like_bat(c, page, n))
			rc = vl_export_add(c, off, off + n, VL_PLACE_BAT, err);
		else
			c->left[why] = true;
		off += n;
	}
	return rc;
}

/* What looks like entries; `why` is set where something does not. Asking where
 * holes are can take a while. */
static int add_looking(struct vl_export_case *c, uint64_t off, uint64_t end,
		       enum vl_left_out why, struct vhdxlog_error *err)
{
	uint64_t from, to, base = off;
	int rc = 0;

	end = vl_min64(end, c->of->disk->size);
	/* Ends: off goes up. */
	while (!rc && vl_view_next_data(c->of->disk, off, end, &from, &to)) {
		from -= (from - base) % VL_SECTOR;
		to = base + vl_div_up(to - base, VL_SECTOR) * VL_SECTOR;
		to = vl_min64(to, end);
		rc = look_at(c, vl_max64(from, off), to, why, err);
		off = to;
	}
	return rc;
}

/* ------------------------------------------------------------------ entries */

/* Whether it can be a BAT with few entries that are wrong: of what is none,
 * each is, or many are, side by side. */
static bool is_table(const uint8_t *bytes, size_t n)
{
	bool before = false;
	unsigned wrong = 0;

	for (size_t i = 0; i + 8 <= n; i += 8) {
		bool is = VL_BAT_RESERVED(vl_le64(bytes + i));

		if (is && before)
			return false;
		wrong += is;
		before = is;
	}
	return wrong <= MAX_WRONG;
}

/* Page by page; what is no table is told by a text that is none, either. */
static int add_pages(struct vl_export_case *c, uint64_t off, uint64_t end,
		     struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc = 0;

	while (!rc && off < end) {
		size_t n = (size_t)vl_min64(end - off, VL_SECTOR);
		bool good;

		if (vl_view_read(c->of->disk, off, page, n, NULL)) {
			c->left[VL_LEFT_UNREADABLE] = true;
			off += n;
			continue;
		}
		good = is_table(page, n);
		c->left[VL_LEFT_NO_TABLE] |= !good;
		rc = vl_export_add(c, off, off + n,
				   good ? VL_PLACE_BAT : VL_PLACE_STAND_IN,
				   err);
		off += n;
	}
	return rc;
}

/* The entries that the disk needs; where a block is, too, only what is sure. */
static int add_entries(struct vl_export_case *c, uint64_t off, uint64_t end,
		       struct vhdxlog_error *err)
{
	uint64_t from, to;
	int rc = 0;

	end = vl_min64(end, c->of->disk->size);
	/* Ends: off goes up, to the next MiB or the end of data. */
	while (!rc && vl_view_next_data(c->of->disk, off, end, &from, &to)) {
		from = vl_max64(off, from - from % VL_SECTOR);
		to = vl_min64(vl_div_up(to, VL_SECTOR) * VL_SECTOR, end);
		for (; !rc && from < to; from = off) {
			off = vl_min64(to, from - from % VL_MIB + VL_MIB);
			if (vl_export_claimed(c, from, off - from))
				rc = add_looking(c, from, off,
						 VL_LEFT_CONTESTED, err);
			else
				rc = add_pages(c, from, off, err);
		}
	}
	return rc;
}

/* A byte in the place of the first behind the entries that is not zero, so that
 * there still is one. */
static int mark_trailing(struct vl_export_case *c, uint64_t off, uint64_t end,
			 struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	uint64_t from, to;

	end = vl_min64(end, c->of->disk->size);
	for (; vl_view_next_data(c->of->disk, off, end, &from, &to); off = to) {
		for (uint64_t at = from, n; at < to; at += n) {
			n = vl_min64(to - at, VL_SECTOR);
			if (vl_view_read(c->of->disk, at, page, (size_t)n,
					 NULL))
				return 0;
			for (size_t i = 0; i < n; i++) {
				if (page[i])
					return vl_export_add(
						c, at + i, at + i + 1,
						VL_PLACE_STAND_IN, err);
			}
		}
	}
	return 0;
}

int vl_export_bat(struct vl_export_case *c, struct vhdxlog_error *err)
{
	const struct vl_image *i = c->image;
	uint64_t off, needed, end;
	int rc;

	if (!i->bat)
		return 0;
	off = i->bat->offset;
	needed = i->geometry_known ? i->geometry.entries * 8 : UINT64_MAX;
	if (needed > i->bat->length) {
		end = vl_end(off, vl_min64(i->bat->length, MAX_UNKNOWN));
		c->left[VL_LEFT_TOO_LONG] |= i->bat->length > MAX_UNKNOWN;
		return add_looking(c, off, end, VL_LEFT_TRAILING, err);
	}
	rc = add_entries(c, off, vl_end(off, needed), err);
	end = vl_end(off, vl_min64(i->bat->length, needed + MAX_TRAILING));
	off = vl_end(off, needed);
	if (!rc)
		rc = add_looking(c, off, end, VL_LEFT_TRAILING, err);
	if (!rc && c->left[VL_LEFT_TRAILING])
		rc = mark_trailing(c, off, end, err);
	return rc;
}
