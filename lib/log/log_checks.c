/* SPDX-License-Identifier: MIT */
/* The rules of the log as a whole, [MS-VHDX] 2.3.2 and 2.3.3. */
#include "base/guid.h"
#include "log/log.h"

struct log_case {
	struct vl_log *log;
	const struct vl_log_facts *facts;
	/* The first sector of a kind that nothing owns, and how many. */
	uint32_t orphan_desc, foreign;
	uint64_t orphan_descs, foreigns;
	uint32_t first_orphan;
	uint32_t newer; /* index of an entry outside the active sequence */
};

static bool is_dirty(const struct log_case *c)
{
	return c->log->pub.has_guid && !vl_guid_is_zero(&c->log->pub.guid);
}

static const struct vl_entry *active_head(const struct log_case *c)
{
	return c->log->active_head == VL_NONE ?
		       NULL :
		       &c->log->entries[c->log->active_head];
}

static uint64_t at(const struct log_case *c, uint32_t sector)
{
	return vl_ring_at(&c->log->ring, sector);
}

static enum vhdxlog_status log_sector_unreadable(const void *subject,
						 struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_ring *r = &c->log->ring;

	if (!r->n_holes)
		return vl_pass();
	return vl_fail(d, at(c, r->holes[0]), "every sector readable",
		       "%zu unreadable", r->n_holes);
}

static enum vhdxlog_status log_no_valid_sequence(const void *subject,
						 struct vl_detail *d)
{
	const struct log_case *c = subject;

	if (!is_dirty(c))
		return VHDXLOG_NOT_APPLICABLE;
	if (active_head(c))
		return vl_pass();
	return vl_fail(d, c->log->pub.offset, "a valid sequence", "none");
}

static enum vhdxlog_status log_file_truncated(const void *subject,
					      struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *e = active_head(c);
	struct vl_entry_header h;
	bool known;
	uint32_t crc;
	char want[VHDXLOG_VALUE_TEXT];

	if (!e)
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_entry_header_read(c->log, c->log->active_head, &h, &known, &crc,
				 NULL))
		return vl_blocked(d, "the head cannot be read again");
	if (h.flushed_file_offset <= c->log->disk_size)
		return vl_pass();
	snprintf(want, sizeof(want), "a file of at least %ju bytes",
		 (uintmax_t)h.flushed_file_offset);
	return vl_fail(d,
		       at(c, e->sector) +
			       VL_OFF_entry_header_flushed_file_offset,
		       want, "%ju bytes", (uintmax_t)c->log->disk_size);
}

static enum vhdxlog_status log_needs_replay(const void *subject,
					    struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *e = active_head(c);

	if (!e)
		return is_dirty(c) ? VHDXLOG_NOT_APPLICABLE : vl_pass();
	return vl_fail(d, at(c, e->sector), "no sequence that waits", "S%u-%u",
		       c->log->entries[c->log->active_first].sector, e->sector);
}

static enum vhdxlog_status log_already_applied(const void *subject,
					       struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *e = active_head(c);

	if (!e)
		return VHDXLOG_NOT_APPLICABLE;
	if (!c->facts->changes_known)
		return vl_blocked(d, "the targets could not all be compared");
	if (c->facts->changes_bytes)
		return vl_pass();
	return vl_fail(d, at(c, e->sector), "a change", "none");
}

static enum vhdxlog_status log_active_empty(const void *subject,
					    struct vl_detail *d)
{
	const struct log_case *c = subject;
	uint32_t i = c->log->active_first;

	if (!active_head(c))
		return VHDXLOG_NOT_APPLICABLE;
	for (;; i = c->log->entries[i].next) {
		if (c->log->entries[i].descriptor_count)
			return vl_pass();
		if (i == c->log->active_head)
			break;
	}
	return vl_fail(d, at(c, active_head(c)->sector), "a descriptor",
		       "none");
}

static enum vhdxlog_status log_newer_outside_active(const void *subject,
						    struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *e;

	if (!active_head(c))
		return VHDXLOG_NOT_APPLICABLE;
	if (c->newer == VL_NONE)
		return vl_pass();
	e = &c->log->entries[c->newer];
	return vl_fail(d, at(c, e->sector), "no number above the active head's",
		       "E%u with %ju", e->sector,
		       (uintmax_t)e->sequence_number);
}

static enum vhdxlog_status log_torn_head(const void *subject,
					 struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *head = active_head(c), *e;
	uint32_t i;

	if (!head)
		return VHDXLOG_NOT_APPLICABLE;
	i = vl_log_entry_at(c->log, vl_entry_end(c->log, head));
	if (i == VL_NONE)
		return vl_pass();
	e = &c->log->entries[i];
	if (vl_is_sound(e) || !vl_guid_equal(&e->guid, &head->guid) ||
	    e->sequence_number != head->sequence_number + 1)
		return vl_pass();
	return vl_fail(d, at(c, e->sector), "a sound entry, or none", "E%u",
		       e->sector);
}

static enum vhdxlog_status log_stale_entries(const void *subject,
					     struct vl_detail *d)
{
	const struct log_case *c = subject;
	uint64_t n = c->log->tally[VHDXLOG_STALE];

	if (!n)
		return vl_pass();
	if (!c->log->pub.has_guid)
		return vl_blocked(d, "the log's GUID is not known");
	return vl_fail(d, c->log->pub.offset, "entries of this session only",
		       "%ju of earlier ones", (uintmax_t)n);
}

static enum vhdxlog_status log_residual_with_zero_guid(const void *subject,
						       struct vl_detail *d)
{
	const struct log_case *c = subject;

	if (is_dirty(c) || !c->log->pub.has_guid)
		return VHDXLOG_NOT_APPLICABLE;
	if (!c->log->n_entries)
		return vl_pass();
	return vl_fail(d, at(c, c->log->entries[0].sector), "no entries", "%zu",
		       c->log->n_entries);
}

static enum vhdxlog_status log_tie(const void *subject, struct vl_detail *d)
{
	const struct log_case *c = subject;
	const struct vl_entry *e;

	if (!active_head(c))
		return VHDXLOG_NOT_APPLICABLE;
	if (c->log->tie == VL_NONE)
		return vl_pass();
	e = &c->log->entries[c->log->tie];
	return vl_fail(d, at(c, e->sector), "one head with the highest number",
		       "E%u has %ju too", e->sector,
		       (uintmax_t)e->sequence_number);
}

static enum vhdxlog_status data_orphan(const void *subject,
				       struct vl_detail *d)
{
	const struct log_case *c = subject;

	if (!c->log->orphans)
		return vl_pass();
	return vl_fail(d, at(c, c->first_orphan), "an entry that owns each",
		       "%ju data sectors", (uintmax_t)c->log->orphans);
}

static enum vhdxlog_status desc_sector_orphan(const void *subject,
					      struct vl_detail *d)
{
	const struct log_case *c = subject;

	if (!c->orphan_descs)
		return vl_pass();
	return vl_fail(d, at(c, c->orphan_desc), "an entry that owns each",
		       "%ju descriptor sectors",
		       (uintmax_t)c->orphan_descs);
}

static enum vhdxlog_status log_sector_foreign(const void *subject,
					      struct vl_detail *d)
{
	const struct log_case *c = subject;

	if (!c->foreigns)
		return vl_pass();
	return vl_fail(d, at(c, c->foreign), "zeroes or log records",
		       "%ju other sectors",
		       (uintmax_t)c->foreigns);
}

static enum vhdxlog_status log_comparison_limited(const void *subject,
						  struct vl_detail *d)
{
	const struct log_case *c = subject;
	uint64_t sum = c->log->zeroed;
	char want[VHDXLOG_VALUE_TEXT];

	if (!c->facts->budget)
		return VHDXLOG_NOT_APPLICABLE;
	if (sum <= c->facts->budget)
		return vl_pass();
	snprintf(want, sizeof(want), "at most %ju bytes of zeroes",
		 (uintmax_t)c->facts->budget);
	return vl_fail(d, c->log->pub.offset, want, "%ju bytes",
		       (uintmax_t)sum);
}

static const vl_check_fn log_checks[VLC_COUNT] = {
	[VLC_log_sector_unreadable] = log_sector_unreadable,
	[VLC_log_no_valid_sequence] = log_no_valid_sequence,
	[VLC_log_file_truncated] = log_file_truncated,
	[VLC_log_needs_replay] = log_needs_replay,
	[VLC_log_already_applied] = log_already_applied,
	[VLC_log_active_empty] = log_active_empty,
	[VLC_log_newer_outside_active] = log_newer_outside_active,
	[VLC_log_torn_head] = log_torn_head,
	[VLC_log_stale_entries] = log_stale_entries,
	[VLC_log_residual_with_zero_guid] = log_residual_with_zero_guid,
	[VLC_log_tie] = log_tie,
	[VLC_data_orphan] = data_orphan,
	[VLC_desc_sector_orphan] = desc_sector_orphan,
	[VLC_log_sector_foreign] = log_sector_foreign,
	[VLC_log_comparison_limited] = log_comparison_limited,
};

static void count(uint64_t *n, uint32_t *first, uint32_t sector)
{
	if (!(*n)++)
		*first = sector;
}

static void look_over(struct log_case *c)
{
	const struct vl_log *log = c->log;
	uint64_t orphans = 0;

	for (uint32_t s = 0; s < log->ring.present; s++) {
		switch (vl_map_kind(log, s)) {
		case VHDXLOG_SECTOR_FOREIGN:
			count(&c->foreigns, &c->foreign, s);
			break;
		case VHDXLOG_SECTOR_DESCRIPTORS:
			if (vl_map_owner(log, s) == VL_NONE)
				count(&c->orphan_descs, &c->orphan_desc, s);
			break;
		case VHDXLOG_SECTOR_DATA:
			if (vl_map_owner(log, s) == VL_NONE)
				count(&orphans, &c->first_orphan, s);
			break;
		default: break;
		}
	}
}

/* The highest valid entry above the active head; the lower sector on ties. */
static void find_newer(struct log_case *c)
{
	const struct vl_log *log = c->log;
	uint64_t best;

	c->newer = VL_NONE;
	if (log->active_head == VL_NONE)
		return;
	best = log->entries[log->active_head].sequence_number;
	for (size_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (vl_is_valid(e) && e->sequence_number > best) {
			best = e->sequence_number;
			c->newer = (uint32_t)i;
		}
	}
}

void vl_log_judge(struct vl_log *log, const struct vl_log_facts *facts)
{
	struct log_case c = { .log = log, .facts = facts };

	look_over(&c);
	find_newer(&c);
	vl_judge(VHDXLOG_OBJECT_LOG, log_checks, &c, log->judgement);
}
