/* SPDX-License-Identifier: MIT */
/*
 * The check log-unapplied: by the header nothing waits, but what the newest
 * entries write is not on the disk.
 *
 * So that no image is doubted that is fine, the newest sequence is found in two
 * ways: by following the entries from the first in the ring, which is of the last
 * session as every writer begins at sector 0, and, if the disk turns out to be older
 * than what that writes, by the order of all sessions. Older is told of pages of a
 * BAT alone; a page that is newer, or may be, settles that nothing waits.
 */
#include "scan.h"

#include "base/guid.h"
#include "guess/waits.h"
#include "view/order.h"

/* What a scan of an image that is fine reads for it: no more than its newest
 * sequence, and of that so many pages. */
#define MOST_PAGES 64u

struct unapplied {
	const struct vhdxlog_scan *s;
	uint32_t first, head; /* indices; VL_NONE: it is all on the disk */
	uint64_t older;
};

/* The next entry of the same opening of the file: QEMU's have a LogGuid each, and
 * need no other. */
static uint32_t next_of(const struct vl_log *log, uint32_t index)
{
	const struct vl_entry *e = &log->entries[index], *n;
	uint32_t next;

	if (e->next != VL_NONE)
		return e->next;
	next = vl_log_entry_at(log, vl_entry_end(log, e));
	if (next == VL_NONE || e->tail != e->sector * VL_SECTOR)
		return VL_NONE;
	n = &log->entries[next];
	return vl_is_sound(n) && n->tail == n->sector * VL_SECTOR &&
			       n->sequence_number > e->sequence_number &&
			       n->sequence_number - 1 == e->sequence_number &&
			       n->last >= e->last ?
		       next :
		       VL_NONE;
}

/* The last entry that was written, as far as following them tells. */
static uint32_t newest(const struct vl_log *log)
{
	uint32_t i = 0, next;

	while (i < log->n_entries && !vl_is_sound(&log->entries[i]))
		i++;
	if (i == log->n_entries)
		return VL_NONE;
	/* Ends: numbers go up. */
	while ((next = next_of(log, i)) != VL_NONE)
		i = next;
	return i;
}

/* Whether that entry is of the last session, with all of them put in order. */
static int is_last(struct vhdxlog_scan *s, uint32_t head, bool *last,
		   struct vhdxlog_error *err)
{
	struct vl_order order;
	int rc = vl_order_init(&order, &s->log, vl_scan_disk(s), &s->writers,
			       err);

	*last = !rc && order.session[head] == order.n_sessions - 1;
	vl_order_release(&order);
	return rc;
}

static bool is_applicable(const struct vhdxlog_scan *s)
{
	return !s->is_trial && !s->options.raw_log &&
	       !s->options.has_log_guid && vl_header_current(&s->image) &&
	       !s->image.assumed.misplaced && s->image.log.has_guid &&
	       !s->log.tally[VHDXLOG_VALID];
}

/* What --log-guid would have to say; it is not followed. */
static int add_guess(struct vhdxlog_scan *s, const struct unapplied *u,
		     struct vhdxlog_error *err)
{
	const struct vl_entry *e = &s->log.entries[u->head];
	struct vl_guess *g = vl_guess_add(&s->guesses, VHDXLOG_GUESS_LOG_GUID,
					  err);

	if (!g)
		return VHDXLOG_E_NOMEM;
	g->pub.guid = e->guid;
	vl_guess_say(g, 50, "the disk has an older version of what S%u-%u, the "
			    "last sequence of the newest session, writes",
		     s->log.entries[u->first].sector, e->sector);
	return 0;
}

static int find(struct vhdxlog_scan *s, struct unapplied *u,
		struct vhdxlog_error *err)
{
	uint32_t head = newest(&s->log);
	struct vl_waits w;
	bool last;
	int rc;

	if (head == VL_NONE || !vl_heads_valid(&s->log.entries[head]))
		return 0;
	u->first = s->log.entries[head].first;
	rc = vl_waits_find(&w, &s->log, vl_scan_disk(s), u->first, head,
			   MOST_PAGES, err);
	if (rc || !w.older || w.newer || w.other || w.absent || w.incomplete)
		return rc;
	rc = is_last(s, head, &last, err);
	if (rc || !last)
		return rc;
	u->head = head;
	u->older = w.older;
	return add_guess(s, u, err);
}

static enum vhdxlog_status log_unapplied(const void *subject,
					 struct vl_detail *d)
{
	const struct unapplied *u = subject;
	const struct vl_log *log = &u->s->log;

	if (!is_applicable(u->s))
		return VHDXLOG_NOT_APPLICABLE;
	if (u->head == VL_NONE)
		return vl_pass();
	return vl_fail(d, vl_ring_at(&log->ring, log->entries[u->head].sector),
		       "it on the disk", "%ju %s older than S%u-%u",
		       (uintmax_t)u->older,
		       u->older == 1 ? "page is" : "pages are",
		       log->entries[u->first].sector,
		       log->entries[u->head].sector);
}

int vl_unapplied_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	static const vl_check_fn checks[VLC_COUNT] = {
		[VLC_log_unapplied] = log_unapplied,
	};
	struct unapplied u = { .s = s, .first = VL_NONE, .head = VL_NONE };
	int rc = is_applicable(s) ? find(s, &u, err) : 0;

	if (!rc)
		vl_judge(VHDXLOG_OBJECT_LOG, checks, &u, s->log.judgement);
	return rc;
}
