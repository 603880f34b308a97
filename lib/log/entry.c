/* SPDX-License-Identifier: MIT */
#include "log/entry.h"

#include "base/bytes.h"
#include "base/error.h"

#include <string.h>

static int read_header(struct vl_log *log, struct vl_entry_case *c,
		       struct vhdxlog_error *err)
{
	const uint8_t *p = vl_ring_sector(&log->ring, c->sector);
	uint32_t n;

	if (!p)
		return vl_error(err, VHDXLOG_E_IO, 0, c->at,
				"reading an entry of the log again");
	vl_entry_header_decode(p, &c->h);
	c->descriptor_sectors = vl_descriptor_sectors(c->h.descriptor_count);
	n = vl_entry_sectors(log, &c->h);
	c->crc_known = n && vl_ring_is_whole(&log->ring, c->sector, n);
	if (c->crc_known)
		c->crc = vl_ring_crc(&log->ring, c->sector, n, c->h.checksum);
	return 0;
}

/* Whether the length allows descriptors and data sectors to be looked at. */
static bool has_room(const struct vl_log *log, const struct vl_entry_case *c)
{
	return vl_entry_sectors(log, &c->h) &&
	       c->descriptor_sectors * VL_SECTOR <= c->h.entry_length;
}

static int look(struct vl_log *log, struct vl_entry_case *c,
		struct vhdxlog_error *err)
{
	int rc;

	if (!has_room(log, c))
		return 0;
	/* Without a right checksum the targets are not worth memory. */
	c->collect = c->collect && c->crc_known && c->crc == c->h.checksum;
	rc = vl_entry_descriptors(log, c, err);
	if (rc)
		return rc;
	if (c->descriptors_whole)
		vl_entry_data(c);
	return 0;
}

/* The masks of failed and blocked checks; j gets all of it, or is NULL. */
static void judge(const struct vl_log *log, const struct vl_entry_case *c,
		  uint64_t *failed, uint64_t *blocked, struct vl_judgement *j)
{
	*failed = *blocked = 0;
	for (unsigned i = 0; i < VL_ENTRY_CHECKS; i++) {
		unsigned id = VL_FIRST_ENTRY_CHECK + i;
		struct vl_detail *d = j ? &j->detail[id] : NULL;
		enum vhdxlog_status status;

		if ((*failed | *blocked) & log->blocked_by[i])
			status = vl_blocked(d, "a prerequisite did not pass");
		else
			status = vl_entry_checks[id](c, d);
		*failed |= (uint64_t)(status == VHDXLOG_FAIL) << i;
		*blocked |= (uint64_t)(status == VHDXLOG_BLOCKED) << i;
		if (j)
			j->status[id] = (uint8_t)status;
	}
}

/* Take over what was found; targets stay in the array only if sound. */
static int settle(struct vl_log *log, struct vl_entry *e,
		  const struct vl_entry_case *c, size_t first_target,
		  struct vhdxlog_error *err)
{
	uint64_t first_data = e->sector + c->descriptor_sectors;
	int rc;

	e->flags &= ~(unsigned)(VL_ENTRY_IS_SOUND | VL_ENTRY_IS_CURRENT |
				VL_ENTRY_IS_PENDING);
	if (!((e->failed | e->blocked) & VL_BIT(VLC_entry_guid_mismatch)))
		e->flags |= VL_ENTRY_IS_CURRENT;
	if ((e->failed | e->blocked) & log->sound_mask)
		return 0;
	e->flags |= VL_ENTRY_IS_SOUND;
	e->needed = (uint32_t)(c->descriptor_sectors + c->n_data);
	log->zeroed = vl_end(log->zeroed, c->zeroed);
	/* Which data it is says where it is. */
	for (size_t i = first_target; i < log->n_targets; i++) {
		struct vl_target *t = &log->targets[i];
		uint64_t which = t->value & VL_TARGET_SECTOR;

		if (!vl_target_is_zero(t))
			t->value = (t->value - which) |
				   vl_ring_wrap(&log->ring, first_data + which);
	}
	e->layers = (uint32_t)log->n_layers;
	rc = vl_layers_make(log, (uint32_t)(e - log->entries), first_target,
			    err);
	e->layer_count = (uint32_t)(log->n_layers - e->layers);
	return rc;
}

static void begin(const struct vl_log *log, const struct vl_entry *e,
		  struct vl_entry_case *c)
{
	memset(c, 0, sizeof(*c));
	c->log = log;
	c->sector = e->sector;
	c->at = vl_ring_at(&log->ring, e->sector);
	c->data_outside = c->slack = UINT64_MAX;
	c->is_active_head = log->active_head != VL_NONE &&
			    e == &log->entries[log->active_head];
	c->declared = e->flags & VL_ENTRY_IS_ACTIVE ? log->declared : 0;
}

/*
 * Fill a case from the evidence. Of a sound entry targets are kept already; only
 * what is known to be wrong with them is looked for again.
 */
static int inspect(struct vl_log *log, const struct vl_entry *e, bool keep,
		   struct vl_entry_case *c, struct vhdxlog_error *err)
{
	uint64_t duplicate = VL_BIT(VLC_desc_duplicate_target);
	int rc;

	begin(log, e, c);
	c->collect = keep || !vl_is_sound(e) || e->failed & duplicate;
	c->duplicates_known = !c->collect && !(e->blocked & duplicate);
	rc = read_header(log, c, err);
	return rc ? rc : look(log, c, err);
}

int vl_entry_examine(struct vl_log *log, uint32_t index, bool keep,
		     struct vl_judgement *j, struct vhdxlog_error *err)
{
	struct vl_entry *e = &log->entries[index];
	struct vl_entry_case c;
	size_t first_target = log->n_targets;
	uint64_t failed, blocked;
	int rc = inspect(log, e, keep, &c, err);

	if (rc)
		return rc;
	judge(log, &c, &failed, &blocked, j);
	if (keep) {
		e->failed = failed;
		e->blocked = blocked;
		rc = settle(log, e, &c, first_target, err);
	}
	if (!keep || !vl_is_sound(e))
		log->n_targets = first_target;
	return rc;
}

int vl_entry_refresh(struct vl_log *log, uint32_t index,
		     struct vhdxlog_error *err)
{
	struct vl_entry *e = &log->entries[index];
	struct vl_entry_case c;
	size_t n_targets = log->n_targets;
	int rc = inspect(log, e, false, &c, err);

	log->n_targets = n_targets;
	if (rc == VHDXLOG_E_IO)
		return 0; /* what the walk saw stands */
	if (!rc)
		judge(log, &c, &e->failed, &e->blocked, NULL);
	return rc;
}

int vl_entry_header_read(struct vl_log *log, uint32_t index,
			 struct vl_entry_header *h, bool *crc_known,
			 uint32_t *crc, struct vhdxlog_error *err)
{
	struct vl_entry_case c;
	int rc;

	begin(log, &log->entries[index], &c);
	rc = read_header(log, &c, err);
	*h = c.h;
	*crc_known = c.crc_known;
	*crc = c.crc;
	return rc;
}

int vl_entry_offsets(struct vl_log *log, uint32_t index, uint64_t *flushed,
		     uint64_t *last, struct vhdxlog_error *err)
{
	const struct vl_entry *e = &log->entries[index];
	uint64_t odd = VL_BIT(VLC_entry_flushed_offset_unaligned) |
		       VL_BIT(VLC_entry_last_offset_unaligned);
	struct vl_entry_header h;
	bool known;
	uint32_t crc;
	int rc;

	*flushed = e->flushed * VL_MIB;
	*last = e->last * VL_MIB;
	if (!(e->failed & odd) && e->flushed != UINT32_MAX &&
	    e->last != UINT32_MAX)
		return 0;
	rc = vl_entry_header_read(log, index, &h, &known, &crc, err);
	*flushed = h.flushed_file_offset;
	*last = h.last_file_offset;
	return rc;
}

enum vhdxlog_soundness vl_soundness(const struct vl_entry *e)
{
	if (!vl_is_sound(e))
		return VHDXLOG_INVALID;
	return vl_is_valid(e) ? VHDXLOG_VALID : VHDXLOG_STALE;
}
