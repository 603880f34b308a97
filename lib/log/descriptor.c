/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of an entry, each looked at once.
 *
 * The walk stops at the first sector that cannot belong to the entry: one that
 * cannot be read, or a further one that does not begin with a descriptor. Since
 * a sector that begins an entry is not such a sector, no two entries walk the
 * same sector, and all walks together are no longer than the ring.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "log/entry.h"
#include "ondisk/bat.h"

#include <isa-l/mem_routines.h>
#include <string.h>

/* Entries with more descriptors are not searched for duplicates: what a copy of
 * them takes is counted by nobody. */
#define VL_MAX_DUPLICATE_SEARCH (UINT32_C(1) << 19)

static void __attribute__((noinline, cold))
note(struct vl_entry_case *c, enum vl_fault_id id, uint64_t at, uint64_t value)
{
	if (!c->fault[id].found)
		c->fault[id] = (struct vl_fault){ true, at, value };
}

#define NOTE_IF(condition, id, at, value)                         \
	do {                                                      \
		if (__builtin_expect(!!(condition), 0))           \
			note(c, VLF_##id, (at), (value));         \
	} while (0)

/* Where a target lies, for one whose end is known not to overflow. */
static inline void look_at_target(struct vl_entry_case *c, uint64_t off,
				  uint64_t len, bool zero, uint64_t at)
{
	const struct vl_log *log = c->log;
	uint64_t end = off + len, misplaced;

	NOTE_IF(vl_overlap(off, len, VL_RESERVED_OFFSET,
			   VL_HEADER_SECTION - VL_RESERVED_OFFSET),
		desc_targets_reserved_area, at, off);
	NOTE_IF(vl_overlap(off, len, log->own.off, log->own.len),
		desc_targets_log, at, off);
	if (zero && off < log->disk_size)
		c->zeroed = vl_end(c->zeroed,
				   vl_min64(len, log->disk_size - off));
	NOTE_IF(end > log->disk_size, desc_beyond_eof, at, end);
	NOTE_IF(end > c->h.last_file_offset, entry_last_offset_below_target,
		at, end);
	NOTE_IF(zero && end > log->disk_size && end > c->h.last_file_offset &&
			end > c->declared,
		zero_length_excessive, at, end);
	if (!log->image)
		return;
	misplaced = vl_target_misplaced(log, off, len);
	NOTE_IF(misplaced & VL_BIT(VLC_desc_targets_payload),
		desc_targets_payload, at, off);
	NOTE_IF(misplaced & VL_BIT(VLC_desc_targets_unowned),
		desc_targets_unowned, at, off);
}

static inline void look_at_zero(struct vl_entry_case *c, const uint8_t *p,
				uint64_t len, uint64_t at)
{
	uint32_t reserved = vl_le32(p + VL_OFF_zero_descriptor_reserved);

	c->n_zero++;
	NOTE_IF(reserved, zero_reserved_nonzero,
		at + VL_OFF_zero_descriptor_reserved, reserved);
	NOTE_IF(len % VL_SECTOR, zero_length_unaligned,
		at + VL_OFF_zero_descriptor_zero_length, len);
	NOTE_IF(!len, zero_length_zero,
		at + VL_OFF_zero_descriptor_zero_length, len);
}

/*
 * One descriptor with a signature; *target gets what it writes, of data not
 * where they are but which they are.
 */
static inline void look_at(struct vl_entry_case *c, const uint8_t *p,
			   uint64_t at, bool zero, struct vl_target *target)
{
	uint64_t off = vl_le64(p + VL_OFF_data_descriptor_file_offset);
	uint64_t seq = vl_le64(p + VL_OFF_data_descriptor_sequence_number);
	uint64_t off_at = at + VL_OFF_data_descriptor_file_offset;
	uint64_t len = VL_SECTOR;

	if (zero) {
		len = vl_le64(p + VL_OFF_zero_descriptor_zero_length);
		look_at_zero(c, p, len, at);
		*target = (struct vl_target){ off | VL_TARGET_ZERO, len };
	} else {
		*target = (struct vl_target){ off & ~VL_TARGET_ZERO,
					      c->n_data++ };
		if (VL_BAT_HAS_PLACE(vl_le64(
			    p + VL_OFF_data_descriptor_leading_bytes)))
			target->value |= VL_TARGET_PLACE;
	}
	NOTE_IF(seq != c->h.sequence_number, desc_sequence_mismatch,
		at + VL_OFF_data_descriptor_sequence_number, seq);
	NOTE_IF(off % VL_SECTOR, desc_offset_unaligned, off_at, off);
	NOTE_IF(off < VL_TABLE_OFFSET(1), desc_targets_headers, off_at, off);
	if (__builtin_expect(off > INT64_MAX || len > INT64_MAX - off, 0))
		note(c, VLF_desc_offset_overflow, off_at, off);
	else
		look_at_target(c, off, len, zero, off_at);
}

struct walk {
	uint64_t left;	    /* descriptors still to come */
	uint64_t end;	    /* of the last target */
	bool ascending;	    /* each target so far begins behind the last */
};

/* The descriptors of one sector, from `off` on. */
static int walk_sector(struct vl_log *log, struct vl_entry_case *c,
		       const uint8_t *p, uint64_t at, unsigned off,
		       struct walk *w, struct vhdxlog_error *err)
{
	for (; off < VL_SECTOR && w->left; off += VL_DESCRIPTOR_SIZE) {
		const uint8_t *d = p + off;
		bool zero = memcmp(d, vl_zero_descriptor_signature, 4) == 0;
		struct vl_target t;
		uint64_t index = c->h.descriptor_count - w->left--;

		if (!zero && memcmp(d, vl_data_descriptor_signature, 4) != 0) {
			note(c, VLF_desc_signature_bad, at + off, vl_le32(d));
			continue;
		}
		look_at(c, d, at + off, zero, &t);
		if (!zero)
			t.value |= index << 32;
		w->ascending = w->ascending && vl_target_offset(&t) >= w->end;
		w->end = vl_end(vl_target_offset(&t), vl_target_length(&t));
		if (c->collect && vl_target_add(log, &t, err))
			return VHDXLOG_E_NOMEM;
	}
	if (!w->left && off < VL_SECTOR &&
	    isal_zero_detect((void *)(p + off), VL_SECTOR - off)) {
		while (!p[off])
			off++;
		c->slack = at + off;
	}
	return 0;
}

/* Where descriptor i of the entry lies in the image. */
static uint64_t descriptor_at(const struct vl_entry_case *c, uint64_t i)
{
	const struct vl_ring *ring = &c->log->ring;
	uint64_t off = VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE;
	uint32_t s = vl_ring_wrap(ring, c->sector + off / VL_SECTOR);

	return vl_ring_at(ring, s) + off % VL_SECTOR;
}

/* The lowest byte that two of n sorted targets write, or UINT64_MAX. */
static uint64_t written_twice(const struct vl_target *t, size_t n)
{
	uint64_t end = 0;

	for (size_t i = 0; i < n; i++) {
		if (vl_target_length(&t[i]) && vl_target_offset(&t[i]) < end)
			return vl_target_offset(&t[i]);
		end = vl_max64(end, vl_end(vl_target_offset(&t[i]),
					   vl_target_length(&t[i])));
	}
	return UINT64_MAX;
}

/*
 * A byte that two of the n targets from `first` on write, and the second that
 * does. They are still in the order of descriptors: a copy is sorted.
 */
static int find_duplicate(struct vl_log *log, struct vl_entry_case *c,
			  size_t first, size_t n, struct vhdxlog_error *err)
{
	void *array = log->targets;
	struct vl_target *copy;
	bool before = false;
	uint64_t twice;

	if (!vl_reserve(&array, &log->targets_cap, first + 2 * n,
			sizeof(*log->targets)))
		return vl_nomem(err);
	log->targets = array;
	copy = log->targets + first + n;
	/* All as ranges, so that they are sorted by where they begin. */
	for (size_t i = 0; i < n; i++) {
		const struct vl_target *t = &log->targets[first + i];

		copy[i] = (struct vl_target){ vl_target_offset(t) |
						      VL_TARGET_ZERO,
					      vl_target_length(t) };
	}
	vl_targets_sort(copy, n);
	twice = written_twice(copy, n);
	for (size_t i = 0; twice != UINT64_MAX && i < n; i++) {
		const struct vl_target *t = &log->targets[first + i];

		if (!vl_overlap(vl_target_offset(t), vl_target_length(t), twice,
				1))
			continue;
		if (before)
			note(c, VLF_desc_duplicate_target, descriptor_at(c, i),
			     twice);
		before = true;
	}
	return 0;
}

int vl_entry_descriptors(struct vl_log *log, struct vl_entry_case *c,
			 struct vhdxlog_error *err)
{
	struct walk w = { .left = c->h.descriptor_count, .ascending = true };
	size_t first = log->n_targets;
	uint64_t k;

	for (k = 0; k < c->descriptor_sectors; k++) {
		uint32_t s = vl_ring_wrap(&log->ring, c->sector + k);
		const uint8_t *p = vl_ring_sector(&log->ring, s);
		unsigned off = k ? 0 : VL_FIRST_DESCRIPTOR;

		if (!p)
			break;
		if (k && vl_ring_kind(&log->ring, s) !=
				 VHDXLOG_SECTOR_DESCRIPTORS) {
			note(c, VLF_desc_signature_bad, vl_ring_at(&log->ring, s),
			     vl_le32(p));
			break;
		}
		if (walk_sector(log, c, p, vl_ring_at(&log->ring, s), off, &w,
				err))
			return VHDXLOG_E_NOMEM;
	}
	log->cost.descriptors += c->h.descriptor_count - w.left;
	c->descriptors_whole = k == c->descriptor_sectors;
	c->duplicates_known = c->duplicates_known || w.ascending;
	if (w.ascending || !c->collect ||
	    c->h.descriptor_count > VL_MAX_DUPLICATE_SEARCH ||
	    log->n_targets - first < c->h.descriptor_count)
		return 0;
	c->duplicates_known = true;
	return find_duplicate(log, c, first, c->h.descriptor_count, err);
}
