/* SPDX-License-Identifier: MIT */
/*
 * QEMU, block/vhdx-log.c: which chain of entries it finds.
 *
 * Its search is the same since 2013. It knows three ways to go on where an entry
 * is none: a bad header or number costs a sector, a bad checksum as many as the
 * entry claims, a bad descriptor the image. It does not ask for the number of
 * the second entry of a chain, nor for any Tail; of two chains it takes the one
 * whose first entry has the higher number.
 */
#include "policy/qemu.h"

#include "base/guid.h"

/* --------------------------------------------------------------- headers */

/*
 * Before it replays it writes the other slot with a new number and FileWriteGuid
 * but the LogGuid that stands there, and for a moment that header counts.
 */
static void note_other_header(struct vl_case *c, const struct vl_place *p)
{
	const struct vhdxlog_header *other;

	if (!p->slot)
		return;
	other = &c->image->header[2 - p->slot];
	if (other->readable && vl_guid_is_zero(&other->log_guid))
		c->choice->effects |= VL_READER_BIT(VLC_reader_loses_dirty_flag);
}

/* Whether there is a log to search; else the choice is made. */
static bool gate(struct vl_case *c, struct vl_place *p)
{
	bool raw = c->options->raw_log;

	if (!raw && vl_fails(c, VLC_ident_signature_bad)) {
		vl_refused(c, VLC_ident_signature_bad);
		return false;
	}
	if (!vl_find_log(c, p))
		return false;
	if (!raw && (p->offset < VL_MIB || p->offset % VL_MIB ||
		     p->offset >= VL_QEMU_MAX_END))
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "LogOffset is no multiple of 1 MiB, 0, or beyond "
			  "what a file can be");
	else if (p->version)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE, "LogVersion is not 0");
	else if (vl_guid_is_zero(&c->guid))
		vl_decide(c, VHDXLOG_OUTCOME_CLEAN, "LogGuid is zero");
	else if (!p->length)
		vl_decide(c, VHDXLOG_OUTCOME_IGNORE,
			  "LogLength is 0, which it takes for a clean log");
	else if (p->length % VL_MIB && !raw)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "LogLength is no multiple of 1 MiB");
	else
		return vl_was_walked(c, p);
	return false;
}

/* --------------------------------------------------------------- entries */

/* Whether it takes the entry (index, or VL_NONE) for one by its header. */
static bool header_is_good(const struct vl_case *c, uint32_t index)
{
	uint64_t lengths = VL_BIT(VLC_entry_length_unaligned) |
			   VL_BIT(VLC_entry_length_exceeds_log);
	const struct vl_entry *e;

	if (index == VL_NONE)
		return false;
	e = &c->log->entries[index];
	return !(e->failed & lengths) && e->sequence_number &&
	       vl_guid_equal(&e->guid, &c->guid) &&
	       (uint64_t)e->descriptor_count * VL_DESCRIPTOR_SIZE <=
		       (uint64_t)e->sectors * VL_SECTOR;
}

static bool descriptors_are_good(const struct vl_entry *e)
{
	uint64_t rules = VL_BIT(VLC_desc_signature_bad) |
			 VL_BIT(VLC_desc_sequence_mismatch) |
			 VL_BIT(VLC_desc_offset_unaligned) |
			 VL_BIT(VLC_zero_length_unaligned);

	return e->descriptor_count <= VL_QEMU_DESCRIPTORS &&
	       !(e->failed & rules);
}

/* Sectors that its checksum covers; an EntryLength of 0 is one. */
static uint32_t covered(const struct vl_entry *e)
{
	return e->sectors ? e->sectors : 1;
}

static int checksum_is_right(const struct vl_case *c, uint32_t index,
			     bool *right, struct vhdxlog_error *err)
{
	const struct vl_entry *e = &c->log->entries[index];
	uint64_t bit = VL_BIT(VLC_entry_checksum_bad);
	struct vl_entry_header h;
	bool known;
	uint32_t crc;
	int rc;

	*right = !(e->failed & bit);
	if (!(e->blocked & bit))
		return 0;
	/* EntryLength 0, or past the end of the file, where it reads zeroes. */
	rc = vl_entry_header_read(c->log, index, &h, &known, &crc, err);
	if (!rc)
		*right = h.checksum == vl_ring_crc(&c->log->ring, e->sector,
						   covered(e), h.checksum);
	return rc;
}

enum verdict { NO_ENTRY, ENTRY, FATAL };

struct search {
	struct vl_case *c;
	uint32_t read; /* the sector that comes next */
	uint32_t fatal; /* where it gave up */
	struct vhdxlog_error *err;
	int rc;
};

static enum verdict give_up(struct search *s, uint32_t at)
{
	s->fatal = at;
	return FATAL;
}

/* Look at the entry at s->read and move on. before: the number that its own
 * must follow, 0: none. */
static enum verdict look(struct search *s, uint64_t before)
{
	const struct vl_log *log = s->c->log;
	uint32_t at = s->read, i = vl_log_entry_at(log, at);
	const struct vl_entry *e;
	bool right;

	vl_step(s->c);
	if (vl_ring_has_hole(&log->ring, at, 1))
		return give_up(s, at);
	s->read = vl_ring_wrap(&log->ring, at + UINT64_C(1));
	if (!header_is_good(s->c, i))
		return NO_ENTRY;
	e = &log->entries[i];
	if (before && e->sequence_number != before + 1)
		return NO_ENTRY;
	if (!descriptors_are_good(e) ||
	    vl_ring_has_hole(&log->ring, at, covered(e)))
		return give_up(s, at);
	s->read = vl_ring_wrap(&log->ring, (uint64_t)at + covered(e));
	s->rc = checksum_is_right(s->c, i, &right, s->err);
	if (s->rc)
		return give_up(s, at);
	return right ? ENTRY : NO_ENTRY;
}

/* Follow-ups of the entry that s->read is behind; it is counted already. */
static enum verdict grow(struct search *s, struct vl_chain *chain)
{
	uint64_t last = 0; /* not known of the first */

	for (;;) { /* ends: from the third entry on numbers grow */
		uint32_t at = s->read;
		enum verdict v = look(s, last);

		if (v != ENTRY)
			return v;
		chain->count++;
		chain->end = s->read;
		last = s->c->log
			       ->entries[vl_log_entry_at(s->c->log, at)]
			       .sequence_number;
	}
}

static void consider(const struct vl_log *log, const struct vl_chain *chain,
		     struct vl_chain *best)
{
	const struct vl_entry *a =
		&log->entries[vl_log_entry_at(log, chain->start)];

	if (!best->count ||
	    a->sequence_number >
		    log->entries[vl_log_entry_at(log, best->start)]
			    .sequence_number)
		*best = *chain;
}

enum ending { DONE, HANGS, FAILS };

/*
 * Every turn but the last begins further on than the one before, and a chain
 * that was grown to its end once is only met again in the turn that ends it: so
 * all turns together take no more steps than a few for each sector.
 */
static enum ending find(struct search *s, struct vl_chain *best)
{
	for (;;) {
		struct vl_chain chain = { .start = s->read, .count = 1 };
		enum verdict v = look(s, 0);

		chain.end = s->read;
		if (v == ENTRY) {
			v = grow(s, &chain);
			if (v != FATAL)
				consider(s->c->log, &chain, best);
		}
		if (v == FATAL)
			return FAILS;
		if (s->read == chain.start)
			return HANGS;
		if (s->read < chain.start)
			return DONE;
	}
}

static int list_chain(struct vl_case *c, const struct vl_chain *chain,
		      struct vhdxlog_error *err)
{
	uint32_t at = chain->start;
	int rc = 0;

	for (uint32_t k = 0; !rc && k < chain->count; k++) {
		const struct vl_entry *e =
			&c->log->entries[vl_log_entry_at(c->log, at)];

		rc = vl_pick(&c->chosen, at, err);
		at = vl_ring_wrap(&c->log->ring, (uint64_t)at + covered(e));
	}
	return rc;
}

int vl_qemu(struct vl_case *c, struct vhdxlog_error *err)
{
	struct search s = { .c = c, .err = err };
	struct vl_chain best = { 0 };
	struct vl_place place;
	enum ending ending;
	int rc;

	if (!gate(c, &place))
		return 0;
	ending = find(&s, &best);
	if (s.rc && s.rc != VHDXLOG_E_IO)
		return s.rc;
	if (ending == HANGS) {
		vl_decide(c, VHDXLOG_OUTCOME_HANG,
			  "its search comes back to sector %u for ever",
			  s.read);
		return 0;
	}
	if (ending == FAILS) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "the entry at sector %u, which it cannot read, ends "
			  "its search",
			  s.fatal);
		return 0;
	}
	if (!best.count) {
		vl_decide(c, VHDXLOG_OUTCOME_IGNORE,
			  "it finds no chain, and leaves the log be");
		return 0;
	}
	note_other_header(c, &place);
	rc = list_chain(c, &best, err);
	return rc ? rc : vl_qemu_flush(c, &best, err);
}
