/* SPDX-License-Identifier: MIT */
#include "log/log.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "log/entry.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_SECTORS 4096u /* 16 MiB */

/* A mask of prerequisites, or of what VL_ENTRY_SOUND stands for. */
static uint64_t mask_of(const uint8_t *list, uint64_t sound)
{
	uint64_t mask = 0;

	for (; *list; list++)
		mask |= *list == VL_ENTRY_SOUND ? sound : VL_BIT(*list);
	return mask;
}

static void fill_masks(struct vl_log *log, bool strict)
{
	uint64_t e = 0, m = 0;

	for (unsigned i = 0; i < VL_ENTRY_CHECKS; i++) {
		enum vl_check_id id =
			(enum vl_check_id)(VL_FIRST_ENTRY_CHECK + i);

		if (vl_check(id)->class_ == VHDXLOG_CLASS_E)
			e |= VL_BIT(id);
		if (vl_check(id)->class_ == VHDXLOG_CLASS_M)
			m |= VL_BIT(id);
	}
	e &= ~VL_BIT(VLC_entry_guid_mismatch);
	/* What lies under a target is known after the selection only. */
	m &= ~VL_BIT(VLC_desc_targets_payload);
	for (unsigned i = 0; i < VL_ENTRY_CHECKS; i++) {
		unsigned id = VL_FIRST_ENTRY_CHECK + i;

		log->blocked_by[i] =
			mask_of(vl_prerequisites((enum vl_check_id)id), e);
	}
	log->sound_mask = strict ? e | m : e;
}

int vl_log_init(struct vl_log *log, const struct vl_view *disk,
		const struct vhdxlog_log *place,
		const struct vhdxlog_options *options,
		struct vhdxlog_error *err)
{
	memset(log, 0, sizeof(*log));
	log->pub = *place;
	log->disk_size = options->raw_log ? UINT64_MAX : disk->size;
	if (!options->raw_log)
		log->own = (struct vl_range){ place->offset, place->length, 0 };
	log->active_first = log->active_head = log->tie = VL_NONE;
	fill_masks(log, options->strict);
	log->judgement = vl_judgement_new();
	if (!log->judgement)
		return vl_nomem(err);
	return vl_ring_init(&log->ring, disk, place, err);
}

void vl_log_release(struct vl_log *log)
{
	vl_ring_release(&log->ring);
	free(log->entries);
	free(log->targets);
	free(log->layers);
	free(log->kept);
	free(log->owner);
	free(log->judgement);
	memset(log, 0, sizeof(*log));
}

uint32_t vl_log_entry_at(const struct vl_log *log, uint32_t sector)
{
	if (vl_ring_kind(&log->ring, sector) != VHDXLOG_SECTOR_ENTRY)
		return VL_NONE;
	return (uint32_t)log->ring.value[sector];
}

static uint32_t in_mib(uint64_t bytes)
{
	return (uint32_t)vl_min64(vl_div_up(bytes, VL_MIB), UINT32_MAX);
}

static int add_entry(struct vl_log *log, uint32_t sector, const uint8_t *p,
		     struct vhdxlog_error *err)
{
	struct vl_entry_header h;
	void *array = log->entries;

	if (!vl_reserve(&array, &log->entries_cap, log->n_entries + 1,
			sizeof(*log->entries)))
		return vl_nomem(err);
	log->entries = array;
	vl_entry_header_decode(p, &h);
	log->ring.value[sector] = log->n_entries;
	log->entries[log->n_entries++] = (struct vl_entry){
		.sequence_number = h.sequence_number,
		.guid = h.log_guid,
		.sector = sector,
		.sectors = vl_entry_sectors(log, &h),
		.tail = h.tail,
		.descriptor_count = h.descriptor_count,
		.flushed = in_mib(h.flushed_file_offset),
		.last = in_mib(h.last_file_offset),
		.flags = VL_ENTRY_IS_PENDING,
		.next = VL_NONE,
		.before = VL_NONE,
		.first = VL_NONE,
	};
	return 0;
}

/*
 * The entries that begin in the stretch that was just read. Those whose claimed
 * sectors have all been seen are examined while the stretch is still at hand;
 * the others wait for the end of the walk.
 */
static int gather(struct vl_log *log, uint32_t first, uint32_t count,
		  struct vhdxlog_error *err)
{
	for (uint32_t s = first; s < first + count; s++) {
		const uint8_t *p = log->ring.held + (size_t)(s - first) *
							    VL_SECTOR;
		const struct vl_entry *e;

		if (log->ring.kind[s] != VHDXLOG_SECTOR_ENTRY)
			continue;
		if (add_entry(log, s, p, err))
			return VHDXLOG_E_NOMEM;
		e = &log->entries[log->n_entries - 1];
		if ((uint64_t)s + e->sectors <= first + count) {
			int rc = vl_entry_examine(
				log, (uint32_t)log->n_entries - 1, true, NULL,
				err);

			if (rc)
				return rc;
		}
	}
	return 0;
}

static int examine_pending(struct vl_log *log, struct vhdxlog_error *err)
{
	for (size_t i = 0; i < log->n_entries; i++) {
		struct vl_entry *e = &log->entries[i];
		int rc;

		if (!(e->flags & VL_ENTRY_IS_PENDING))
			continue;
		rc = vl_entry_examine(log, (uint32_t)i, true, NULL, err);
		if (rc == VHDXLOG_E_IO) {
			/* It could be read once, and now cannot: not sound. */
			e->flags &= ~(unsigned)VL_ENTRY_IS_PENDING;
			e->blocked = log->sound_mask;
			rc = 0;
		}
		if (rc)
			return rc;
	}
	return 0;
}

static int walk_stretches(struct vl_log *log,
			  const struct vhdxlog_options *options,
			  void (*sector_bytes)(void *ctx, const void *buf,
					       size_t len),
			  void *ctx, struct vhdxlog_error *err)
{
	uint32_t first = 0, count;
	int rc;

	/* Ends: count is at least one while sectors are left. */
	while (first < log->ring.present) {
		rc = vl_ring_walk(&log->ring, first, &count, err);
		if (!rc)
			rc = gather(log, first, count, err);
		if (rc)
			return rc;
		if (sector_bytes)
			sector_bytes(ctx, log->ring.held,
				     (size_t)count * VL_SECTOR);
		first += count;
		if (options->progress && first % PROGRESS_SECTORS < VL_STRETCH)
			options->progress(options->progress_ctx,
					  (uint64_t)first * VL_SECTOR,
					  (uint64_t)log->ring.present *
						  VL_SECTOR);
	}
	return 0;
}

int vl_log_walk(struct vl_log *log, const struct vhdxlog_options *options,
		void (*sector_bytes)(void *ctx, const void *buf, size_t len),
		void *ctx, struct vhdxlog_error *err)
{
	int rc = vl_ring_begin(&log->ring, options->read_ahead, err);

	if (!rc)
		rc = walk_stretches(log, options, sector_bytes, ctx, err);
	vl_ring_end(&log->ring);
	if (!rc)
		rc = examine_pending(log, err);
	log->sound_targets = log->n_targets;
	log->sound_layers = log->n_layers;
	return rc;
}

uint64_t vl_target_misplaced(const struct vl_log *log, uint64_t off,
			     uint64_t len)
{
	struct vl_claimed c;

	if (!log->image || !log->image->pub.bat.known)
		return 0;
	c = vl_claims_in(&log->image->claims, off, len);
	if (c.payload)
		return VL_BIT(VLC_desc_targets_payload);
	if (len && !c.bitmap && !vl_areas_touch(&log->image->areas, off, len))
		return VL_BIT(VLC_desc_targets_unowned);
	return 0;
}

/* Faults of class M and W that depend on what the file would hold. */
static int place_entry(struct vl_log *log, uint32_t index,
		       struct vhdxlog_error *err)
{
	struct vl_entry *e = &log->entries[index];
	const struct vl_target *t = vl_entry_targets(log, e);
	uint64_t misplaced = 0;

	/* Where targets overlap, layers no longer have them as they were; and
	 * how far zeroes may reach is known only now. */
	if ((e->failed | e->blocked) & (VL_BIT(VLC_desc_duplicate_target) |
					VL_BIT(VLC_zero_length_excessive)))
		return vl_entry_refresh(log, index, err);
	for (uint32_t i = 0; t && i < e->descriptor_count; i++)
		misplaced |= vl_target_misplaced(log, vl_target_offset(&t[i]),
						 vl_target_length(&t[i]));
	e->failed |= misplaced;
	return 0;
}

/* What the active head says of the file's length; 0 where it is not known. */
static uint64_t declared_length(struct vl_log *log)
{
	struct vl_entry_header h;
	bool known;
	uint32_t crc;

	if (log->active_head == VL_NONE ||
	    vl_entry_header_read(log, log->active_head, &h, &known, &crc, NULL))
		return 0;
	return h.last_file_offset;
}

int vl_log_place(struct vl_log *log, const struct vl_image *image,
		 struct vhdxlog_error *err)
{
	log->image = image;
	log->declared = declared_length(log);
	if (log->active_head != VL_NONE)
		log->entries[log->active_head].failed &=
			~VL_BIT(VLC_entry_flushed_exceeds_file);
	for (size_t i = 0; i < log->n_entries; i++) {
		struct vl_entry *e = &log->entries[i];
		int rc = 0;

		if (vl_is_sound(e))
			rc = place_entry(log, (uint32_t)i, err);
		if (rc)
			return rc;
		log->tally[vl_soundness(e)]++;
	}
	return vl_map_owners(log, err);
}
