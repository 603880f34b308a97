/* SPDX-License-Identifier: MIT */
/*
 * The verdict in words where the file itself is the news: it is no image, could
 * not be read, lacks its headers, was cut or breaks a rule.
 */
#include "reports/sentences.h"

#include <inttypes.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"

void say_not_vhdx(struct phrase *p, const struct report_subject *s)
{
	const char *other = facts_other_format(s->source);
	struct vhdxlog_verdict v;
	char size[32];

	phrase_add(p, "This is no VHDX image: ");
	if (facts_image_verdict(s->scan, "ident-signature-bad", &v))
		phrase_add(p,
			   "file type identifier at 0x%" PRIx64
			   ": got %s, want %s",
			   v.offset, v.got, v.want);
	else
		phrase_add(p, "the file has only %s",
			   report_size(vhdxlog_source_size(s->source), size));
	if (other)
		phrase_add(p, "; the file begins like %s", other);
	phrase_add(p, ".");
}

void say_unreadable(struct phrase *p, const struct report_subject *s)
{
	phrase_add(p, "The image could not be examined: ");
	phrase_because(p, vhdxlog_verdict(s->scan),
		       "the system could not read it");
	phrase_add(p, "; copy it with a tool that survives read errors and "
		      "scan the copy.");
}

void say_unstable(struct phrase *p, const struct report_subject *s)
{
	(void)s;
	phrase_add(p, "The image changed while it was being read, so it is in "
		      "use and nothing below is certain; scan it again when "
		      "nothing has it open, or scan a snapshot.");
}

static void add_residue(struct phrase *p, const struct report_subject *s)
{
	uint64_t n = vhdxlog_entry_tally(s->scan, VHDXLOG_VALID) +
		     vhdxlog_entry_tally(s->scan, VHDXLOG_STALE);

	phrase_count(p, n, "sound log entry", "sound log entries", false);
}

/* Without a header, --log-guid or a guess says what is current. */
static void add_named_session(struct phrase *p, const struct report_subject *s)
{
	const char *how =
		assumed_of(s->scan).guid_guessed ? "guessed" : "named";
	const struct vhdxlog_finding *ahead =
		facts_finding(s->scan, "log-disk-ahead");
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	if (facts_active_sequence(s->scan, &active))
		phrase_add(p,
			   "; of the session that was %s, %s would be "
			   "replayed",
			   how, facts_range_id(active.id, id));
	else if (assumed_nothing_waits(s->scan))
		phrase_add(p, "; by what is left, nothing waits to be applied");
	else if (!vhdxlog_log(s->scan)->has_guid)
		phrase_add(p, "; which session is current is not known, but "
			      "can be said with --log-guid");
	else
		phrase_add(p,
			   "; of the session that was %s, nothing would "
			   "be replayed",
			   how);
	if (ahead)
		phrase_add(p, ", but %s (%s)",
			   vhdxlog_check_find(ahead->id)->sentence, ahead->id);
}

/* No option helps where the bytes are not there. */
static void say_too_short(struct phrase *p, const struct report_subject *s)
{
	bool no_headers = !vhdxlog_header(s->scan, 1)->readable;
	char size[32];

	phrase_add(p,
		   "The file has only %s (file-too-small): too short to hold ",
		   report_size(vhdxlog_source_size(s->source), size));
	if (no_headers)
		phrase_add(p, "headers or a log");
	else
		phrase_add(p, "a log, and without a usable header");
	phrase_add(p, "; look for a longer copy.");
}

static void say_log_not_found(struct phrase *p, const struct report_subject *s)
{
	const char *in_vain = assumed_in_vain(s->scan);

	phrase_add(p, "Neither copy of the header is usable, so nothing says "
		      "where the log is; ");
	if (in_vain)
		phrase_add(p, "%s.", in_vain);
	else
		phrase_add(p, "--log-offset and --log-length can, or --header "
			      "to believe a copy.");
}

static void say_raw_log(struct phrase *p, const struct report_subject *s)
{
	char size[32];

	if (!vhdxlog_log(s->scan)->known) {
		phrase_add(p,
			   "The file has only %s and holds no whole log sector "
			   "(4096 bytes); look for a longer copy.",
			   report_size(vhdxlog_source_size(s->source), size));
		return;
	}
	phrase_add(p, "A log region without its image, with ");
	add_residue(p, s);
	add_named_session(p, s);
	phrase_add(p, ".");
}

static void say_log_assumed(struct phrase *p, const struct report_subject *s)
{
	phrase_add(p, "Neither copy of the header is usable, so nothing says "
		      "whether the log must be replayed; ");
	if (!phrase_if_outside(p, s)) {
		phrase_add(p, "it holds ");
		add_residue(p, s);
		add_named_session(p, s);
	}
	phrase_add(p, ".");
}

void say_headers_lost(struct phrase *p, const struct report_subject *s)
{
	if (facts_is_raw_log(s->scan))
		say_raw_log(p, s);
	else if (facts_is_too_short(s->scan))
		say_too_short(p, s);
	else if (!vhdxlog_log(s->scan)->known)
		say_log_not_found(p, s);
	else
		say_log_assumed(p, s);
}

/* "; 3 MiB lost, 1 block in whole: block 5 (..) (bat-block-cut-off)" */
static void add_lost_blocks(struct phrase *p, const struct report_subject *s)
{
	static const char *const checks[] = {"bat-block-cut-off",
					     "bat-block-beyond-eof"};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		const struct vhdxlog_finding *f =
			facts_finding(s->scan, checks[i]);

		if (f && *f->detail)
			phrase_add(p, "; %s (%s)", f->detail, f->id);
	}
}

void say_truncated(struct phrase *p, const struct report_subject *s)
{
	uint64_t size = vhdxlog_source_size(s->source);
	struct vhdxlog_entry head;
	char text[32];

	phrase_add(p, "The file was cut: ");
	if (!facts_active_head(s->scan, &head) ||
	    head.flushed_file_offset <= size) {
		phrase_because(p, vhdxlog_verdict(s->scan),
			       "it is shorter than its log says");
		phrase_add(p, ".");
		return;
	}
	phrase_add(p, "it is %s shorter",
		   report_size(head.flushed_file_offset - size, text));
	phrase_add(p, " than the %s",
		   report_size(head.flushed_file_offset, text));
	phrase_add(p, " that E%" PRIu32 " says were safely on disk",
		   head.sector);
	add_lost_blocks(p, s);
	phrase_add(p, "; look for a longer copy before anything else.");
}

static void add_waiting(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;

	if (!facts_active_sequence(s->scan, &active))
		return;
	phrase_add(p, "; ");
	phrase_count(p, active.entries, "log entry waits", "log entries wait",
		     false);
	phrase_add(p, " to be applied as well");
}

/* Of a header or table of another file it is no news that what it says is past
 * the end: that it is another file's is. */
static struct vhdxlog_outcome culprit(const struct report_subject *s)
{
	static const char *const foreign[] = {"header-log-misplaced",
					      "header-foreign",
					      "region-tables-foreign"};
	struct vhdxlog_outcome o = *vhdxlog_verdict(s->scan);
	struct vhdxlog_verdict v;

	for (size_t i = 0; o.because && i < 3; i++) {
		if (facts_image_verdict(s->scan, foreign[i], &v) &&
		    strcmp(v.check->area, o.because->area) == 0)
			o.because = v.check;
	}
	return o;
}

/* ": the file is 3 MiB too short; .."; what was got and wanted where that says
 * more than the rule itself. */
static void add_detail(struct phrase *p, const struct report_subject *s,
		       const struct vhdxlog_check *because)
{
	const struct vhdxlog_finding *f =
		because ? facts_finding(s->scan, because->name) : NULL;
	struct vhdxlog_verdict v;

	if (f && *f->detail)
		phrase_add(p, ": %s", f->detail);
	else if (because && facts_image_verdict(s->scan, because->name, &v) &&
		 strcmp(v.got, "none") != 0)
		phrase_add(p, ": got %s, want %s", v.got, v.want);
}

/* What lies behind the end is nowhere but in another copy. */
static bool is_cut(const struct vhdxlog_check *because)
{
	static const char *const checks[] = {
		"file-too-small",
		"header-log-beyond-eof",
		"region-beyond-eof",
		"bat-block-beyond-eof",
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (because && strcmp(because->name, checks[i]) == 0)
			return true;
	}
	return false;
}

void say_damaged(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_outcome o = culprit(s);

	phrase_add(p, "The image is damaged: ");
	phrase_because(p, &o, "a rule of the format fails");
	add_detail(p, s, o.because);
	if (is_cut(o.because))
		phrase_add(p, "; look for a longer copy");
	add_waiting(p, s);
	phrase_add(p, ".");
}
