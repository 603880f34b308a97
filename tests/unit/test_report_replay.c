/* SPDX-License-Identifier: MIT */
/*
 * The reports of a replay, of made-up ones: what a program may hand over, and
 * what none should.
 */
#include <criterion/criterion.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "reports/report.h"

#define SHA	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HOSTILE "a\x1b[31m\n\xff\"\\</script>"

/* ------------------------------------------------------------ what is made */

/* Stretches to be told, the last of them as often as it takes. */
struct feed {
	struct report_page pages[4];
	size_t kinds, total, told;
	size_t fails_at; /* one of total; SIZE_MAX: never */
};

static int tell(void *ctx, struct report_page *page, struct vhdxlog_error *err)
{
	struct feed *f = ctx;

	if (f->told == f->fails_at) {
		*err = (struct vhdxlog_error){ .code = VHDXLOG_E_IO,
					       .what = "telling" };
		return VHDXLOG_E_IO;
	}
	if (f->told == f->total)
		return 1;
	*page = f->pages[f->told < f->kinds ? f->told : f->kinds - 1];
	f->told++;
	return 0;
}

/* A dirty image, scanned, and a replay of it that was written. */
struct made {
	struct base base;
	struct scanned s;
	struct report_subject subject;
	struct vhdxlog_overlay *overlay; /* owned */
	struct feed feed;
	struct report_replay replay;
	struct report_options options;
	struct vhdxlog_error err;
	char *text; /* owned; what was reported last */
	size_t length;
	int rc;
};

static void made_open(struct made *m)
{
	static const struct feed feed = {
		.pages = {
			{ .offset = 65536, .length = 4096, .changes = true,
			  .entry = VHDXLOG_NO_SECTOR,
			  .area = VHDXLOG_AREA_HEADERS,
			  .before = SHA, .after = SHA },
			{ .offset = 3145728, .length = 4096, .changes = true,
			  .entry = 5, .area = VHDXLOG_AREA_BAT,
			  .before = SHA, .after = SHA },
			{ .offset = 3149824, .length = 65536, .zero = true,
			  .changes = true, .entry = 7,
			  .area = VHDXLOG_AREA_METADATA },
			{ .offset = 4194304, .length = 4096, .entry = 7,
			  .area = VHDXLOG_AREA_BAT,
			  .before = SHA, .after = SHA },
		},
		.kinds = 4,
		.total = 4,
		.fails_at = SIZE_MAX,
	};

	*m = (struct made){ .feed = feed };
	base_make(&m->base, BASE_DYNAMIC);
	m->s = scan_memory(m->base.image.at, m->base.image.len, NULL);
	m->subject = (struct report_subject){ m->s.source, m->s.scan };
	cr_assert_eq(vhdxlog_overlay_policy(m->s.scan, 0, &m->overlay, NULL),
		     0);
	m->options = (struct report_options){ .path = "disk.vhdx" };
	m->replay = (struct report_replay){
		.subject = &m->subject,
		.overlay = m->overlay,
		.output = "out.vhdx",
		.sizes_known = true,
		.size_before = 4194304,
		.size_after = 37748736,
		.has_headers = true,
		.headers = { *vhdxlog_header(m->s.scan, 1),
			     *vhdxlog_header(m->s.scan, 2) },
		.copied_by = "reflink",
		.page = tell,
		.page_ctx = &m->feed,
		.next = "vhdxlog scan out.vhdx",
	};
}

static void made_close(struct made *m)
{
	free(m->text);
	vhdxlog_overlay_close(m->overlay);
	scan_release(&m->s);
	base_free(&m->base);
}

/* Choose what is not safe: an entry of an earlier session. */
static void choose_stale(struct made *m)
{
	struct vhdxlog_range id;
	struct vhdxlog_entry e;
	size_t i = 0;

	do
		cr_assert_eq(vhdxlog_entry_at(m->s.scan, i++, &e, NULL), 0);
	while (e.verdict != VHDXLOG_STALE);
	id = (struct vhdxlog_range){ e.sector, e.sector };
	vhdxlog_overlay_close(m->overlay);
	cr_assert_eq(vhdxlog_overlay_sequence(m->s.scan, id, &m->overlay, NULL),
		     0);
	m->replay.overlay = m->overlay;
	m->replay.sequence = "S1-1";
	m->replay.outcome = REPORT_REFUSED;
	m->replay.page = NULL;
	m->replay.copied_by = NULL;
	m->replay.output = NULL;
	m->replay.next = NULL;
	m->replay.has_headers = false;
}

/* Nothing could be examined. */
static void lose_image(struct made *m)
{
	m->replay = (struct report_replay){
		.outcome = REPORT_FAILED,
		.reason = "cannot read the image",
	};
}

/* A patch needs no scan of the file that it changes. */
static void take_back(struct made *m)
{
	m->subject.scan = NULL;
	m->replay.mode = REPORT_UNAPPLY;
	m->replay.overlay = NULL;
	m->replay.has_headers = false;
	m->replay.patch = "changes.patch";
}

typedef int (*emitter)(FILE *out, const struct report_replay *replay,
		       const struct report_options *options,
		       struct vhdxlog_error *err);

static void emit(struct made *m, emitter write)
{
	FILE *out;

	free(m->text);
	m->text = NULL;
	m->feed.told = 0;
	m->err = (struct vhdxlog_error){ .code = VHDXLOG_OK };
	out = open_memstream(&m->text, &m->length);
	cr_assert(out);
	m->rc = write(out, &m->replay, &m->options, &m->err);
	cr_assert_eq(fclose(out), 0);
}

/* ------------------------------------------------------------------- records
 */

/* Every kind of record once, on the way to where tests/cli can look at it. */
static void put_record(struct made *m, FILE *records)
{
	static const char *const keys[] = {
		"schema", "program",	   "mode",    "outcome", "reason",
		"next",	  "options",	   "source",  "output",	 "selection",
		"fixes",  "state",
		"growth", "packed",	   "headers", "checks",	 "overrides",
		"salvaged", "unsalvaged",
		"pages",  "pages_changed", "custody",
	};
	struct json_object *json;
	size_t n = 0;

	emit(m, report_replay_json);
	cr_assert_eq(m->rc, 0, "%s", m->err.what);
	json = json_tokener_parse(m->text);
	cr_assert(json, "no JSON: %s", m->text);
	json_object_object_foreach(json, key, value)
	{
		(void)value;
		cr_assert_lt(n, sizeof(keys) / sizeof(*keys));
		cr_expect_str_eq(key, keys[n++]);
	}
	cr_expect_eq(n, sizeof(keys) / sizeof(*keys));
	cr_expect_eq(strchr(m->text, '\n'), m->text + m->length - 1,
		     "one line");
	json_object_put(json);
	if (records)
		fwrite(m->text, 1, m->length, records);
}

static void put_written(struct made *m, FILE *records)
{
	const struct vhdxlog_check *overridden[] = { vhdxlog_check_at(0) };

	put_record(m, records);
	m->replay.mode = REPORT_REARM;
	m->replay.packed = true;
	m->replay.hash = true;
	m->replay.source_sha256 = m->replay.output_sha256 = SHA;
	m->replay.copied_by = "plain";
	m->replay.overridden = overridden;
	m->replay.overridden_count = 1;
	m->replay.force = true;
	put_record(m, records);
}

static void put_largest(struct made *m, FILE *records)
{
	m->replay.size_after = UINT64_MAX;
	m->feed.pages[0] = (struct report_page){
		.offset = UINT64_MAX,
		.length = UINT64_MAX,
		.zero = true,
		.changes = true,
		.entry = 1048575,
		.area = VHDXLOG_AREA_UNOWNED,
	};
	m->feed.kinds = m->feed.total = 1;
	m->replay.headers[0].sequence_number = UINT64_MAX;
	m->replay.outcome = REPORT_WOULD_WRITE;
	m->replay.dry_run = true;
	m->replay.output = NULL;
	put_record(m, records);
}

static void put_hostile(struct made *m, FILE *records)
{
	char *argv[] = { (char *)HOSTILE, NULL };
	const struct report_custody custody = {
		.version = "0.1.0",
		.build = "none",
		.argc = 1,
		.argv = argv,
		.user = HOSTILE,
		.host = HOSTILE,
	};

	m->replay.outcome = REPORT_FAILED;
	m->replay.output_sha256 = SHA;
	m->options.path = HOSTILE;
	m->options.custody = &custody;
	m->replay.output = m->replay.patch = HOSTILE;
	m->replay.reason = m->replay.next = HOSTILE;
	m->replay.sequence = m->replay.policy = HOSTILE;
	put_record(m, records);
	m->options.custody = NULL;
}

Test(report_replay, records_of_every_kind_have_the_same_keys)
{
	static void (*const kinds[])(struct made *, FILE *) = {
		put_written,
		put_largest,
		put_hostile,
	};
	static void (*const others[])(struct made *) = {
		choose_stale,
		lose_image,
		take_back,
	};
	const char *path = getenv("VHDXLOG_REPLAY_RECORDS");
	FILE *records = path ? fopen(path, "w") : NULL;
	struct made m;

	cr_assert(!path || records);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		made_open(&m);
		kinds[i](&m, records);
		made_close(&m);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		made_open(&m);
		others[i](&m);
		put_record(&m, records);
		made_close(&m);
	}
	cr_assert(!records || fclose(records) == 0);
}

/* The value at a path of keys as text; "null" for null. */
static const char *member(struct json_object *json, const char *keys)
{
	char key[64];

	while (json && *keys) {
		size_t n = strcspn(keys, ".");

		snprintf(key, sizeof(key), "%.*s", (int)n, keys);
		if (!json_object_object_get_ex(json, key, &json))
			return "(missing)";
		keys += n + (keys[n] == '.');
	}
	return json ? json_object_get_string(json) : "null";
}

static void expect_member(struct made *m, const char *keys, const char *value)
{
	struct json_object *json = json_tokener_parse(m->text);

	cr_assert(json);
	cr_expect_str_eq(member(json, keys), value, "%s: %s", keys,
			 member(json, keys));
	json_object_put(json);
}

Test(report_replay, a_record_says_what_was_handed_over)
{
	struct made m;

	made_open(&m);
	m.replay.source_sha256 = SHA;
	emit(&m, report_replay_json);
	expect_member(&m, "mode", "replay");
	expect_member(&m, "outcome", "written");
	expect_member(&m, "source.sha256.image", SHA);
	expect_member(&m, "output.path", "out.vhdx");
	expect_member(&m, "output.size", "37748736");
	expect_member(&m, "growth.from", "4194304");
	expect_member(&m, "selection.policy", "ms-vhdx");
	expect_member(&m, "selection.verdict", "valid");
	expect_member(&m, "selection.active", "true");
	expect_member(&m, "pages_changed.count", "3");
	expect_member(&m, "pages_changed.bytes", "73728");
	made_close(&m);
}

Test(report_replay, what_was_not_made_has_neither_size_nor_pages)
{
	struct made m;

	made_open(&m);
	choose_stale(&m);
	emit(&m, report_replay_json);
	expect_member(&m, "outcome", "refused");
	expect_member(&m, "output.size", "null");
	expect_member(&m, "headers.after", "null");
	expect_member(&m, "pages", "[ ]");
	expect_member(&m, "pages_changed.count", "null");
	lose_image(&m);
	emit(&m, report_replay_json);
	expect_member(&m, "selection", "null");
	expect_member(&m, "source.size", "null");
	expect_member(&m, "headers.before", "null");
	expect_member(&m, "checks", "[ ]");
	made_close(&m);
}

Test(report_replay, a_patch_needs_a_source_and_no_scan)
{
	struct made m;

	made_open(&m);
	take_back(&m);
	emit(&m, report_replay_json);
	expect_member(&m, "mode", "unapply");
	expect_member(&m, "source.kind", "memory");
	expect_member(&m, "source.unchanged", "null");
	expect_member(&m, "source.sha256.log", "null");
	expect_member(&m, "output.patch.path", "changes.patch");
	made_close(&m);
}

Test(report_replay, pages_that_cannot_be_told_are_an_error)
{
	struct made m;

	made_open(&m);
	m.feed.fails_at = 2;
	emit(&m, report_replay_json);
	cr_expect_eq(m.rc, VHDXLOG_E_IO);
	cr_expect_str_eq(m.err.what, "telling");
	emit(&m, report_replay_text);
	cr_expect_eq(m.rc, VHDXLOG_E_IO);
	cr_expect_eq(m.length, 0u, "no half of a text");
	made_close(&m);
}

/* ---------------------------------------------------------------------- text
 */

static void expect_text(const struct made *m, const char *words)
{
	cr_expect(strstr(m->text, words), "no \"%s\" in:\n%s", words, m->text);
}

static void expect_no_text(const struct made *m, const char *words)
{
	cr_expect_not(strstr(m->text, words), "\"%s\" in:\n%s", words, m->text);
}

/* So wide that no sentence is broken. */
static void read_text(struct made *m)
{
	m->options.width = 1000;
	emit(m, report_replay_text);
	cr_assert_eq(m->rc, 0);
}

static void new_headers(struct made *m)
{
	static const struct vhdxlog_guid guid = {{1, 2, 3}};

	for (unsigned i = 0; i < 2; i++) {
		struct vhdxlog_header *h = &m->replay.headers[i];

		memset(&h->log_guid, 0, sizeof(h->log_guid));
		h->file_write_guid = guid;
		h->sequence_number += 2 + i;
	}
}

Test(report_replay, what_was_written_in_a_sentence)
{
	struct made m;

	made_open(&m);
	new_headers(&m);
	read_text(&m);
	cr_expect_eq(strncmp(m.text, "out.vhdx: WRITTEN. S", 20), 0, "%s",
		     m.text);
	expect_text(&m,
		    " (three entries) applied to a copy of disk.vhdx; one page "
		    "of the BAT and 16 of the metadata changed (64 KiB of it "
		    "zeroes); the file grew from 4 MiB to 36 MiB.\n");
	expect_text(&m, "\n  next: vhdxlog scan out.vhdx\n");
	expect_text(&m, "chosen    as ms-vhdx would: E");
	expect_text(&m, "; valid, active, of the current session\n");
	expect_text(&m, "FileWriteGuid new (00030201-");
	expect_text(&m, "DataWriteGuid kept, LogGuid cleared\n");
	expect_text(&m, "copied    by reflink");
	expect_text(&m, "0x300000   4 KiB  BAT       E5    changes\n");
	expect_text(&m, "0x400000   4 KiB  BAT       E7    the same\n");
	expect_no_text(&m, "more; -v");
	made_close(&m);
}

Test(report_replay, a_dry_run_says_what_would_be)
{
	struct made m;

	made_open(&m);
	m.replay.outcome = REPORT_WOULD_WRITE;
	m.replay.output = m.replay.copied_by = NULL;
	read_text(&m);
	cr_expect_eq(strncmp(m.text, "disk.vhdx: DRY RUN. ", 20), 0, "%s",
		     m.text);
	expect_text(&m, "would be applied to a copy of disk.vhdx");
	expect_text(&m, "would change");
	expect_text(&m, "the file would grow from 4 MiB to 36 MiB. Nothing was "
			"written.\n");
	made_close(&m);
}

Test(report_replay, other_modes_have_their_own_words)
{
	struct made m;

	made_open(&m);
	m.replay.mode = REPORT_REARM;
	m.replay.packed = true;
	read_text(&m);
	expect_text(&m, "made the active sequence of a copy of disk.vhdx, "
			"packed tighter");
	m.replay.mode = REPORT_REPLAY;
	m.replay.output = NULL;
	m.replay.patch = "changes.patch";
	read_text(&m);
	expect_text(&m, "changes.patch: WRITTEN. ");
	expect_text(&m, "would be applied by it to disk.vhdx");
	m.replay.output = "out.vhdx";
	take_back(&m);
	read_text(&m);
	expect_text(&m, "out.vhdx: WRITTEN. changes.patch taken back from a "
			"copy of disk.vhdx; four pieces, 76 KiB; the file");
	m.replay.mode = REPORT_APPLY;
	read_text(&m);
	expect_text(&m, "changes.patch applied to a copy of disk.vhdx");
	made_close(&m);
}

Test(report_replay, a_refusal_begins_with_its_reasons)
{
	struct made m;
	const char *check, *chosen;

	made_open(&m);
	choose_stale(&m);
	m.replay.reason = "all of it once more";
	read_text(&m);
	expect_no_text(&m, m.replay.reason);
	cr_expect_eq(strncmp(m.text,
			     "disk.vhdx: REFUSED. Nothing was written: ", 41),
		     0, "%s", m.text);
	check = strstr(m.text, "\n  replay-not-current: ");
	chosen = strstr(m.text, "\nchosen ");
	cr_assert(check && chosen, "%s", m.text);
	cr_expect_lt(check, chosen, "reasons first");
	expect_text(&m, "  --force overrides ");
	expect_text(&m, "  more: vhdxlog explain replay-not-current\n");
	m.replay.force = true;
	read_text(&m);
	expect_no_text(&m, "--force overrides");
	made_close(&m);
}

Test(report_replay, what_was_overridden_is_no_reason)
{
	static struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	const struct vhdxlog_check *overridden[VHDXLOG_MAX_VERDICTS];
	struct made m;
	int n;

	made_open(&m);
	choose_stale(&m);
	n = vhdxlog_overlay_verdicts(m.overlay, v, NULL);
	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL)
			overridden[m.replay.overridden_count++] = v[i].check;
	}
	cr_assert_gt(m.replay.overridden_count, 0u);
	m.replay.force = true;
	m.replay.overridden = overridden;
	m.replay.reason = "the log is too small";
	read_text(&m);
	expect_text(&m, "Nothing was written: the log is too small.\n");
	expect_no_text(&m, "vhdxlog explain");
	made_close(&m);
}

Test(report_replay, an_override_is_named_beside_what_it_overrode)
{
	const struct vhdxlog_check *overridden[] = {
		vhdxlog_check_find("replay-not-current"),
		vhdxlog_check_find("entry-checksum-bad"),
	};
	struct made m;

	made_open(&m);
	choose_stale(&m);
	m.replay.outcome = REPORT_WRITTEN;
	m.replay.output = "out.vhdx";
	m.replay.force = true;
	m.replay.overridden = overridden;
	m.replay.overridden_count = 2;
	read_text(&m);
	expect_text(&m,
		    "replay-not-current: the entries are not of the session "
		    "that the header names (overridden by --force)\n");
	expect_text(&m, "  entry-checksum-bad: ");
	expect_no_text(&m, "vhdxlog explain");
	made_close(&m);
}

Test(report_replay, a_long_list_is_cut_unless_all_is_asked_for)
{
	struct made m;

	made_open(&m);
	m.feed.total = 1000;
	read_text(&m);
	expect_text(&m, "\n  980 more; -v lists them\n");
	m.options.verbose = true;
	read_text(&m);
	expect_no_text(&m, "more; -v");
	expect_text(&m, "passed (");
	expect_text(&m, "region tables  SHA-256 ");
	made_close(&m);
}

Test(report_replay, no_byte_of_others_reaches_a_terminal_as_it_is)
{
	struct made m;

	made_open(&m);
	m.options.path = m.replay.output = m.replay.patch = HOSTILE;
	m.replay.reason = HOSTILE;
	for (int mode = REPORT_REPLAY; mode <= REPORT_UNAPPLY; mode++) {
		for (int o = REPORT_WRITTEN; o <= REPORT_FAILED; o++) {
			m.replay.mode = (enum report_replay_mode)mode;
			m.replay.outcome = (enum report_replay_outcome)o;
			read_text(&m);
			expect_text(&m, "a\\x1b[31m\\x0a\\xff");
			expect_no_text(&m, "\x1b");
			expect_no_text(&m, "\xff");
		}
	}
	made_close(&m);
}

Test(report_replay, quiet_is_one_line)
{
	struct made m;

	made_open(&m);
	m.options.quiet = true;
	emit(&m, report_replay_text);
	cr_expect_eq(strchr(m.text, '\n'), m.text + m.length - 1);
	made_close(&m);
}

Test(report_replay, nothing_known_is_still_a_report)
{
	struct report_replay nothing = { .outcome = REPORT_REFUSED };
	struct made m;

	made_open(&m);
	m.replay = nothing;
	read_text(&m);
	cr_expect_str_eq(m.text, "disk.vhdx: REFUSED. Nothing was written: no "
				 "reason is known.\n");
	m.replay.outcome = REPORT_FAILED;
	m.replay.reason = "no space left on device.";
	read_text(&m);
	cr_expect_str_eq(m.text,
			 "disk.vhdx: FAILED. No output was left behind: "
			 "no space left on device.\n");
	made_close(&m);
}
