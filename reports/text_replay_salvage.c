/* SPDX-License-Identifier: MIT */
/*
 * What of damaged entries is applied, and what not: a line for each, and below it
 * the evidence where it is not that of the line above.
 */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <string.h>

#define SHOW_ITEMS 8 /* without -v */

static bool is_shown(const struct text_replay *r, size_t index)
{
	return index < SHOW_ITEMS || r->t.options->verbose;
}

static void put_more(struct text_replay *r, size_t count)
{
	if (count > SHOW_ITEMS && !r->t.options->verbose)
		fprintf(r->t.out, "            %zu more; -v lists %s\n",
			count - SHOW_ITEMS,
			count == SHOW_ITEMS + 1 ? "it" : "them");
}

static bool same_evidence(const struct vhdxlog_salvaged *a,
			  const struct vhdxlog_salvaged *b)
{
	for (unsigned i = 0; i < 8; i++) {
		const char *x = a->evidence[i], *y = b->evidence[i];

		if (x != y && (!x || !y || strcmp(x, y) != 0))
			return false;
	}
	return true;
}

static void put_item(struct text_replay *r, const struct vhdxlog_salvaged *s)
{
	char size[32];

	text_wrapf(&r->t, 10, 12,
		   "E%" PRIu32 ", descriptor %" PRIu32 ": %s of %s at 0x%" PRIx64,
		   s->entry, s->descriptor, text_size(s->length, size),
		   s->zero ? "zeroes" : text_area(s->area), s->file_offset);
}

static void put_evidence(struct text_replay *r,
			 const struct vhdxlog_salvaged *s)
{
	for (unsigned i = 0; i < 8 && s->evidence[i]; i++) {
		fputs("            ", r->t.out);
		text_wrapf(&r->t, 12, 14, "%s", s->evidence[i]);
	}
}

static void put_proven(struct text_replay *r)
{
	struct vhdxlog_salvaged s, before = { .evidence = { NULL } };
	size_t i;

	for (i = 0; vhdxlog_overlay_salvaged(r->replay->overlay, i, &s); i++) {
		if (!is_shown(r, i))
			continue;
		text_label(&r->t, i ? "" : "salvaged");
		put_item(r, &s);
		if (!same_evidence(&s, &before))
			put_evidence(r, &s);
		before = s;
	}
	put_more(r, i);
}

static void put_left(struct text_replay *r)
{
	struct vhdxlog_unsalvaged u;
	size_t i;

	for (i = 0; vhdxlog_overlay_unsalvaged(r->replay->overlay, i, &u);
	     i++) {
		if (!is_shown(r, i))
			continue;
		text_label(&r->t, i ? "" : "left out");
		if (u.descriptor == VHDXLOG_NO_DESCRIPTOR)
			text_wrapf(&r->t, 10, 12,
				   "E%" PRIu32 ", and what follows it: %s",
				   u.entry, u.reason);
		else
			text_wrapf(&r->t, 10, 12,
				   "E%" PRIu32 ", descriptor %" PRIu32 ": %s",
				   u.entry, u.descriptor, u.reason);
	}
	put_more(r, i);
}

void text_replay_salvage(struct text_replay *r)
{
	if (!r->replay->overlay)
		return;
	put_proven(r);
	put_left(r);
}
