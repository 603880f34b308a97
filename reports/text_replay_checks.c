/* SPDX-License-Identifier: MIT */
/*
 * What stands against a replay, what became of that, and what can be done.
 */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <stdlib.h>

/* Whether a check stands against it still. */
static bool stands(const struct text_replay *r, const struct vhdxlog_verdict *v)
{
	return replay_stops(v) && v->check != r->replay->mended &&
	       !replay_overrides(r->replay, v->check);
}

const struct vhdxlog_check *text_replay_reason(const struct text_replay *r)
{
	const struct vhdxlog_check *first = NULL;

	for (int i = 0; i < r->verdict_count; i++) {
		const struct vhdxlog_verdict *v = &r->verdicts[i];

		if (replay_is_final(v))
			return v->check;
		if (!first && stands(r, v))
			first = v->check;
	}
	return first;
}

static const char *becomes(const struct text_replay *r,
			   const struct vhdxlog_verdict *v)
{
	if (replay_overrides(r->replay, v->check))
		return " (overridden by --force)";
	if (v->check == r->replay->mended)
		return " (--fix mends it)";
	if (replay_is_final(v))
		return " (--force does not override it)";
	return replay_stops(v) ? "" : " (a warning)";
}

static void put_sentence(struct text_replay *r,
			 const struct vhdxlog_check *check, const char *more)
{
	enum text_style style =
		check->severity == VHDXLOG_ERROR ? TEXT_BAD : TEXT_WARN;

	fputs("  ", r->t.out);
	text_put(&r->t, style, "%s", check->name);
	text_wrapf(&r->t, 2 + text_columns(check->name), 4, ": %s%s",
		   check->sentence, more);
}

/* "at 0x300000: got 5, want 6" */
static void put_details(struct text_replay *r, const struct vhdxlog_verdict *v)
{
	char at[32] = "";

	if (!*v->got && !*v->want)
		return;
	if (v->has_offset)
		snprintf(at, sizeof(at), "at 0x%" PRIx64 ": ", v->offset);
	fputs("    ", r->t.out);
	text_wrapf(&r->t, 4, 4, "%s%s%s%s%s%s", at, *v->got ? "got " : "",
		   v->got, *v->got && *v->want ? ", " : "",
		   *v->want ? "want " : "", v->want);
}

static void put_check(struct text_replay *r, const struct vhdxlog_verdict *v)
{
	put_sentence(r, v->check, becomes(r, v));
	put_details(r, v);
	fputs("    ", r->t.out);
	text_wrap(&r->t, 4, 4, v->check->advice);
}

static bool has_failed(const struct text_replay *r,
		       const struct vhdxlog_check *check)
{
	for (int i = 0; i < r->verdict_count; i++) {
		if (r->verdicts[i].check == check &&
		    r->verdicts[i].status == VHDXLOG_FAIL)
			return true;
	}
	return false;
}

/* What was overridden beside the verdicts on the choice. */
static void put_other_overrides(struct text_replay *r)
{
	for (size_t i = 0; i < r->replay->overridden_count; i++) {
		const struct vhdxlog_check *check = r->replay->overridden[i];

		if (!has_failed(r, check))
			put_sentence(r, check, " (overridden by --force)");
	}
}

/* What --force would get over, where that is all that stands against it. */
static void put_force(struct text_replay *r)
{
	const struct vhdxlog_check *reason = text_replay_reason(r);
	struct text_memo memo;
	unsigned n = 0;
	char *names;

	if (!reason || reason->class_ == VHDXLOG_CLASS_F || r->replay->force ||
	    !text_memo_open(&r->t, &memo))
		return;
	for (int i = 0; i < r->verdict_count; i++) {
		if (stands(r, &r->verdicts[i]))
			fprintf(memo.stream, "%s%s", n++ ? ", " : "",
				r->verdicts[i].check->name);
	}
	names = text_memo_close(&r->t, &memo);
	if (names) {
		fputs("  ", r->t.out);
		text_wrapf(&r->t, 2, 4, "--force overrides %s: %s",
			   n == 1 ? "it" : "these", names);
	}
	free(names);
}

static bool any_failed(const struct text_replay *r)
{
	for (int i = 0; i < r->verdict_count; i++) {
		if (r->verdicts[i].status == VHDXLOG_FAIL)
			return true;
	}
	return r->replay->overridden_count != 0;
}

void text_replay_checks(struct text_replay *r)
{
	const bool refused = r->replay->outcome == REPORT_REFUSED;
	const struct vhdxlog_check *reason = text_replay_reason(r);

	if (any_failed(r))
		putc('\n', r->t.out);
	for (int i = 0; i < r->verdict_count; i++) {
		if (r->verdicts[i].status == VHDXLOG_FAIL)
			put_check(r, &r->verdicts[i]);
	}
	put_other_overrides(r);
	if (!refused || !reason)
		return;
	put_force(r);
	fprintf(r->t.out, "  more: vhdxlog explain %s\n", reason->name);
}
