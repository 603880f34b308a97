/* SPDX-License-Identifier: MIT */
/*
 * The BAT, [MS-VHDX] 2.5: read once from front to back, whatever its length, and
 * without the holes in it.
 *
 * Each rule remembers the first entry that breaks it; what blocks the table
 * claims goes into a map of the file, two bits for each MiB.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "image/image.h"

#include <stdlib.h>

#define CHUNK 65536u

struct bat_case {
	struct vl_image *image;
	bool readable; /* to the last entry */
	struct vl_breach partial; /* in the chunk that is being read */
	bool no_memory;		  /* for the map, or what breaks rules */
	bool trailing_known;
	struct vl_slack trailing; /* behind the last entry */
	uint64_t unreferenced; /* offset of a non-zero byte, or UINT64_MAX */
	bool unreadable;       /* some of what nothing owns is */
};

static void note(struct bat_case *c, enum vl_check_id id,
		 const struct vhdxlog_bat_entry *e)
{
	if (!vl_breach_note(vl_breach_of(&c->image->breaches, id), e->index,
			    e->raw, 1))
		c->no_memory = true;
}

static uint64_t entry_offset(const struct vl_image *i, uint64_t index)
{
	return i->bat->offset + 8 * index;
}

static enum vhdxlog_status report(const struct bat_case *c,
				  enum vl_check_id id, struct vl_detail *d,
				  const char *want)
{
	const struct vl_breach *b = vl_breach_of(&c->image->breaches, id);

	if (b->count)
		return vl_fail(d, entry_offset(c->image, b->runs[0].first),
			       want, "bat:%ju = 0x%016jx",
			       (uintmax_t)b->runs[0].first, (uintmax_t)b->raw);
	return c->readable ? vl_pass() : vl_blocked(d, "not all readable");
}

/* ------------------------------------------------------------------ checks */

static enum vhdxlog_status bat_region_too_small(const void *subject,
						struct vl_detail *d)
{
	const struct bat_case *c = subject;
	const struct vl_image *i = c->image;
	char want[VHDXLOG_VALUE_TEXT];

	if (!i->geometry_known)
		return vl_blocked(d, "the disk's geometry is not known");
	if (i->geometry.entries <= i->bat->length / 8)
		return vl_pass();
	snprintf(want, sizeof(want), "at least %ju bytes",
		 (uintmax_t)i->geometry.entries * 8);
	return vl_fail(d, i->bat->offset, want, "%u bytes", i->bat->length);
}

#define BREACH(name, want)                                               \
	static enum vhdxlog_status name(const void *subject,             \
					struct vl_detail *d)             \
	{                                                                \
		return report(subject, VLC_##name, d, want);             \
	}

BREACH(bat_entry_reserved_bits, "bits 3 to 19 zero")
BREACH(bat_payload_state_reserved, "a state other than 4 and 5")
BREACH(bat_partial_in_non_differencing, "state 7 on differencing disks only")
BREACH(bat_bitmap_state_reserved, "state 0 or 6")
BREACH(bat_bitmap_present_in_non_differencing,
       "state 6 on differencing disks only")
BREACH(bat_partial_without_bitmap, "the chunk's bitmap in state 6")
BREACH(bat_present_offset_zero, "a file offset")
BREACH(bat_block_beyond_eof, "a block inside the file")
BREACH(bat_block_overlaps_region, "a block of its own place")
BREACH(bat_reserved_offset_nonzero, "no file offset")

static enum vhdxlog_status bat_block_overlap(const void *subject,
					     struct vl_detail *d)
{
	const struct bat_case *c = subject;
	struct vl_image *i = c->image;

	if (!vl_breach_of(&i->breaches, VLC_bat_block_overlap)->count &&
	    i->claims.full)
		return vl_blocked(d, "the blocks are too far apart to compare them all");
	return report(c, VLC_bat_block_overlap, d, "a place no other block has");
}

static bool must_be_present(const struct vl_image *i)
{
	return i->pub.metadata.fixed && !i->pub.metadata.has_parent;
}

static enum vhdxlog_status bat_fixed_not_present(const void *subject,
						 struct vl_detail *d)
{
	const struct bat_case *c = subject;

	if (!must_be_present(c->image))
		return VHDXLOG_NOT_APPLICABLE;
	return report(c, VLC_bat_fixed_not_present, d, "state 6");
}

static enum vhdxlog_status bat_block_cut_off(const void *subject,
					     struct vl_detail *d)
{
	const struct bat_case *c = subject;

	if (c->image->durable_size <= c->image->disk_size)
		return VHDXLOG_NOT_APPLICABLE;
	return report(c, VLC_bat_block_cut_off, d, "a block inside the file");
}

static enum vhdxlog_status bat_trailing_entry_nonzero(const void *subject,
						      struct vl_detail *d)
{
	const struct bat_case *c = subject;

	return c->trailing_known ? vl_slack_status(&c->trailing, d) :
				   vl_blocked(d, "not all readable");
}

static const vl_check_fn bat_checks[VLC_COUNT] = {
	[VLC_bat_region_too_small] = bat_region_too_small,
	[VLC_bat_entry_reserved_bits] = bat_entry_reserved_bits,
	[VLC_bat_payload_state_reserved] = bat_payload_state_reserved,
	[VLC_bat_partial_in_non_differencing] = bat_partial_in_non_differencing,
	[VLC_bat_bitmap_state_reserved] = bat_bitmap_state_reserved,
	[VLC_bat_bitmap_present_in_non_differencing] =
		bat_bitmap_present_in_non_differencing,
	[VLC_bat_partial_without_bitmap] = bat_partial_without_bitmap,
	[VLC_bat_present_offset_zero] = bat_present_offset_zero,
	[VLC_bat_block_beyond_eof] = bat_block_beyond_eof,
	[VLC_bat_block_overlap] = bat_block_overlap,
	[VLC_bat_block_overlaps_region] = bat_block_overlaps_region,
	[VLC_bat_reserved_offset_nonzero] = bat_reserved_offset_nonzero,
	[VLC_bat_fixed_not_present] = bat_fixed_not_present,
	[VLC_bat_block_cut_off] = bat_block_cut_off,
	[VLC_bat_trailing_entry_nonzero] = bat_trailing_entry_nonzero,
};

/* ----------------------------------------------------------------- reading */

/* How many bytes of a block lie in [from, to). */
static uint64_t bytes_in(const struct vhdxlog_bat_entry *e, uint64_t room,
			 uint64_t from, uint64_t to)
{
	uint64_t begin = vl_max64(e->file_offset, from);
	uint64_t end = vl_min64(vl_end(e->file_offset, room), to);

	return begin < end ? end - begin : 0;
}

/* What of a block is not in the file. */
static void note_missing(struct bat_case *c, const struct vhdxlog_bat_entry *e)
{
	struct vl_image *i = c->image;
	struct vl_breaches *b = &i->breaches;
	uint64_t room = vl_bat_room(&i->geometry, e);
	uint64_t beyond = bytes_in(e, room, i->replayed_size, UINT64_MAX);
	uint64_t cut_off = bytes_in(e, room, i->disk_size,
				    vl_min64(i->durable_size,
					     i->replayed_size));

	b->end = vl_max64(b->end, vl_end(e->file_offset, room));
	vl_loss_add(&b->beyond, room, beyond);
	vl_loss_add(&b->cut_off, room, cut_off);
	vl_loss_add(&b->both, room, beyond + cut_off);
	if (beyond)
		note(c, VLC_bat_block_beyond_eof, e);
	if (cut_off)
		note(c, VLC_bat_block_cut_off, e);
}

/* A block that has a place in the file. */
static void place_block(struct bat_case *c, const struct vhdxlog_bat_entry *e,
			uint64_t size)
{
	struct vl_image *i = c->image;
	enum vl_claim claim = e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD;
	bool fresh;

	if (!e->file_offset) {
		note(c, VLC_bat_present_offset_zero, e);
		return;
	}
	note_missing(c, e);
	if (vl_areas_touch(&i->areas, e->file_offset, size))
		note(c, VLC_bat_block_overlaps_region, e);
	if (!vl_claims_add(&i->claims, e->file_offset, size, claim, &fresh))
		c->no_memory = true;
	if (!fresh)
		note(c, VLC_bat_block_overlap, e);
}

/* Those of the chunk, if it has no bitmap, break a rule by that. */
static void end_chunk(struct bat_case *c, bool has_bitmap)
{
	struct vl_breach *to = vl_breach_of(&c->image->breaches,
					    VLC_bat_partial_without_bitmap);
	uint64_t raw = c->partial.raw, sum = 0;

	for (size_t i = 0; !has_bitmap && i < c->partial.n; i++) {
		sum += c->partial.runs[i].count;
		if (!vl_breach_note(to, c->partial.runs[i].first, raw,
				    c->partial.runs[i].count))
			c->no_memory = true;
	}
	/* Those that were not kept count all the same. */
	if (!has_bitmap)
		to->count += c->partial.count - sum;
	c->partial.n = 0;
	c->partial.count = 0;
}

static void look_at_bitmap(struct bat_case *c,
			   const struct vhdxlog_bat_entry *e)
{
	bool present = e->state == VL_BLOCK_FULLY_PRESENT;

	c->image->pub.bat.other++;
	end_chunk(c, present);
	if (!present && e->state != VL_BLOCK_NOT_PRESENT)
		note(c, VLC_bat_bitmap_state_reserved, e);
	if (present && !c->image->geometry.has_parent)
		note(c, VLC_bat_bitmap_present_in_non_differencing, e);
	if (present)
		place_block(c, e, VL_MIB);
	else if (e->file_offset)
		note(c, VLC_bat_reserved_offset_nonzero, e);
}

static void count_payload(struct vhdxlog_bat *bat, unsigned state)
{
	switch (state) {
	case VL_BLOCK_NOT_PRESENT: bat->not_present++; break;
	case VL_BLOCK_ZERO: bat->zero++; break;
	case VL_BLOCK_FULLY_PRESENT: bat->present++; break;
	case VL_BLOCK_PARTIALLY_PRESENT: bat->partial++; break;
	default: bat->other++; break;
	}
}

static void note_partial(struct bat_case *c, const struct vhdxlog_bat_entry *e)
{
	if (!c->image->geometry.has_parent)
		note(c, VLC_bat_partial_in_non_differencing, e);
	else if (!vl_breach_note(&c->partial, e->index, e->raw, 1))
		c->no_memory = true;
}

static void look_at_payload(struct bat_case *c,
			    const struct vhdxlog_bat_entry *e)
{
	bool located = vl_bat_is_located(e);

	count_payload(&c->image->pub.bat, e->state);
	if (e->state == VL_BLOCK_RESERVED_4 || e->state == VL_BLOCK_RESERVED_5)
		note(c, VLC_bat_payload_state_reserved, e);
	if (e->state == VL_BLOCK_PARTIALLY_PRESENT)
		note_partial(c, e);
	if (e->state != VL_BLOCK_FULLY_PRESENT && must_be_present(c->image))
		note(c, VLC_bat_fixed_not_present, e);
	if (located)
		place_block(c, e, c->image->geometry.block_size);
	else if (e->file_offset && (e->state == VL_BLOCK_NOT_PRESENT ||
				    e->state == VL_BLOCK_ZERO))
		note(c, VLC_bat_reserved_offset_nonzero, e);
}

static void look_at(struct bat_case *c, uint64_t index, uint64_t raw)
{
	struct vhdxlog_bat_entry e;

	vl_bat_decode(&c->image->geometry, index, raw, &e);
	if (VL_BAT_RESERVED(raw))
		note(c, VLC_bat_entry_reserved_bits, &e);
	if (e.is_bitmap)
		look_at_bitmap(c, &e);
	else
		look_at_payload(c, &e);
}

/* Of n entries that are all zero, those of payload are not present. */
static void note_not_present(struct bat_case *c, uint64_t index, uint64_t n)
{
	uint64_t chunk = (uint64_t)c->image->geometry.chunk_ratio + 1;
	uint64_t end = index + n;

	/* Ends: a chunk each time round, of which a disk has 16384 at most. */
	while (index < end) {
		uint64_t bitmap = index - index % chunk + chunk - 1;
		uint64_t stop = vl_min64(bitmap, end);

		if (stop > index &&
		    !vl_breach_note(vl_breach_of(&c->image->breaches,
						 VLC_bat_fixed_not_present),
				    index, 0, stop - index))
			c->no_memory = true;
		index = bitmap + 1;
	}
}

/* The same as look_at() for n entries that are all zero. */
static void look_at_zeroes(struct bat_case *c, uint64_t index, uint64_t n)
{
	const struct vl_bat_geometry *g = &c->image->geometry;
	uint64_t chunk = (uint64_t)g->chunk_ratio + 1;
	uint64_t bitmaps = (index + n) / chunk - index / chunk;
	struct vhdxlog_bat_entry e;

	c->image->pub.bat.not_present += n - bitmaps;
	if (bitmaps) {
		vl_bat_decode(g, vl_bat_bitmap_index(g, index / chunk), 0, &e);
		look_at_bitmap(c, &e);
		c->image->pub.bat.other += bitmaps - 1;
	}
	if (must_be_present(c->image))
		note_not_present(c, index, n);
}

/* How many entries from an index on lie in a hole of the file. */
static uint64_t count_hole(const struct bat_case *c, const struct vl_view *view,
			   uint64_t index)
{
	uint64_t off = entry_offset(c->image, index), from, to;
	uint64_t end = vl_min64(view->size,
				entry_offset(c->image,
					     c->image->geometry.entries));

	if (off >= end)
		return 0;
	if (!vl_view_next_data(view, off, end, &from, &to))
		from = end;
	return (from - off) / 8;
}

static int read_entries(struct bat_case *c, const struct vl_view *view,
			struct vhdxlog_error *err)
{
	uint8_t buf[CHUNK];
	uint64_t index = 0, entries = c->image->geometry.entries;

	c->readable = true;
	/* Ends: at most 67 million entries, fewer each time round. */
	while (c->readable && index < entries) {
		size_t n = (size_t)vl_min64(entries - index, CHUNK / 8);
		uint64_t hole = count_hole(c, view, index);
		int rc;

		if (hole) {
			look_at_zeroes(c, index, hole);
			index += hole;
			continue;
		}
		rc = vl_structure_read(c->image, view,
				       entry_offset(c->image, index), buf,
				       n * 8, &c->readable, err);
		if (rc)
			return rc;
		for (size_t k = 0; c->readable && k < n; k++)
			look_at(c, index + k, vl_le64(buf + 8 * k));
		if (c->no_memory)
			return vl_nomem(err);
		index += n;
	}
	return 0;
}

static int read_trailing(struct bat_case *c, const struct vl_view *view,
			 struct vhdxlog_error *err)
{
	struct vl_image *i = c->image;

	c->trailing_known = true;
	return vl_slack_look(i, view, entry_offset(i, i->geometry.entries),
			     i->bat->offset + i->bat->length, &c->trailing,
			     err);
}

/* Whether an item is as it must be. In an assumed region nothing is judged, so
 * that a report says so: what is needed is asked for here. */
static bool item_is_good(const struct vl_image *i, enum vl_check_id id)
{
	if (!i->assumed.regions)
		return vl_passed(i->judgement, id);
	return vl_item_checks[id](i, NULL) == VHDXLOG_PASS;
}

void vl_geometry_find(struct vl_image *i)
{
	const struct vhdxlog_metadata *m = &i->pub.metadata;

	i->geometry_known =
		i->bat && m->has_file_parameters && m->has_disk_size &&
		m->has_logical_sector &&
		item_is_good(i, VLC_metadata_block_size_invalid) &&
		item_is_good(i, VLC_metadata_logical_sector_invalid) &&
		item_is_good(i, VLC_metadata_disk_size_too_large);
	if (i->geometry_known) {
		vl_bat_geometry(m->block_size, m->logical_sector_size,
				m->virtual_disk_size, m->has_parent,
				&i->geometry);
	} else if (i->bat && i->assumed.geometry) {
		i->geometry_known = true;
		i->geometry = i->assumed.bat_geometry;
	}
}

static void publish(const struct bat_case *c)
{
	struct vhdxlog_bat *bat = &c->image->pub.bat;
	const struct vl_breaches *b = &c->image->breaches;

	bat->known = c->readable;
	bat->entries = c->image->geometry.entries;
	bat->lost = b->both.lost;
	bat->cut = b->both.cut;
	bat->missing = b->both.missing;
	bat->end = b->end;
}

int vl_bat_read(struct vl_image *i, const struct vl_view *view,
		struct vhdxlog_error *err)
{
	struct bat_case c = { .image = i };
	int rc = 0;

	vl_geometry_find(i);
	if (!vl_claims_init(&i->claims))
		return vl_nomem(err);
	if (i->geometry_known && i->geometry.entries <= i->bat->length / 8) {
		rc = read_entries(&c, view, err);
		if (!rc)
			rc = read_trailing(&c, view, err);
		if (!rc)
			rc = vl_overlap_find(i, view, err);
		publish(&c);
	}
	if (!rc && !vl_claims_seal(&i->claims))
		rc = vl_nomem(err);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, bat_checks, &c, i->judgement);
	free(c.partial.runs);
	return rc;
}

/* ------------------------------------------------- data that nothing owns */

static enum vhdxlog_status block_unreferenced(const void *subject,
					      struct vl_detail *d)
{
	const struct bat_case *c = subject;

	if (c->unreferenced == UINT64_MAX)
		return c->unreadable ?
			       vl_blocked(d, "not all of the file is readable") :
			       vl_pass();
	return vl_fail(d, c->unreferenced, "zeroes, or an owner",
		       "data in a MiB that nothing owns");
}

static const vl_check_fn unreferenced_checks[VLC_COUNT] = {
	[VLC_block_unreferenced] = block_unreferenced,
};

static bool is_owned(const struct vl_image *i, uint64_t off, uint64_t len)
{
	return vl_claims_at(&i->claims, off) != VL_CLAIM_NONE ||
	       vl_areas_touch(&i->areas, off, len);
}

int vl_unreferenced_find(struct vl_image *i, const struct vl_view *disk,
			 struct vhdxlog_error *err)
{
	struct bat_case c = { .image = i, .unreferenced = UINT64_MAX };
	uint64_t budget = UINT64_MAX;

	if (!i->pub.bat.known)
		return 0;
	for (uint64_t off = VL_MIB;
	     off < disk->size && c.unreferenced == UINT64_MAX; off += VL_MIB) {
		uint64_t len = vl_min64(VL_MIB, disk->size - off);
		bool zero = true;
		int rc = 0;

		if (!is_owned(i, off, len))
			rc = vl_view_is_zero(disk, off, len, &budget, &zero,
					     err);
		if (rc == VHDXLOG_E_IO)
			c.unreadable = true;
		else if (rc)
			return rc;
		else if (!zero)
			c.unreferenced = off;
	}
	vl_judge(VHDXLOG_OBJECT_IMAGE, unreferenced_checks, &c, i->judgement);
	return 0;
}
