/* SPDX-License-Identifier: MIT */
/*
 * Sectors of the log. What an entry is made of stays, its LogGuid becomes another,
 * and pages are redacted as their places are, whether the entry is sound or not.
 * Of sectors that no entry owns no more stays than tells their kind.
 *
 * Each sector is made when it is asked for. Checksums follow from all sectors once
 * through, as in the ring itself; where an entry lies in another, the outer one's
 * takes another turn.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "crc32c.h"
#include "overlay/decode.h"
#include "view/redact.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TURNS 8u /* entries in entries in entries */

/* ------------------------------------------------------------------- roles */

static int note_role(void *ctx, const struct vl_logged *l,
		     struct vhdxlog_error *err)
{
	struct vl_redaction *r = ctx;
	const struct vl_role role = { l->entry, l->index, l->data_before };

	(void)err;
	if (r->roles[l->sector].entry == VL_NONE)
		r->roles[l->sector] = role;
	if (l->data != VL_NONE && r->roles[l->data].entry == VL_NONE)
		r->roles[l->data] = role;
	return 0;
}

static int find_roles(struct vl_redaction *r, struct vhdxlog_error *err)
{
	uint32_t n = r->of->log->ring.present;

	r->roles = vl_calloc(n, sizeof(*r->roles));
	if (!r->roles)
		return vl_nomem(err);
	for (uint32_t i = 0; i < n; i++)
		r->roles[i].entry = VL_NONE;
	return vl_logged_each(r->of->log, note_role, r, err);
}

/* ------------------------------------------------------------------- pages */

/* Put a page into a descriptor and a sector, either of which may be NULL. */
static void part_page(const uint8_t page[VL_SECTOR], uint8_t *descriptor,
		      uint8_t *sector)
{
	if (descriptor) {
		memcpy(descriptor + VL_OFF_data_descriptor_leading_bytes, page,
		       8);
		memcpy(descriptor + VL_OFF_data_descriptor_trailing_bytes,
		       page + VL_SECTOR - 4, 4);
	}
	if (sector)
		memcpy(sector + VL_OFF_data_sector_page,
		       page + VL_OFF_data_sector_page,
		       VL_OFF_data_sector_sequence_low -
			       VL_OFF_data_sector_page);
}

/* The page of a descriptor whose data is in a sector; false: not to be had. */
static bool make_page(struct vl_redaction *r, uint32_t entry,
		      const uint8_t descriptor[VL_DESCRIPTOR_SIZE],
		      uint32_t sector, uint8_t page[VL_SECTOR])
{
	const uint8_t *p = vl_ring_sector(&r->of->log->ring, sector);

	if (!p)
		return false;
	vl_page_join(descriptor, p, page);
	vl_redact_page(r, entry,
		       vl_le64(descriptor + VL_OFF_data_descriptor_file_offset),
		       page);
	return true;
}

/* ------------------------------------------------------------- descriptors */

/* The descriptors of a sector, as they are gone through. */
struct slots {
	uint32_t entry;
	uint32_t index; /* of the next one in its entry */
	uint32_t data_before;
	uint64_t left; /* that the entry has */
};

/* The sector with the data of the next one, or VL_NONE. */
static uint32_t data_of(const struct vl_redaction *r, const struct slots *s)
{
	const struct vl_log *log = r->of->log;
	const struct vl_entry *e;
	uint32_t sector;

	e = &log->entries[s->entry];
	sector = vl_ring_wrap(&log->ring,
			      e->sector +
				      vl_descriptor_sectors(e->descriptor_count) +
				      s->data_before);
	return sector < log->ring.present &&
			       r->roles[sector].entry == s->entry &&
			       r->roles[sector].index == s->index ?
		       sector :
		       VL_NONE;
}

/* Its signature alone can be a word of a text; of its numbers one is right, too. */
static bool is_descriptor(const struct vl_redaction *r, const struct slots *s,
			  const uint8_t *p)
{
	struct vl_descriptor d;

	if (memcmp(p, vl_zero_descriptor_signature, 4) != 0 &&
	    memcmp(p, vl_data_descriptor_signature, 4) != 0)
		return false;
	vl_descriptor_decode(p, &d);
	return d.file_offset % VL_SECTOR == 0 ||
	       d.sequence_number ==
		       r->of->log->entries[s->entry].sequence_number;
}

static void redact_slot(struct vl_redaction *r, struct slots *s, uint8_t *p)
{
	uint8_t page[VL_SECTOR];
	uint32_t data;

	if (!is_descriptor(r, s, p)) {
		vl_scramble(r, p, 4);
		memset(p + 4, 0, VL_DESCRIPTOR_SIZE - 4);
		return;
	}
	if (memcmp(p, vl_zero_descriptor_signature, 4) == 0)
		return;
	data = data_of(r, s);
	s->data_before++;
	if (data == VL_NONE || !make_page(r, s->entry, p, data, page))
		memset(page, 0, sizeof(page));
	part_page(page, p, NULL);
}

static void redact_slots(struct vl_redaction *r, struct slots *s,
			 uint8_t bytes[VL_SECTOR], unsigned off)
{
	for (; off < VL_SECTOR && s->left; off += VL_DESCRIPTOR_SIZE) {
		redact_slot(r, s, bytes + off);
		s->index++;
		s->left--;
	}
	memset(bytes + off, 0, VL_SECTOR - off);
}

/* ----------------------------------------------------------------- sectors */

static void redact_entry(struct vl_redaction *r, uint32_t sector,
			 uint8_t bytes[VL_SECTOR])
{
	uint32_t i = vl_log_entry_at(r->of->log, sector);
	struct slots s = { .entry = i };

	if (i == VL_NONE) { /* it became one after the walk */
		memset(bytes, 0, VL_SECTOR);
		return;
	}
	if (!vl_entry_is_likely(r->of->log, i)) {
		vl_scramble(r, bytes + 4, VL_SIZE_entry_header - 4);
		memset(bytes + VL_SIZE_entry_header, 0,
		       VL_SECTOR - VL_SIZE_entry_header);
		return;
	}
	s.left = r->of->log->entries[i].descriptor_count;
	vl_redact_guid(bytes + VL_OFF_entry_header_log_guid);
	redact_slots(r, &s, bytes, VL_FIRST_DESCRIPTOR);
	if (r->right[i])
		vl_put_le32(bytes + VL_OFF_entry_header_checksum,
			    r->checksums[i]);
}

static void redact_descriptors(struct vl_redaction *r, uint32_t sector,
			       uint8_t bytes[VL_SECTOR])
{
	const struct vl_role *role = &r->roles[sector];
	const struct vl_log *log = r->of->log;
	struct slots s = { .entry = role->entry,
			   .data_before = role->data_before };
	const struct vl_entry *e;
	uint32_t n = log->ring.sectors, k;

	if (role->entry == VL_NONE) { /* all but what tells its kind */
		memset(bytes + 4, 0, VL_SECTOR - 4);
		return;
	}
	e = &log->entries[role->entry];
	k = (sector + n - e->sector) % n;
	s.index = (uint32_t)(((uint64_t)k * VL_SECTOR - VL_FIRST_DESCRIPTOR) /
			     VL_DESCRIPTOR_SIZE);
	s.left = e->descriptor_count - s.index;
	redact_slots(r, &s, bytes, 0);
}

/* All but what tells that it is one of data. */
static void blank_data(uint8_t bytes[VL_SECTOR])
{
	memset(bytes + VL_OFF_data_sector_sequence_high, 0,
	       VL_SECTOR - VL_OFF_data_sector_sequence_high);
}

/* Its numbers are told of where an entry owns it, and where it has no signature
 * that is told of, too. */
static void redact_data(struct vl_redaction *r, uint32_t sector,
			uint8_t bytes[VL_SECTOR])
{
	const struct vl_role *role = &r->roles[sector];
	struct vl_log *log = r->of->log;
	uint8_t page[VL_SECTOR], descriptor[VL_DESCRIPTOR_SIZE];

	if (role->entry == VL_NONE) {
		blank_data(bytes);
		return;
	}
	if (memcmp(bytes, vl_data_signature, sizeof(vl_data_signature)) != 0)
		vl_scramble(r, bytes, sizeof(vl_data_signature));
	if (vl_descriptor_read(log, &log->entries[role->entry], role->index,
			       descriptor, NULL) ||
	    !make_page(r, role->entry, descriptor, sector, page))
		memset(page, 0, sizeof(page));
	part_page(page, NULL, bytes);
}

void vl_redact_sector(struct vl_redaction *r, uint32_t sector,
		      uint8_t bytes[VL_SECTOR])
{
	struct vl_ring *ring = &r->of->log->ring;
	enum vhdxlog_sector_kind kind = vl_ring_kind(ring, sector);
	const uint8_t *p = vl_ring_sector(ring, sector);

	if (p)
		memcpy(bytes, p, VL_SECTOR);
	if (p && kind == VHDXLOG_SECTOR_ENTRY)
		redact_entry(r, sector, bytes);
	else if (p && kind == VHDXLOG_SECTOR_DESCRIPTORS)
		redact_descriptors(r, sector, bytes);
	else if (p && (kind == VHDXLOG_SECTOR_DATA ||
		       (kind == VHDXLOG_SECTOR_FOREIGN &&
			r->roles[sector].entry != VL_NONE)))
		redact_data(r, sector, bytes);
	else
		memset(bytes, 0, VL_SECTOR);
}

/* --------------------------------------------------------------- checksums */

/* Which are right, by the ring as it is. */
static int look_at_checksums(struct vl_redaction *r, struct vhdxlog_error *err)
{
	struct vl_log *log = r->of->log;
	size_t n = log->n_entries;

	r->checksums = vl_calloc(n, sizeof(*r->checksums));
	r->right = vl_calloc(n, sizeof(*r->right));
	if (!r->checksums || !r->right)
		return vl_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct vl_entry_header h;
		uint32_t crc;
		bool known;
		int rc = vl_entry_header_read(log, (uint32_t)i, &h, &known, &crc,
					      NULL);

		r->right[i] = !rc && known && crc == h.checksum;
		r->checksums[i] = rc ? 0 : h.checksum;
	}
	return 0;
}

/* The register over the ring as it will be. */
static void make_prefix(struct vl_redaction *r, uint32_t *prefix)
{
	const struct vl_ring *ring = &r->of->log->ring;
	uint8_t bytes[VL_SECTOR];

	for (uint32_t s = 0; s < ring->present; s++) {
		if (vl_ring_kind(ring, s) == VHDXLOG_SECTOR_ZERO) {
			prefix[s + 1] = vl_crc32c_shift_sectors(prefix[s], 1);
			continue;
		}
		vl_redact_sector(r, s, bytes);
		prefix[s + 1] = vl_crc32c_raw(prefix[s], bytes, VL_SECTOR);
	}
}

/* Whether any had to be changed. */
static bool set_checksums(struct vl_redaction *r, const struct vl_ring *made)
{
	const struct vl_log *log = r->of->log;
	bool changed = false;

	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];
		uint32_t crc;

		if (!r->right[i])
			continue;
		crc = vl_ring_crc(made, e->sector, e->sectors, r->checksums[i]);
		changed = changed || crc != r->checksums[i];
		r->checksums[i] = crc;
	}
	return changed;
}

static int seal(struct vl_redaction *r, struct vhdxlog_error *err)
{
	struct vl_ring made = r->of->log->ring;
	unsigned turn = 0;

	made.prefix = vl_calloc((size_t)made.present + 1,
				sizeof(*made.prefix));
	if (!made.prefix)
		return vl_nomem(err);
	do
		make_prefix(r, made.prefix);
	while (set_checksums(r, &made) && ++turn < MAX_TURNS);
	r->left[VL_LEFT_CHECKSUMS] = turn == MAX_TURNS;
	free(made.prefix);
	return 0;
}

int vl_redact_log_init(struct vl_redaction *r, struct vhdxlog_error *err)
{
	int rc = find_roles(r, err);

	if (!rc)
		rc = look_at_checksums(r, err);
	return rc ? rc : seal(r, err);
}
