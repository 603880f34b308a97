/* SPDX-License-Identifier: MIT */
/*
 * The report of a replay: the outcome in a sentence and the next command first,
 * as a scan has it, then what it rests on.
 */
#include "reports/text_replay.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"

#define MARGIN	     10 /* where text_label() ends */
#define SHOW_ENTRIES 12 /* of a choice, without -v */

const char *text_replay_word(const struct text_replay *r,
			     enum text_style *style)
{
	switch (r->replay->outcome) {
	case REPORT_WRITTEN: *style = TEXT_GOOD; return "WRITTEN";
	case REPORT_WOULD_WRITE: *style = TEXT_GOOD; return "DRY RUN";
	case REPORT_REFUSED: *style = TEXT_WARN; return "REFUSED";
	case REPORT_FAILED: break;
	}
	*style = TEXT_BAD;
	return "FAILED";
}

/* ------------------------------------------------------------- the sentence */

/* What the report is of: the file that was made, else the image. */
static const char *headline(const struct text_replay *r)
{
	const struct report_replay *replay = r->replay;

	if (replay->outcome == REPORT_WRITTEN && replay->output)
		return replay->output;
	if (replay->outcome == REPORT_WRITTEN && replay->patch)
		return replay->patch;
	return r->t.options->path;
}

/* NULL for NULL; free() it. NULL, having failed: out of memory. */
static char *escaped(struct text_replay *r, const char *bytes)
{
	return bytes ? text_escaped(&r->t, bytes) : NULL;
}

/* say_replay() in new memory; NULL, having failed: out of memory. */
static char *sentence(struct text_replay *r)
{
	char *image = escaped(r, r->t.options->path);
	char *patch = escaped(r, r->replay->patch);
	char *reason = escaped(r, r->replay->reason);
	char *text = NULL;

	if (!r->t.failed) {
		int n = say_replay(NULL, 0, r, image, patch, reason);

		text = malloc((size_t)n + 1);
		if (text)
			say_replay(text, (size_t)n + 1, r, image, patch,
				   reason);
		else
			text_fail(&r->t, VHDXLOG_E_NOMEM);
	}
	free(image);
	free(patch);
	free(reason);
	return text;
}

static void put_outcome(struct text_replay *r)
{
	char *path = escaped(r, headline(r));
	char *said = sentence(r);
	enum text_style style;
	const char *word = text_replay_word(r, &style);

	if (path && said) {
		fprintf(r->t.out, "%s: ", path);
		text_put(&r->t, style, "%s", word);
		fputs(". ", r->t.out);
		if (r->t.options->quiet)
			fprintf(r->t.out, "%s\n", said);
		else
			text_wrap(&r->t,
				  text_columns(path) + text_columns(word) + 4,
				  2, said);
	}
	free(path);
	free(said);
}

static void put_next(struct text_replay *r)
{
	if (r->replay->next && *r->replay->next)
		fprintf(r->t.out, "  next: %s\n", r->replay->next);
}

/* ---------------------------------------------------------- what was chosen */

static void put_fact(struct text_replay *r, const char *label,
		     const char *words)
{
	text_label(&r->t, label);
	text_wrap(&r->t, MARGIN, MARGIN, words);
}

/* From the i-th on, n of them. */
static void put_entries(const struct text_replay *r, FILE *f, uint64_t first,
			uint64_t n)
{
	const uint32_t *entries = r->about->entries + first;
	const uint64_t all = n;

	if (n > SHOW_ENTRIES && !r->t.options->verbose)
		n = SHOW_ENTRIES;
	for (uint64_t i = 0; i < n; i++)
		fprintf(f, "%sE%" PRIu32, i ? ", " : "", entries[i]);
	if (n < all)
		fprintf(f, " and %" PRIu64 " more", all - n);
}

/* "; valid, active, of the current session" */
static void put_standing(struct text_replay *r, FILE *f)
{
	struct vhdxlog_sequence s;
	int rc = replay_sequence(r->replay, &s, r->t.err);

	if (rc < 0)
		text_fail(&r->t, rc);
	if (rc != 0)
		return;
	fprintf(f, "; %s%s, of %s session",
		vhdxlog_sequence_verdict_name(s.verdict),
		s.active ? ", active" : "",
		s.current ? "the current" : "another");
}

static void put_choice(struct text_replay *r)
{
	const struct vhdxlog_replay *about = r->about;
	struct text_memo memo;
	uint64_t plain;
	char *words;

	if (!about || !text_memo_open(&r->t, &memo))
		return;
	plain = about->entry_count - about->salvaged;
	if (about->policy)
		fprintf(memo.stream, "as %s would: ", about->policy);
	else
		fprintf(memo.stream, "as asked for: ");
	if (plain)
		put_entries(r, memo.stream, 0, plain);
	else
		fputs("no entry", memo.stream);
	put_standing(r, memo.stream);
	if (about->salvaged) {
		fputs("; and what is salvaged of ", memo.stream);
		put_entries(r, memo.stream, plain, about->salvaged);
	}
	words = text_memo_close(&r->t, &memo);
	if (words)
		put_fact(r, "chosen", words);
	free(words);
	if (about->policy && about->reason && *about->reason)
		put_fact(r, "", about->reason);
}

/* ------------------------------------------------------------------ headers */

/* Where a GUID is from, where no header was followed. NULL: nowhere. */
static const char *origin(struct vhdxlog_scan *scan, size_t field,
			  const struct vhdxlog_guid *guid)
{
	static const char *const slots[] = { "from header 1", "from header 2" };
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(scan, slot);

		if (h->readable && memcmp((const uint8_t *)h + field, guid,
					  sizeof(*guid)) == 0)
			return slots[slot - 1];
	}
	if (log->has_guid && memcmp(&log->guid, guid, sizeof(*guid)) == 0)
		return "from the log";
	return NULL;
}

/* ", FileWriteGuid new (..)"; field: its place in the header. */
static void put_guid(FILE *f, const char *name, struct vhdxlog_scan *scan,
		     const struct vhdxlog_header *after, size_t field)
{
	unsigned slot = vhdxlog_image(scan)->current_header;
	const struct vhdxlog_guid *guid =
		(const void *)((const uint8_t *)after + field);
	bool same = slot && memcmp((const uint8_t *)vhdxlog_header(scan, slot) +
					   field,
				   guid, sizeof(*guid)) == 0;
	const char *from = slot ? NULL : origin(scan, field, guid);
	char text[VHDXLOG_GUID_TEXT];

	fprintf(f, "%s ", name);
	if (facts_guid_is_zero(guid))
		fputs(same  ? "zero as before" :
		      slot  ? "cleared" :
			      "zero",
		      f);
	else if (same)
		fputs("kept", f);
	else
		fprintf(f, "%s (%s)", from ? from : "new",
			vhdxlog_guid_format(guid, text));
}

/* "slot 1: 8 -> 10" */
static void put_number(FILE *f, const struct vhdxlog_header *before,
		       const struct vhdxlog_header *after)
{
	fprintf(f, "slot %u: ", after->slot);
	if (before->valid)
		fprintf(f, "%" PRIu64, before->sequence_number);
	else
		fputs(before->readable ? "unusable" : "unreadable", f);
	fprintf(f, " -> %" PRIu64, after->sequence_number);
}

/* Which of them a reader would take. */
static const struct vhdxlog_header *newest(const struct vhdxlog_header h[2])
{
	return h[1].current || (!h[0].current &&
				h[1].sequence_number > h[0].sequence_number) ?
		       &h[1] :
		       &h[0];
}

static void put_headers(struct text_replay *r)
{
	const struct vhdxlog_header *after = newest(r->replay->headers);
	struct vhdxlog_scan *scan = replay_scan(r->replay);
	struct text_memo memo;
	char *words;

	if (!scan || !r->replay->has_headers || !text_memo_open(&r->t, &memo))
		return;
	put_number(memo.stream, vhdxlog_header(scan, 1),
		   &r->replay->headers[0]);
	fputs(", ", memo.stream);
	put_number(memo.stream, vhdxlog_header(scan, 2),
		   &r->replay->headers[1]);
	put_guid(memo.stream, "; FileWriteGuid", scan, after,
		 offsetof(struct vhdxlog_header, file_write_guid));
	put_guid(memo.stream, ", DataWriteGuid", scan, after,
		 offsetof(struct vhdxlog_header, data_write_guid));
	put_guid(memo.stream, ", LogGuid", scan, after,
		 offsetof(struct vhdxlog_header, log_guid));
	words = text_memo_close(&r->t, &memo);
	if (words)
		put_fact(r, "headers", words);
	free(words);
}

/* ----------------------------------------------------------------- the copy */

/* Of a copy with repairs a scan says this. */
static void put_state(struct text_replay *r)
{
	if (!r->replay->has_state)
		return;
	text_label(&r->t, "state");
	fprintf(r->t.out, "%s, by a scan of %s\n",
		vhdxlog_state_name(r->replay->state),
		r->replay->outcome == REPORT_WRITTEN && r->replay->output ?
			"the copy" :
			"what it would be");
}

static void put_copy(struct text_replay *r)
{
	const char *by = r->replay->copied_by;

	if (!by)
		return;
	text_label(&r->t, "copied");
	if (strcmp(by, "reflink") == 0)
		fprintf(r->t.out, "by reflink: blocks are shared until they "
				  "are written to\n");
	else
		fprintf(r->t.out, "by %s; holes stay holes\n",
			strcmp(by, "plain") == 0 ? "reading and writing" : by);
}

static void put_digest(struct text_replay *r, const char *label,
		       const char *digest)
{
	if (!digest || !*digest)
		return;
	text_label(&r->t, label);
	fprintf(r->t.out, "SHA-256 %s\n", digest);
}

static bool has_facts(const struct report_replay *replay,
		      const struct vhdxlog_replay *about)
{
	return about || replay->has_headers || replay->has_state ||
	       replay->copied_by ||
	       replay->source_sha256 || replay->output_sha256;
}

static void put_body(struct text_replay *r)
{
	if (has_facts(r->replay, r->about))
		putc('\n', r->t.out);
	put_choice(r);
	put_headers(r);
	put_state(r);
	put_copy(r);
	put_digest(r, "source", r->replay->source_sha256);
	put_digest(r, "output", r->replay->output_sha256);
	text_replay_fixes(r);
	text_replay_salvage(r);
	text_replay_pages(r);
}

/* ---------------------------------------------------------------- the whole */

static void put_details(struct text_replay *r)
{
	if (r->verdict_count) {
		putc('\n', r->t.out);
		text_checks(&r->t, r->verdicts, r->verdict_count);
	}
	if (r->t.scan) {
		text_hashes(&r->t);
		text_limitations(&r->t);
	}
}

/* Reasons stand first where it was not done, last where it was. */
static void put_report(struct text_replay *r)
{
	const bool done = r->replay->outcome == REPORT_WRITTEN ||
			  r->replay->outcome == REPORT_WOULD_WRITE;

	put_outcome(r);
	if (r->t.options->quiet)
		return;
	put_next(r);
	if (!done)
		text_replay_checks(r);
	put_body(r);
	if (done)
		text_replay_checks(r);
	if (r->t.options->verbose)
		put_details(r);
	text_custody(&r->t);
}

int report_replay_text(FILE *out, const struct report_replay *replay,
		       const struct report_options *options,
		       struct vhdxlog_error *err)
{
	struct text_replay r = {
		.t = text_begin(out, replay->subject, options, err),
		.replay = replay,
		.about = replay_about(replay),
	};
	int rc;

	r.t.program = "vhdxlog-replay";
	r.verdict_count = replay_verdicts(replay, r.verdicts, err);
	rc = r.verdict_count < 0 ? r.verdict_count : text_replay_collect(&r);
	if (rc == 0) {
		put_report(&r);
		rc = r.t.failed;
	}
	text_replay_release(&r);
	return rc;
}
