/* SPDX-License-Identifier: MIT */
/*
 * The verdict in words: what state the image is in, by which facts, and the one
 * command that is safe to run next.
 */
#include "reports/report.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"

/* A sentence that grows in the caller's buffer, by snprintf's rules. */
struct phrase {
	char *buf;
	size_t size;
	size_t length; /* that there would be, were there room */
};

static void add(struct phrase *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct phrase *p, const char *format, ...)
{
	bool fits = p->length < p->size;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(fits ? p->buf + p->length : NULL,
		      fits ? p->size - p->length : 0, format, ap);
	va_end(ap);
	if (n > 0)
		p->length += (size_t)n;
}

static const char *number_word(uint64_t n, bool capital, char buf[24])
{
	static const char *const words[] = { "no",    "one",  "two", "three",
					     "four",  "five", "six", "seven",
					     "eight", "nine", "ten", "eleven",
					     "twelve" };

	if (n >= sizeof(words) / sizeof(*words)) {
		snprintf(buf, 24, "%" PRIu64, n);
		return buf;
	}
	snprintf(buf, 24, "%s", words[n]);
	if (capital)
		buf[0] = (char)(buf[0] - 'a' + 'A');
	return buf;
}

/* "two log entries", "one page": the plural is given where it is no "s". */
static void add_count(struct phrase *p, uint64_t n, const char *one,
		      const char *many, bool capital)
{
	char word[24];

	add(p, "%s %s", number_word(n, capital, word), n == 1 ? one : many);
}

static const char *area_words(enum vhdxlog_area area)
{
	switch (area) {
	case VHDXLOG_AREA_IDENTIFIER: return "of the file type identifier";
	case VHDXLOG_AREA_HEADERS: return "of the headers";
	case VHDXLOG_AREA_REGION_TABLES: return "of the region tables";
	case VHDXLOG_AREA_RESERVED: return "of the reserved area";
	case VHDXLOG_AREA_LOG: return "of the log itself";
	case VHDXLOG_AREA_BAT: return "of the BAT";
	case VHDXLOG_AREA_METADATA: return "of the metadata";
	case VHDXLOG_AREA_OTHER_REGION: return "of another region";
	case VHDXLOG_AREA_PAYLOAD: return "of guest data";
	case VHDXLOG_AREA_SECTOR_BITMAP: return "of sector bitmaps";
	case VHDXLOG_AREA_UNOWNED: return "that no structure owns";
	case VHDXLOG_AREA_UNKNOWN:
	case VHDXLOG_AREA_COUNT: break;
	}
	return "whose purpose is not known";
}

static unsigned count_areas(const struct vhdxlog_effect *e)
{
	unsigned n = 0;

	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++)
		n += e->area_pages[a] != 0;
	return n;
}

/* "one page of the BAT, two of guest data and one of the metadata" */
static void add_areas(struct phrase *p, const struct vhdxlog_effect *e)
{
	unsigned left = count_areas(e);
	bool first = true;
	char word[24];

	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++) {
		uint64_t n = e->area_pages[a];

		if (n == 0)
			continue;
		left--;
		if (first)
			add_count(p, n, "page", "pages", false);
		else
			add(p, "%s%s", left ? ", " : " and ",
			    number_word(n, false, word));
		add(p, " %s", area_words((enum vhdxlog_area)a));
		first = false;
	}
}

/* "they change one page of the BAT and make the file 36 MiB long" */
static void add_effect(struct phrase *p, const struct vhdxlog_effect *e,
		       uint64_t entries)
{
	const char *s = entries == 1 ? "s" : "";
	char size[32];

	add(p, "%s ", entries == 1 ? "it" : "they");
	if (count_areas(e) == 0) {
		add(p, "%s no page", entries == 1 ? "writes" : "write");
	} else {
		add(p,
		    e->changes_known && e->changes_bytes ? "change%s " :
							   "write%s ",
		    s);
		add_areas(p, e);
	}
	if (e->zeroed)
		add(p, " (%s of it zeroes)", report_size(e->zeroed, size));
	if (e->grows)
		add(p, " and make%s the file %s long", s,
		    report_size(e->grows_to, size));
}

static bool active_effect(const struct report_subject *s,
			  const struct vhdxlog_sequence *active,
			  struct vhdxlog_effect *effect)
{
	bool filled = false;

	return active->index != SIZE_MAX &&
	       vhdxlog_sequence_effect(s->scan, active->index, &filled, effect,
				       NULL) == 0 &&
	       filled;
}

static void say_because(struct phrase *p, const struct vhdxlog_outcome *o,
			const char *otherwise)
{
	if (o->because)
		add(p, "%s (%s)", o->because->sentence, o->because->name);
	else
		add(p, "%s", otherwise);
}

/*
 * Damage to entries and copies is what the log and the second copy are there
 * for: it needs a look, but is no news beside a state that says more.
 */
static bool is_news(const struct vhdxlog_scan *scan,
		    const struct vhdxlog_finding *f)
{
	const struct vhdxlog_check *check = vhdxlog_check_find(f->id);

	if (f->severity != VHDXLOG_ERROR)
		return false;
	return !check || vhdxlog_verdict(scan)->state == VHDXLOG_CLEAN ||
	       check->class_ == VHDXLOG_CLASS_M ||
	       check->class_ == VHDXLOG_CLASS_W;
}

/* ", but newer entries .. lie outside .. (log-newer-outside-active)" */
static void add_worry(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_check *check;
	const struct vhdxlog_finding *f;
	char where[VHDXLOG_ID_TEXT] = "";
	size_t i = 0, n = vhdxlog_finding_count(s->scan), cursor = 0;

	while (i < n && !is_news(s->scan, vhdxlog_finding_at(s->scan, i)))
		i++;
	if (i == n)
		return;
	f = vhdxlog_finding_at(s->scan, i);
	check = vhdxlog_check_find(f->id);
	vhdxlog_finding_where(s->scan, i, &cursor, where);
	if (strcmp(where, "image") == 0 || strcmp(where, "log") == 0)
		*where = '\0';
	add(p, ", but %s (%s%s%s)", check ? check->sentence : f->message, f->id,
	    *where ? ", " : "", where);
}

/* ------------------------------------------------------ one for each state */

static void say_not_vhdx(struct phrase *p, const struct report_subject *s)
{
	const char *other = facts_other_format(s->source);
	struct vhdxlog_verdict v;
	char size[32];

	add(p, "This is no VHDX image: ");
	if (facts_image_verdict(s->scan, "ident-signature-bad", &v))
		add(p, "file type identifier at 0x%" PRIx64 ": got %s, want %s",
		    v.offset, v.got, v.want);
	else
		add(p, "the file has only %s",
		    report_size(vhdxlog_source_size(s->source), size));
	if (other)
		add(p, "; the file begins like %s", other);
	add(p, ".");
}

static void say_unreadable(struct phrase *p, const struct report_subject *s)
{
	add(p, "The image could not be examined: ");
	say_because(p, vhdxlog_verdict(s->scan),
		    "the system could not read it");
	add(p, "; copy it with a tool that survives read errors and scan the "
	       "copy.");
}

static void say_unstable(struct phrase *p, const struct report_subject *s)
{
	(void)s;
	add(p, "The image changed while it was being read, so it is in use and "
	       "nothing below is certain; scan it again when nothing has it "
	       "open, or scan a snapshot.");
}

static void add_residue(struct phrase *p, const struct report_subject *s)
{
	uint64_t n = vhdxlog_entry_tally(s->scan, VHDXLOG_VALID) +
		     vhdxlog_entry_tally(s->scan, VHDXLOG_STALE);

	add_count(p, n, "sound log entry", "sound log entries", false);
}

/* Without a header, only --log-guid says what is current. */
static void add_named_session(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	if (facts_active_sequence(s->scan, &active))
		add(p, "; of the session that was named, %s would be replayed",
		    facts_range_id(active.id, id));
	else if (!vhdxlog_log(s->scan)->has_guid)
		add(p, "; which session is current is not known, but can be "
		       "said with --log-guid");
	else
		add(p, "; of the session that was named, nothing would be "
		       "replayed");
}

static bool add_if_outside(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);

	if (log->present || !log->sectors)
		return false;
	add(p, "none of its %" PRIu32 " sectors lies inside the file",
	    log->sectors);
	return true;
}

/* No option helps where the bytes are not there. */
static void say_too_short(struct phrase *p, const struct report_subject *s)
{
	bool no_headers = !vhdxlog_header(s->scan, 1)->readable;
	char size[32];

	add(p, "The file has only %s (file-too-small): too short to hold ",
	    report_size(vhdxlog_source_size(s->source), size));
	if (no_headers)
		add(p, "headers or a log");
	else
		add(p, "a log, and without a usable header");
	add(p, "; look for a longer copy.");
}

static void say_log_not_found(struct phrase *p, const struct report_subject *s)
{
	const char *in_vain = assumed_in_vain(s->scan);

	add(p, "Neither copy of the header is usable, so nothing says where "
	       "the log is; ");
	if (in_vain)
		add(p, "%s.", in_vain);
	else
		add(p, "--log-offset and --log-length can, or --header to "
		       "believe a copy.");
}

static void say_raw_log(struct phrase *p, const struct report_subject *s)
{
	add(p, "A log region without its image, with ");
	add_residue(p, s);
	add_named_session(p, s);
	add(p, ".");
}

static void say_log_assumed(struct phrase *p, const struct report_subject *s)
{
	add(p, "Neither copy of the header is usable, so nothing says whether "
	       "the log must be replayed; ");
	if (!add_if_outside(p, s)) {
		add(p, "it holds ");
		add_residue(p, s);
		add_named_session(p, s);
	}
	add(p, ".");
}

static void say_headers_lost(struct phrase *p, const struct report_subject *s)
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

static void say_truncated(struct phrase *p, const struct report_subject *s)
{
	uint64_t size = vhdxlog_source_size(s->source);
	struct vhdxlog_entry head;
	char text[32];

	add(p, "The file was cut: ");
	if (!facts_active_head(s->scan, &head) ||
	    head.flushed_file_offset <= size) {
		say_because(p, vhdxlog_verdict(s->scan),
			    "it is shorter than its log says");
		add(p, ".");
		return;
	}
	add(p, "it is %s shorter",
	    report_size(head.flushed_file_offset - size, text));
	add(p, " than the %s", report_size(head.flushed_file_offset, text));
	add(p,
	    " that E%" PRIu32 " says were safely on disk; look for a longer "
	    "copy before anything else.",
	    head.sector);
}

static void add_waiting(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;

	if (!facts_active_sequence(s->scan, &active))
		return;
	add(p, "; ");
	add_count(p, active.entries, "log entry waits", "log entries wait",
		  false);
	add(p, " to be applied as well");
}

static void say_damaged(struct phrase *p, const struct report_subject *s)
{
	add(p, "The image is damaged: ");
	say_because(p, vhdxlog_verdict(s->scan), "a rule of the format fails");
	add_waiting(p, s);
	add(p, ".");
}

/* "; two are damaged" */
static void add_others(struct phrase *p, uint64_t n, const char *one,
		       const char *many)
{
	char word[24];

	if (n)
		add(p, "; %s %s", number_word(n, false, word),
		    n == 1 ? one : many);
}

/* Where options had a say, the header does not say it of this log. */
static void add_must_replay(struct phrase *p, const struct report_subject *s)
{
	add(p, "%s log must be replayed, but ",
	    assumed_of(s->scan).any ? "The" : "The header says that the");
}

static void add_why_nothing(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);
	size_t current = vhdxlog_entry_tally(s->scan, VHDXLOG_VALID);
	char word[24];

	if (add_if_outside(p, s))
		return;
	if (current == 0)
		add(p, "no sound entry of its session is left");
	else if (current == 1)
		add(p, "the one sound entry of its session ends no whole "
		       "sequence");
	else
		add(p,
		    "none of the %s sound entries of its session ends a "
		    "whole sequence",
		    number_word(current, false, word));
	if (log->present && log->present < log->sectors)
		add(p,
		    "; only %" PRIu32 " of its %" PRIu32
		    " sectors lie inside the file",
		    log->present, log->sectors);
}

static void say_unreplayable(struct phrase *p, const struct report_subject *s)
{
	size_t stale = vhdxlog_entry_tally(s->scan, VHDXLOG_STALE);

	add_must_replay(p, s);
	add_why_nothing(p, s);
	add_others(p, vhdxlog_entry_tally(s->scan, VHDXLOG_INVALID),
		   "entry is damaged", "entries are damaged");
	if (assumed_session(s->scan))
		add_others(p, stale, "is of another session",
			   "are of other sessions");
	else
		add_others(p, stale, "is of an earlier session",
			   "are of earlier sessions");
	if (facts_log_has_holes(s->scan))
		add(p, "; some of its sectors could not be read");
	add(p, ".");
}

static void say_ambiguous(struct phrase *p, const struct report_subject *s)
{
	unsigned disks = facts_distinct_results(s->scan);
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	add(p, "Log entries wait to be applied and readers disagree on which: "
	       "they end with ");
	add_count(p, disks, "disk", "different disks", false);
	if (facts_active_sequence(s->scan, &active))
		add(p, "; the specification applies %s",
		    facts_range_id(active.id, id));
	else
		add(p, "; the specification applies nothing");
	add(p, ".");
}

static void say_noop(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;

	add_must_replay(p, s);
	if (facts_active_sequence(s->scan, &active)) {
		add(p, "applying its ");
		add_count(p, active.entries, "entry", "entries", false);
	} else {
		add(p, "doing so");
	}
	add(p, " would change no byte");
	if (!assumed_of(s->scan).any)
		add(p, "; only the mark is left");
	add_worry(p, s);
	add(p, ".");
}

static void say_dirty(struct phrase *p, const struct report_subject *s)
{
	struct vhdxlog_sequence active;
	struct vhdxlog_effect effect;

	if (!facts_active_sequence(s->scan, &active)) {
		add(p, "Log entries wait to be applied.");
		return;
	}
	add_count(p, active.entries, "log entry waits", "log entries wait",
		  true);
	add(p, " to be applied");
	if (active_effect(s, &active, &effect)) {
		add(p, "; ");
		add_effect(p, &effect, active.entries);
	}
	add_worry(p, s);
	add(p, ".");
}

static void say_clean(struct phrase *p, const struct report_subject *s)
{
	add(p, "Nothing waits to be applied");
	add_worry(p, s);
	add(p, ".");
}

/*
 * "With the log assumed at 0x100000 (--log-offset): ", which the sentence goes
 * on from. What is said of other files and of changes does not rest on it.
 */
static void add_assumption(struct phrase *p, const struct report_subject *s)
{
	enum vhdxlog_state state = vhdxlog_verdict(s->scan)->state;
	char words[ASSUMED_WORDS];

	if (state == VHDXLOG_NOT_VHDX || state == VHDXLOG_UNSTABLE ||
	    facts_is_too_short(s->scan))
		return;
	add(p, "%s", assumed_words(s->scan, words));
}

static void add_change(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(s->scan);

	if (o->unchanged || o->state == VHDXLOG_UNSTABLE)
		return;
	p->length--; /* the full stop: it stays one sentence */
	add(p, "; but the file changed while it was read, so scan it again "
	       "when nothing has it open.");
}

static void lower_first(struct phrase *p, size_t at)
{
	if (at > 0 && at < p->size)
		p->buf[at] = (char)tolower((unsigned char)p->buf[at]);
}

int report_summary(char *buf, size_t size, const struct report_subject *s)
{
	static void (*const say[])(struct phrase *,
				   const struct report_subject *) = {
		[VHDXLOG_NOT_VHDX] = say_not_vhdx,
		[VHDXLOG_UNREADABLE] = say_unreadable,
		[VHDXLOG_UNSTABLE] = say_unstable,
		[VHDXLOG_HEADERS_LOST] = say_headers_lost,
		[VHDXLOG_TRUNCATED] = say_truncated,
		[VHDXLOG_DAMAGED] = say_damaged,
		[VHDXLOG_DIRTY_UNREPLAYABLE] = say_unreplayable,
		[VHDXLOG_DIRTY_AMBIGUOUS] = say_ambiguous,
		[VHDXLOG_DIRTY_NOOP] = say_noop,
		[VHDXLOG_DIRTY] = say_dirty,
		[VHDXLOG_CLEAN] = say_clean,
	};
	struct phrase p = { buf, size, 0 };
	size_t start;

	if (size)
		buf[0] = '\0';
	add_assumption(&p, s);
	start = p.length;
	say[vhdxlog_verdict(s->scan)->state](&p, s);
	lower_first(&p, start);
	add_change(&p, s);
	return (int)p.length;
}
