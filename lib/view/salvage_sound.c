/* SPDX-License-Identifier: MIT */
/* Sound entries of a row: all that they write is kept, and where their new blocks
 * are. */
#include "base/bytes.h"
#include "base/error.h"
#include "view/salvage_parts.h"

/* ------------------------------------------------------------------ new blocks */

/* What the image has there already is known from its own claims. */
static int keep_place(const struct vl_image *image, struct vl_salvage_state *s,
		      const struct vhdxlog_bat_entry *e,
		      struct vhdxlog_error *err)
{
	enum vl_claim claim = e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD;
	uint64_t size = e->is_bitmap ? VL_MIB : image->geometry.block_size;
	bool fresh;

	if (vl_claims_at(&image->claims, e->file_offset) == claim ||
	    vl_claims_at(&s->placed, e->file_offset) == claim)
		return 0;
	if (s->blocks >= VL_MAX_SALVAGE_BLOCKS) {
		s->full = true;
		return 0;
	}
	s->blocks++;
	return vl_claims_add(&s->placed, e->file_offset, size, claim, &fresh) ?
		       0 :
		       vl_nomem(err);
}

/* What is salvaged behind it must not lie where its new blocks do. */
static int keep_places(const struct vl_image *image, struct vl_salvage_state *s,
		       uint64_t off, const uint8_t page[VL_SECTOR],
		       struct vhdxlog_error *err)
{
	uint64_t first;
	int rc = 0;

	if (!vl_bat_is_followed(image))
		return 0;
	first = (off - image->bat->offset) / 8;
	for (unsigned i = 0; !rc && i < VL_SECTOR / 8; i++) {
		struct vhdxlog_bat_entry e;

		vl_bat_decode(&image->geometry, first + i, vl_le64(page + 8 * i),
			      &e);
		if (vl_bat_is_located(&e))
			rc = keep_place(image, s, &e, err);
	}
	return rc;
}

static int note_places(const struct vl_salvage_base *base,
		       struct vl_salvage_state *state, const uint8_t *descriptor,
		       const struct vl_descriptor *d, uint64_t sector,
		       struct vhdxlog_error *err)
{
	struct vl_ring *ring = &base->log->ring;
	uint32_t s = vl_ring_wrap(ring, sector);
	uint8_t page[VL_SECTOR];
	const uint8_t *data = vl_ring_sector(ring, s);

	if (!data)
		return vl_error(err, VHDXLOG_E_IO, 0, vl_ring_at(ring, s),
				"reading a data sector again");
	vl_page_join(descriptor, data, page);
	return keep_places(base->image, state, d->file_offset, page, err);
}

/* ------------------------------------------------------------------- the entry */

static int keep_descriptor(struct vl_salvage *out, uint32_t entry, uint32_t i,
			   const struct vl_descriptor *d,
			   enum vhdxlog_area area, struct vhdxlog_error *err)
{
	const struct vl_salvaged page = {
		.entry = entry,
		.descriptor = i,
		.offset = d->file_offset,
		.length = d->length,
		.zero = d->kind == VHDXLOG_DESCRIPTOR_ZERO,
		.proof = VL_SALVAGE_SOUND,
		.area = (uint8_t)area,
	};

	return vl_salvage_keep(out, &page, err);
}

int vl_salvage_sound(struct vl_salvage *out, const struct vl_salvage_base *base,
		     struct vl_salvage_state *state, uint32_t entry,
		     struct vhdxlog_error *err)
{
	const struct vl_entry *e = &base->log->entries[entry];
	uint64_t data = e->sector + vl_descriptor_sectors(e->descriptor_count);
	int rc = 0;

	for (uint32_t i = 0; !rc && i < e->descriptor_count; i++) {
		uint8_t bytes[VL_DESCRIPTOR_SIZE];
		struct vl_descriptor d;
		enum vhdxlog_area area;

		rc = vl_descriptor_read(base->log, e, i, bytes, err);
		if (rc)
			return rc;
		vl_descriptor_decode(bytes, &d);
		area = vl_areas_at(&base->image->areas, d.file_offset);
		rc = keep_descriptor(out, entry, i, &d, area, err);
		if (d.kind != VHDXLOG_DESCRIPTOR_DATA)
			continue;
		if (!rc && area == VHDXLOG_AREA_BAT)
			rc = note_places(base, state, bytes, &d, data, err);
		data++;
	}
	return rc;
}
