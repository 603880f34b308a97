/* SPDX-License-Identifier: MIT */
/* What speaks for a LogGuid. */
#include "log_guid.h"

#include "base/guid.h"

#include <inttypes.h>

const struct vl_entry *vl_guid_damaged(const struct vl_guid_case *c)
{
	return c->damaged.entry == VL_NONE ?
		       NULL :
		       &c->trial->log.entries[c->damaged.entry];
}

bool vl_guid_hints_are_zero(const struct vl_guid_case *c)
{
	for (size_t k = 0; k < c->n_hints; k++) {
		if (!vl_guid_is_zero(&c->hints[k].guid))
			return false;
	}
	return c->n_hints;
}

uint32_t vl_guid_sector(const struct vl_guid_case *c, uint32_t entry)
{
	return c->trial->log.entries[entry].sector;
}

static void say_sequence(const struct vl_guid_case *c, struct vl_guess *g,
			 int worth, const char *what)
{
	vl_guess_say(g, worth, "S%" PRIu32 "-%" PRIu32 ", the last sequence of "
			       "%s, %s",
		     vl_guid_sector(c, c->first), vl_guid_sector(c, c->head),
		     c->passed ? "the newest session that the disk is not "
				 "ahead of" :
		     vl_guid_damaged(c) ? "the newest session that has sound entries" :
				  "the newest session",
		     what);
}

/* One that is damaged speaks against what the sound ones say. */
static void say_damaged(const struct vl_guid_case *c, struct vl_guess *g)
{
	const struct vl_entry *e = vl_guid_damaged(c);

	if (e && !vl_guid_equal(&e->guid, &g->pub.guid))
		vl_guess_say(g, -25,
			     "against it: E%" PRIu32 ", which is damaged, has "
			     "another LogGuid, and may be newer",
			     e->sector);
}

bool vl_guid_is_contradicted(const struct vl_guid_case *c)
{
	return c->waits.moved || (c->waits.older && c->waits.newer);
}

static void say_contradiction(const struct vl_guid_case *c, struct vl_guess *g)
{
	if (vl_guid_is_contradicted(c))
		vl_guess_say(g, -25, "against it: blocks that the disk has would "
				     "go or move, and others come; the disk may "
				     "be newer, or the log another file's");
}

static void say_order(const struct vl_guid_case *c, struct vl_guess *g)
{
	if (c->order.n_sessions == 1)
		vl_guess_say(g, 10, "no other session is in the log");
	else if (c->session->order == VHDXLOG_INFERRED)
		vl_guess_say(g, 0, "that it is the newest is inferred");
	else
		vl_guess_say(g, 10, "that it is the newest is known");
	if (c->waits.incomplete)
		vl_guess_say(g, -10, "not all that it writes was compared");
}

void vl_guid_say_waits(const struct vl_guid_case *c, struct vl_guess *g)
{
	const struct vl_waits *w = &c->waits;

	say_sequence(c, g, 45, "would change the disk: it waits");
	if (w->older)
		vl_guess_say(g, 25, "%" PRIu64 " %s of the disk older: fewer "
				    "blocks than it would give them, no others",
			     w->older, w->older == 1 ? "page is" : "pages are");
	if (w->same)
		vl_guess_say(g, 5, "%" PRIu64 " %s on the disk already",
			     w->same, w->same == 1 ? "page is" : "pages are");
	if (w->grows)
		vl_guess_say(g, 5, "it would make the file longer");
	if (w->absent)
		vl_guess_say(g, 0, "%" PRIu64 " %s not in the file, which may "
				   "have been cut",
			     w->absent, w->absent == 1 ? "page is" : "pages are");
	if (w->other)
		vl_guess_say(g, 0, "%" PRIu64 " %s, which may be newer on the "
				   "disk",
			     w->other,
			     w->other == 1 ? "page differs" : "pages differ");
	say_contradiction(c, g);
	say_order(c, g);
	say_damaged(c, g);
}

void vl_guid_say_clean(const struct vl_guid_case *c, struct vl_guess *g)
{
	const struct vl_waits *w = &c->waits;

	if (!c->session) {
		vl_guess_say(g, 50, "no sound entry is in the log, so nothing "
				    "can be applied");
	} else if (c->head == VL_NONE) {
		vl_guess_say(g, 20, "the newest session has no whole sequence, "
				    "so nothing of it can be applied");
	} else if (w->newer) {
		say_sequence(c, g, 50, "would take blocks away: the disk is "
				       "ahead of it");
		say_contradiction(c, g);
	} else {
		say_sequence(c, g, 40, "would change nothing");
		vl_guess_say(g, 0, "a clean image, and one whose log was "
				   "applied but not yet cleared, look alike");
		say_order(c, g);
	}
	if (vl_guid_hints_are_zero(c))
		vl_guess_say(g, 20, "a damaged header says so too");
	say_damaged(c, g);
}

/* Nor of it: but what it would write is whole, and not there. */
void vl_guid_say_torn(const struct vl_guid_case *c, struct vl_guess *g)
{
	vl_guess_say(g, 40,
		     "E%" PRIu32 ", the last sound entry of the newest session, "
		     "would change the disk, and what it goes on from is "
		     "damaged",
		     vl_guid_sector(c, c->torn));
	say_contradiction(c, g);
	say_order(c, g);
	say_damaged(c, g);
}

/* Nothing of it can be applied as it is: but was it to be? */
void vl_guid_say_follows(const struct vl_guid_case *c, struct vl_guess *g)
{
	/* There is one, or it would not have been written last. */
	const struct vl_entry *e = &c->trial->log.entries[c->damaged.entry];

	vl_guess_say(g, 35,
		     "E%" PRIu32 ", which is damaged, was written last: %s",
		     e->sector,
		     c->damaged.follows ? "it goes on from the newest sound "
					  "entry, with the next number" :
					  "no sound entry is in the log");
	if (c->head != VL_NONE)
		say_sequence(c, g, 0, "would change nothing");
	vl_guess_say(g, 0, "whether what it would write is on the disk cannot "
			   "be told from sound entries; --salvage says what "
			   "is left of it");
}
