/* SPDX-License-Identifier: MIT */
/*
 * What a replay did, or would do, in a sentence.
 */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <string.h>

#include "reports/facts.h"

struct saying {
	struct phrase p;
	const struct text_replay *r;
	const char *image, *patch, *reason; /* escaped; may be NULL, not image */
};

static bool is_patch(const struct saying *s)
{
	return s->patch && (s->r->replay->mode == REPORT_REPLAY ||
			    s->r->replay->mode == REPORT_REARM ||
			    s->r->replay->mode == REPORT_FIX);
}

/* The words for what is done, or for what would be. */
static const char *tense(const struct saying *s, const char *done,
			 const char *would)
{
	/* A patch is written, but what it says is still to be done. */
	return s->r->replay->outcome == REPORT_WRITTEN && !is_patch(s) ?
		       done :
		       would;
}

/* "S5-7 (two entries)", "Three entries"; begins the sentence. */
static void say_entries(struct saying *s)
{
	const struct vhdxlog_replay *about = s->r->about;
	char id[VHDXLOG_ID_TEXT];
	uint64_t plain;

	if (!about) {
		phrase_add(&s->p, "What was chosen");
		return;
	}
	plain = about->entry_count - about->salvaged;
	if (about->has_sequence) {
		phrase_add(&s->p, "%s (", facts_range_id(about->sequence, id));
		phrase_count(&s->p, plain, "entry", "entries", false);
		phrase_add(&s->p, ")");
	} else if (plain) {
		phrase_count(&s->p, plain, "entry", "entries", true);
	}
	if (about->salvaged) {
		phrase_add(&s->p, plain ? " and what is proven of " :
					  "What is proven of ");
		phrase_count(&s->p, about->salvaged, "damaged entry",
			     "damaged entries", false);
	}
}

/* "a copy of disk.vhdx"; where a patch is made, the file itself. */
static void say_target(struct saying *s)
{
	if (is_patch(s))
		phrase_add(&s->p, "%s", s->image);
	else
		phrase_add(&s->p, "a copy of %s", s->image);
}

static void say_growth(struct saying *s)
{
	const struct report_replay *replay = s->r->replay;
	const bool grows = replay->size_after > replay->size_before;
	char from[32], to[32];

	if (!replay->sizes_known || replay->size_after == replay->size_before)
		return;
	phrase_add(&s->p, "; the file %s from %s to %s",
		   grows ? tense(s, "grew", "would grow") :
			   tense(s, "was cut", "would be cut"),
		   report_size(replay->size_before, from),
		   report_size(replay->size_after, to));
}

/* "; one page of the BAT changed (64 KiB of zeroes)" */
static void say_effect(struct saying *s)
{
	const struct vhdxlog_effect *e = &s->r->tally.effect;
	char size[32];

	if (!s->r->replay->page)
		return;
	phrase_add(&s->p, "; ");
	if (!s->r->tally.pieces) {
		phrase_add(&s->p, "it %s what the source is",
			   tense(s, "is", "would be"));
		return;
	}
	if (phrase_has_areas(e))
		phrase_areas(&s->p, e);
	else
		phrase_add(&s->p, "nothing but headers");
	phrase_add(&s->p, " %s", tense(s, "changed", "would change"));
	if (e->zeroed)
		phrase_add(&s->p, " (%s of it zeroes)",
			   report_size(e->zeroed, size));
}

static void say_replayed(struct saying *s)
{
	if (s->r->about && s->r->about->entry_count == 0) {
		phrase_add(&s->p, "Nothing %s to ",
			   tense(s, "applied", "would be applied"));
		say_target(s);
		return;
	}
	say_entries(s);
	phrase_add(&s->p, " %s%s to ", tense(s, "applied", "would be applied"),
		   is_patch(s) ? " by it" : "");
	say_target(s);
}

/* "bat-shift and length" */
static void say_names(struct saying *s)
{
	const struct report_replay *replay = s->r->replay;

	for (size_t i = 0; i < replay->fix_name_count; i++) {
		const char *sign = i == 0			      ? "" :
				   i + 1 < replay->fix_name_count ? ", " :
								      " and ";

		phrase_add(&s->p, "%s%s", sign, replay->fix_names[i]);
	}
}

static void say_fixed(struct saying *s)
{
	say_names(s);
	phrase_add(&s->p, " %s%s in ", tense(s, "fixed", "would be fixed"),
		   is_patch(s) ? " by it" : "");
	say_target(s);
}

/* ", with bat-shift fixed" */
static void say_also_fixed(struct saying *s)
{
	if (!s->r->replay->fix_name_count)
		return;
	phrase_add(&s->p, ", with ");
	say_names(s);
	phrase_add(&s->p, " fixed");
}

static void say_rearmed(struct saying *s)
{
	say_entries(s);
	phrase_add(&s->p, " %s%s the active sequence of ",
		   tense(s, "made", "would be made"),
		   is_patch(s) ? " by it" : "");
	say_target(s);
	if (s->r->replay->packed)
		phrase_add(&s->p, ", packed tighter to fit into its log");
}

/* "; five pieces of 20480 bytes in all" */
static void say_pieces(struct saying *s)
{
	const struct replay_tally *tally = &s->r->tally;
	char size[32];

	if (!s->r->replay->page)
		return;
	phrase_add(&s->p, "; ");
	phrase_count(&s->p, tally->pieces, "piece", "pieces", false);
	phrase_add(&s->p, ", %s", report_size(tally->bytes, size));
}

static void say_patched(struct saying *s)
{
	const char *patch = s->patch ? s->patch : "The patch";

	if (s->r->replay->mode == REPORT_APPLY)
		phrase_add(&s->p, "%s %s to ", patch,
			   tense(s, "applied", "would be applied"));
	else
		phrase_add(&s->p, "%s %s from ", patch,
			   tense(s, "taken back", "would be taken back"));
	phrase_add(&s->p, "a copy of %s", s->image);
	say_pieces(s);
}

static void say_done(struct saying *s)
{
	switch (s->r->replay->mode) {
	case REPORT_REPLAY:
		say_replayed(s);
		say_also_fixed(s);
		say_effect(s);
		break;
	case REPORT_REARM:
		say_rearmed(s);
		say_also_fixed(s);
		say_effect(s);
		break;
	case REPORT_FIX:
		say_fixed(s);
		say_effect(s);
		break;
	case REPORT_APPLY:
	case REPORT_UNAPPLY: say_patched(s); break;
	}
	say_growth(s);
	phrase_add(&s->p, ".%s",
		   s->r->replay->outcome == REPORT_WRITTEN ?
			   "" :
			   " Nothing was written.");
}

/*
 * Why it was not done. Checks that it was refused for stand below in full, so
 * that the first of them is enough here.
 */
static const char *find_reason(const struct saying *s)
{
	const struct vhdxlog_check *check = text_replay_reason(s->r);

	if (check && s->r->replay->outcome == REPORT_REFUSED)
		return check->sentence;
	return s->reason ? s->reason : "no reason is known";
}

/* Without its full stop, if it has one. */
static void say_reason(struct saying *s, const char *begin)
{
	const char *why = find_reason(s);
	size_t length = strlen(why);

	length -= length > 0 && why[length - 1] == '.';
	phrase_add(&s->p, "%s: %.*s.", begin, (int)length, why);
}

int say_replay(char *buf, size_t size, const struct text_replay *r,
	       const char *image, const char *patch, const char *reason)
{
	struct saying s = {
		.p = { buf, size, 0 },
		.r = r,
		.image = image,
		.patch = patch,
		.reason = reason,
	};

	switch (r->replay->outcome) {
	case REPORT_WRITTEN:
	case REPORT_WOULD_WRITE: say_done(&s); break;
	case REPORT_REFUSED: say_reason(&s, "Nothing was written"); break;
	case REPORT_FAILED: say_reason(&s, "No output was left behind"); break;
	}
	return (int)s.p.length;
}
