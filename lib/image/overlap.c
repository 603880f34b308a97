/* SPDX-License-Identifier: MIT */
/*
 * With what the first block that has no place of its own shares it: the table
 * is read up to it once more, as claims do not say whose they are.
 */
#include "base/bytes.h"
#include "image/image.h"

#define CHUNK 65536u

/* In whole MiB, as claims are. */
static uint64_t size_of(const struct vl_image *i,
			const struct vhdxlog_bat_entry *e)
{
	return e->is_bitmap ? VL_MIB : i->geometry.block_size;
}

static bool shares(const struct vl_image *i, const struct vhdxlog_bat_entry *e,
		   const struct vhdxlog_bat_entry *of)
{
	bool has_place = e->is_bitmap ? e->state == VL_BLOCK_FULLY_PRESENT :
					vl_bat_is_located(e);

	return has_place && e->file_offset &&
	       vl_overlap(e->file_offset, size_of(i, e), of->file_offset,
			  size_of(i, of));
}

/* Of n entries from index on. */
static void look(struct vl_image *i, const struct vhdxlog_bat_entry *of,
		 const uint8_t *bytes, uint64_t index, size_t n)
{
	struct vl_breaches *b = &i->breaches;
	struct vhdxlog_bat_entry e;

	for (size_t k = 0; k < n && !b->has_other; k++) {
		vl_bat_decode(&i->geometry, index + k, vl_le64(bytes + 8 * k),
			      &e);
		b->has_other = shares(i, &e, of);
		b->other = e.index;
	}
}

int vl_overlap_find(struct vl_image *i, const struct vl_view *view,
		    struct vhdxlog_error *err)
{
	const struct vl_breach *b =
		vl_breach_of(&i->breaches, VLC_bat_block_overlap);
	struct vhdxlog_bat_entry of;
	uint8_t buf[CHUNK];
	bool present = true;

	if (!b->count)
		return 0;
	vl_bat_decode(&i->geometry, b->runs[0].first, b->raw, &of);
	for (uint64_t k = 0; present && k < of.index; k += CHUNK / 8) {
		size_t n = (size_t)vl_min64(of.index - k, CHUNK / 8);
		int rc = vl_structure_read(i, view, i->bat->offset + 8 * k, buf,
					   8 * n, &present, err);

		if (rc)
			return rc;
		if (present)
			look(i, &of, buf, k, n);
		if (i->breaches.has_other)
			break;
	}
	return 0;
}
