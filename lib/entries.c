/* SPDX-License-Identifier: MIT */
/* Entries and descriptors as the public interface shows them. */
#include "scan.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

size_t vhdxlog_entry_count(const struct vhdxlog_scan *scan)
{
	return scan->log.n_entries;
}

size_t vhdxlog_entry_tally(const struct vhdxlog_scan *scan,
			   enum vhdxlog_soundness verdict)
{
	return scan->log.tally[verdict];
}

size_t vhdxlog_entry_find(const struct vhdxlog_scan *scan, uint32_t sector)
{
	uint32_t i = scan->has_log ? vl_log_entry_at(&scan->log, sector) :
				     VL_NONE;

	return i == VL_NONE ? SIZE_MAX : i;
}

size_t vhdxlog_entry_next(const struct vhdxlog_scan *scan, size_t index)
{
	uint32_t next = vl_is_sound(&scan->log.entries[index]) ?
				vl_link_neighbour(&scan->log, (uint32_t)index) :
				VL_NONE;

	return next == VL_NONE ? SIZE_MAX : next;
}

const char *vhdxlog_soundness_name(enum vhdxlog_soundness soundness)
{
	static const char *const names[] = { "valid", "stale", "invalid" };

	return names[soundness];
}

/* Checks that passed, and those that do not apply. */
static void count_checks(const struct vl_judgement *j, struct vhdxlog_entry *e)
{
	for (unsigned id = VL_FIRST_ENTRY_CHECK; id <= VL_LAST_ENTRY_CHECK;
	     id++) {
		e->checks_passed += j->status[id] == VHDXLOG_PASS;
		e->checks_not_applicable +=
			j->status[id] == VHDXLOG_NOT_APPLICABLE;
	}
}

int vhdxlog_entry_at(struct vhdxlog_scan *scan, size_t index,
		     struct vhdxlog_entry *out, struct vhdxlog_error *err)
{
	struct vl_log *log = &scan->log;
	struct vhdxlog_error local = { VHDXLOG_OK, 0, 0, NULL };
	const struct vl_judgement *j;
	struct vl_entry_header h;
	const struct vl_entry *e;
	int rc;

	if (index >= log->n_entries)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for an entry");
	e = &log->entries[index];
	*out = (struct vhdxlog_entry){
		.index = index,
		.sector = e->sector,
		.sectors = e->sectors,
		.wraps = (uint64_t)e->sector + e->sectors > log->ring.sectors,
		.verdict = vl_soundness(e),
		.active = e->flags & VL_ENTRY_IS_ACTIVE,
		.offset = vl_ring_at(&log->ring, e->sector),
		.is_head = vl_is_sound(e),
	};
	rc = vl_entry_header_read(log, (uint32_t)index, &h,
				  &out->checksum_known, &out->checksum_computed,
				  err);
	if (rc)
		return rc;
	out->checksum_stored = h.checksum;
	out->entry_length = h.entry_length;
	out->tail = h.tail;
	out->sequence_number = h.sequence_number;
	out->descriptor_count = h.descriptor_count;
	out->log_guid = h.log_guid;
	out->flushed_file_offset = h.flushed_file_offset;
	out->last_file_offset = h.last_file_offset;
	if (out->is_head) {
		out->as_head.first = log->entries[e->first].sector;
		out->as_head.head = e->sector;
	}
	j = vl_scan_judge_entry(scan, index, &local);
	if (j)
		count_checks(j, out);
	else if (err)
		*err = local;
	return local.code;
}

/* ------------------------------------------------------------- descriptors */

const char *vhdxlog_descriptor_kind_name(enum vhdxlog_descriptor_kind kind)
{
	static const char *const names[] = { "data", "zero", "unknown" };

	return names[kind];
}

struct vhdxlog_descriptors {
	struct vhdxlog_scan *scan; /* borrowed until close */
	uint32_t entry;
	uint32_t count; /* DescriptorCount */
	uint64_t sectors; /* descriptor sectors by that */
	uint32_t next;
	uint64_t data; /* data descriptors so far */
};

int vhdxlog_descriptors_open(struct vhdxlog_scan *scan, size_t index,
			     struct vhdxlog_descriptors **it,
			     struct vhdxlog_error *err)
{
	*it = NULL;
	if (index >= scan->log.n_entries)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for an entry");
	*it = vl_calloc(1, sizeof(**it));
	if (!*it)
		return vl_nomem(err);
	(*it)->scan = scan;
	(*it)->entry = (uint32_t)index;
	(*it)->count = scan->log.entries[index].descriptor_count;
	(*it)->sectors = vl_descriptor_sectors((*it)->count);
	return 0;
}

void vhdxlog_descriptors_close(struct vhdxlog_descriptors *it)
{
	free(it);
}

/*
 * Whether the sector of the next descriptor can belong to the entry: in the
 * ring, once around at most, and, after the first, of descriptors.
 */
static bool belongs(const struct vhdxlog_descriptors *it)
{
	const struct vl_ring *ring = &it->scan->log.ring;
	uint64_t off = VL_FIRST_DESCRIPTOR +
		       (uint64_t)it->next * VL_DESCRIPTOR_SIZE;
	uint64_t k = off / VL_SECTOR;
	uint32_t s = it->scan->log.entries[it->entry].sector;

	if (!k)
		return true;
	return k < ring->sectors && vl_ring_kind(ring, vl_ring_wrap(ring, s + k)) ==
					    VHDXLOG_SECTOR_DESCRIPTORS;
}

/* Where the data sector of the next data descriptor is, if it is one. */
static uint32_t data_sector(const struct vhdxlog_descriptors *it)
{
	const struct vl_ring *ring = &it->scan->log.ring;
	const struct vl_entry *e = &it->scan->log.entries[it->entry];
	uint64_t k = it->sectors + it->data;
	uint32_t s;

	if (k >= e->sectors)
		return VHDXLOG_NO_SECTOR;
	s = vl_ring_wrap(ring, e->sector + k);
	return vl_ring_kind(ring, s) == VHDXLOG_SECTOR_DATA ? s :
							      VHDXLOG_NO_SECTOR;
}

static uint64_t descriptor_at(const struct vhdxlog_descriptors *it)
{
	const struct vl_ring *ring = &it->scan->log.ring;
	uint64_t off = VL_FIRST_DESCRIPTOR +
		       (uint64_t)it->next * VL_DESCRIPTOR_SIZE;
	uint32_t s = vl_ring_wrap(ring,
				  it->scan->log.entries[it->entry].sector +
					  off / VL_SECTOR);

	return vl_ring_at(ring, s) + off % VL_SECTOR;
}

int vl_descriptors_next(struct vhdxlog_descriptors *it,
			struct vhdxlog_descriptor *out,
			struct vhdxlog_error *err)
{
	struct vhdxlog_scan *scan = it->scan;
	const struct vl_entry *e = &scan->log.entries[it->entry];
	struct vl_descriptor d;
	int rc;

	if (it->next >= it->count || !belongs(it))
		return 1;
	*out = (struct vhdxlog_descriptor){
		.index = it->next,
		.offset = descriptor_at(it),
		.data_sector = VHDXLOG_NO_SECTOR,
		.overwritten_by = VHDXLOG_NO_SECTOR,
	};
	rc = vl_descriptor_read(&scan->log, e, it->next, out->bytes, err);
	if (rc)
		return rc;
	vl_descriptor_decode(out->bytes, &d);
	out->kind = d.kind;
	out->sequence_number = d.sequence_number;
	out->file_offset = d.file_offset;
	out->length = d.length;
	out->area = scan->options.raw_log ?
			    VHDXLOG_AREA_UNKNOWN :
			    vl_areas_at(&scan->image.areas, d.file_offset);
	if (d.kind == VHDXLOG_DESCRIPTOR_DATA) {
		out->data_sector = data_sector(it);
		it->data++;
	}
	it->next++;
	return 0;
}

int vhdxlog_descriptors_next(struct vhdxlog_descriptors *it,
			     struct vhdxlog_descriptor *out,
			     struct vhdxlog_error *err)
{
	const struct vl_entry *e = &it->scan->log.entries[it->entry];
	int rc = vl_descriptors_next(it, out, err);

	if (rc || !vl_is_sound(e))
		return rc;
	return vl_applied_find(it->scan, e, out, err);
}

int vhdxlog_descriptor_page(struct vhdxlog_scan *scan,
			    const struct vhdxlog_descriptor *d,
			    uint8_t page[4096], struct vhdxlog_error *err)
{
	const uint8_t *data;

	if (d->kind != VHDXLOG_DESCRIPTOR_DATA ||
	    d->data_sector == VHDXLOG_NO_SECTOR)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, d->offset,
				"asking for the page of a descriptor that has "
				"no data sector");
	data = vl_ring_sector(&scan->log.ring, d->data_sector);
	if (!data)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&scan->log.ring, d->data_sector),
				"reading a data sector again");
	vl_page_join(d->bytes, data, page);
	return 0;
}
