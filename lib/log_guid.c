/* SPDX-License-Identifier: MIT */
/*
 * Which LogGuid a header that is gone had: whether something in the log waits.
 *
 * The log is scanned for a trial, with no session taken for the current one, and
 * the newest session is looked at, in the order that histories tell. If applying
 * its last whole sequence changes the disk, and not back to what it was before,
 * then it waits. QEMU's sessions are of one entry each, and the end of an earlier
 * opening of the file can look as if it followed the latest: so of its sessions
 * those that the disk is ahead of are passed by.
 *
 * An entry that was written after the newest sound one, and is damaged, is what a
 * header would name that was written in the same moments: nothing of it can be
 * applied as it is, but it is not known that nothing was to be.
 */
#include "log_guid.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <inttypes.h>

/* Of all sessions that are looked at. */
#define MOST_PAGES UINT64_C(65536)

/* ---------------------------------------------------------- what is looked at */

/* The last sequence of a session whose Tail names its beginning. */
static bool find_sequence(struct vl_guid_case *c, const uint32_t *entries,
			  uint64_t count)
{
	const struct vl_log *log = &c->trial->log;

	for (uint64_t i = count; i-- > 0;) {
		const struct vl_entry *e = &log->entries[entries[i]];

		if (!vl_heads_valid(e))
			continue;
		c->first = e->first;
		c->head = entries[i];
		return true;
	}
	return false;
}

/* What the last entry of a session writes, where what it goes on from is damaged:
 * was that on the disk, then all before it was. */
static int look_at_torn(struct vl_guid_case *c, uint32_t last, uint64_t most,
			struct vhdxlog_error *err)
{
	c->torn = last;
	return vl_waits_find(&c->waits, &c->trial->log, vl_scan_disk(c->s), last,
			     last, most, err);
}

/* Whether to look at the session before. */
static bool is_passed(const struct vl_guid_case *c)
{
	const struct vl_waits *w = &c->waits;

	return w->newer && !w->older && c->session->entries == 1 &&
	       c->session->first == c->trial->log.entries[c->head].tail /
					    VL_SECTOR;
}

static int look_at_sessions(struct vl_guid_case *c, struct vhdxlog_error *err)
{
	const struct vl_order *o = &c->order;
	const uint32_t *end = o->entries + o->n;
	uint64_t pages = 0;
	int rc = 0;

	for (size_t i = o->n_sessions; !rc && i-- > 0;) {
		c->session = &o->sessions[i];
		end -= c->session->entries;
		c->head = c->torn = VL_NONE;
		c->waits = (struct vl_waits){ 0 };
		if (!find_sequence(c, end, c->session->entries))
			return look_at_torn(c, end[c->session->entries - 1],
					    MOST_PAGES - pages, err);
		rc = vl_waits_find(&c->waits, &c->trial->log,
				   vl_scan_disk(c->s), c->first, c->head,
				   MOST_PAGES - pages, err);
		pages += c->waits.pages;
		if (rc || !is_passed(c) || pages >= MOST_PAGES)
			return rc;
		c->passed++;
	}
	return rc;
}

static void look_for_damaged(struct vl_guid_case *c)
{
	const struct vl_order *o = &c->order;
	const struct vl_log *log = &c->trial->log;

	c->damaged = vl_log_damaged(log, o->n ? o->entries[o->n - 1] : VL_NONE);
	if (!c->damaged.follows && c->passed && c->head != VL_NONE)
		c->damaged = vl_log_damaged(log, c->head);
}

/* ----------------------------------------------------------------- verdicts */

/* What a damaged header says: a LogGuid that some entry has. */
static const struct vl_log_hint *named(const struct vl_guid_case *c,
				       const struct vhdxlog_guid **guid)
{
	for (size_t k = 0; k < c->n_hints; k++) {
		const struct vhdxlog_guid *said = &c->hints[k].guid;
		bool known = vl_guid_damaged(c) &&
			     vl_guid_equal(said, &vl_guid_damaged(c)->guid);

		for (size_t i = c->order.n_sessions; !known && i-- > 0;)
			known = vl_guid_equal(said,
					      &c->order.sessions[i].log_guid);
		if (!known)
			continue;
		*guid = said;
		return &c->hints[k];
	}
	return NULL;
}

static struct vl_guess *add(struct vl_guid_case *c,
			    const struct vhdxlog_guid *guid, bool assumed,
			    struct vhdxlog_error *err)
{
	struct vl_guess *g = vl_guess_add(&c->s->guesses,
					  VHDXLOG_GUESS_LOG_GUID, err);

	if (!g)
		return NULL;
	g->pub.guid = *guid;
	g->pub.assumed = assumed;
	if (!assumed)
		return g;
	c->s->image.log.has_guid = true;
	c->s->image.log.guid = *guid;
	c->s->image.log.assumed = c->s->image.assumed.log = true;
	return g;
}

/* The one that was written last, unless what the disk has, or a header that is
 * damaged, says that all was applied. */
static bool takes_damaged(const struct vl_guid_case *c)
{
	return vl_guid_damaged(c) && (c->damaged.follows || !c->session) &&
	       !c->waits.newer && !vl_guid_hints_are_zero(c);
}

/* The other answer, for who knows better. */
static int add_other(struct vl_guid_case *c, const struct vhdxlog_guid *guid,
		     struct vhdxlog_error *err)
{
	struct vl_guess *g = add(c, guid, false, err);

	if (!g)
		return VHDXLOG_E_NOMEM;
	if (vl_guid_damaged(c) && vl_guid_equal(guid, &vl_guid_damaged(c)->guid))
		/* Of what the disk is ahead of, that was applied. */
		vl_guess_say(g, c->waits.newer ? 20 : 30,
			     "it is the LogGuid of E%" PRIu32 ", which is "
			     "damaged, and may be newer",
			     vl_guid_damaged(c)->sector);
	else if (vl_guid_is_zero(guid))
		vl_guess_say(g, 10, "whoever cleared the header's LogGuid "
				    "without applying the log left it so too");
	else if (c->head == VL_NONE)
		vl_guess_say(g, 10, "it is the session's with E%" PRIu32
				    ", should that wait",
			     vl_guid_sector(c, c->torn));
	else
		vl_guess_say(g, 20, "it is the session's with S%" PRIu32
				    "-%" PRIu32 ", should that wait",
			     vl_guid_sector(c, c->first), vl_guid_sector(c, c->head));
	return 0;
}

enum answer { WAITS, NAMED, WRITTEN_LAST, TORN, CLEAN };

static int assume(struct vl_guid_case *c, enum answer answer,
		  const struct vl_log_hint *hint,
		  const struct vhdxlog_guid *guid, struct vhdxlog_error *err)
{
	struct vl_guess *g = add(c, guid, true, err);

	if (!g)
		return VHDXLOG_E_NOMEM;
	g->contradicted = vl_guid_is_contradicted(c);
	switch (answer) {
	case WAITS: vl_guid_say_waits(c, g); break;
	case NAMED:
		vl_guess_say(g, 60, "header %u names it, though %s",
			     hint->slot, hint->why);
		break;
	case WRITTEN_LAST: vl_guid_say_follows(c, g); break;
	case TORN: vl_guid_say_torn(c, g); break;
	case CLEAN: vl_guid_say_clean(c, g); break;
	}
	return 0;
}

static bool is_new(const struct vl_guid_case *c, const struct vhdxlog_guid *guid)
{
	const struct vl_guesses *list = &c->s->guesses;

	for (size_t i = 0; i < list->n; i++) {
		if (list->list[i].pub.kind == VHDXLOG_GUESS_LOG_GUID &&
		    vl_guid_equal(&list->list[i].pub.guid, guid))
			return false;
	}
	return true;
}

static int add_others(struct vl_guid_case *c, enum answer answer,
		      struct vhdxlog_error *err)
{
	static const struct vhdxlog_guid zero;
	int rc = 0;

	if (answer != CLEAN)
		rc = add_other(c, &zero, err);
	else if (c->session)
		rc = add_other(c, &c->session->log_guid, err);
	if (!rc && vl_guid_damaged(c) && is_new(c, &vl_guid_damaged(c)->guid))
		rc = add_other(c, &vl_guid_damaged(c)->guid, err);
	return rc;
}

static int decide(struct vl_guid_case *c, struct vhdxlog_error *err)
{
	static const struct vhdxlog_guid zero;
	const struct vl_waits *w = &c->waits;
	const struct vhdxlog_guid *guid = &zero;
	const struct vl_log_hint *hint = named(c, &guid);
	enum answer answer = CLEAN;
	bool changes = c->session && vl_waits_changes(w) && !w->newer;
	int rc;

	if (changes && c->head != VL_NONE) {
		answer = WAITS;
		guid = &c->session->log_guid;
	} else if (hint) {
		answer = NAMED;
	} else if (changes && c->torn != VL_NONE) {
		answer = TORN;
		guid = &c->session->log_guid;
	} else if (takes_damaged(c)) {
		answer = WRITTEN_LAST;
		guid = &vl_guid_damaged(c)->guid;
	}
	rc = assume(c, answer, hint, guid, err);
	return rc ? rc : add_others(c, answer, err);
}

/* ------------------------------------------------------------------- trial */

static int open_trial(struct vl_guid_case *c, struct vhdxlog_error *err)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;

	o.strict = c->s->options.strict;
	o.hash_structures = false;
	o.has_log_offset = o.has_log_length = true;
	o.log_offset = c->s->image.log.offset;
	o.log_length = c->s->image.log.length;
	return vl_scan_trial(c->s->source, &o, &c->trial, err);
}

int vl_log_guid_guess(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vl_guid_case c = { .s = s, .head = VL_NONE, .torn = VL_NONE,
			       .damaged = { .entry = VL_NONE } };
	int rc;

	if (s->is_trial || s->options.raw_log || s->options.skip_log ||
	    !s->image.log.known || s->image.log.has_guid ||
	    !s->image.log.sectors)
		return 0;
	c.n_hints = vl_log_hints(&s->image, c.hints);
	rc = open_trial(&c, err);
	if (!rc && c.trial->has_log)
		rc = vl_order_init(&c.order, &c.trial->log, vl_scan_disk(s),
				   &c.trial->writers, err);
	if (!rc)
		rc = look_at_sessions(&c, err);
	if (!rc && c.trial->has_log)
		look_for_damaged(&c);
	if (!rc)
		rc = decide(&c, err);
	if (c.trial)
		s->trial_cost = c.trial->cost;
	vl_order_release(&c.order);
	vhdxlog_scan_close(c.trial);
	return rc;
}
