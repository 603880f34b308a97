/* SPDX-License-Identifier: MIT */
/* How guesses are reported, of made-up ones. */
#include <criterion/criterion.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"
#include "reports/report.h"
#include "scan.h"

struct made {
	struct buffer image;
	struct scanned s;
	struct report_subject subject;
	struct report_options options;
	char *text; /* owned; what was reported last */
	size_t length;
};

static const char clean[] = "{\"about\": \"Nothing in it.\"}";

static void made_open(struct made *m)
{
	*m = (struct made){ .image = build_recipe(clean) };
	m->s = scan_memory(m->image.at, m->image.len, NULL);
	m->subject = (struct report_subject){ m->s.source, m->s.scan };
	m->options = (struct report_options){ .path = "disk.vhdx" };
}

static void made_close(struct made *m)
{
	free(m->text);
	scan_release(&m->s);
	buffer_free(&m->image);
}

static struct vl_guess *add(struct made *m, enum vhdxlog_guess_kind kind,
			    uint64_t offset, uint64_t length, bool assumed)
{
	struct vl_guess *g = vl_guess_add(&m->s.scan->guesses, kind, NULL);

	cr_assert(g);
	g->pub.offset = offset;
	g->pub.length = length;
	g->pub.assumed = assumed;
	vl_guess_say(g, 30, "\x1b[31m<a> \"b\"");
	return g;
}

/* One of each kind, and of the log another. */
static void fill(struct made *m)
{
	struct vl_guess *g;

	g = add(m, VHDXLOG_GUESS_LOG, 1048576, 1048576, true);
	vl_guess_say(g, 55, "it says so itself");
	add(m, VHDXLOG_GUESS_LOG, 1048576, 2097152, false);
	g = add(m, VHDXLOG_GUESS_LOG_GUID, 0, 0, true);
	memset(&g->pub.guid, 0x11, sizeof(g->pub.guid));
	g->pub.certain = true;
	add(m, VHDXLOG_GUESS_BAT, UINT64_MAX, 1048576, true);
	add(m, VHDXLOG_GUESS_METADATA, 2097152, 1048576, false);
	add(m, VHDXLOG_GUESS_BLOCK_SIZE, 0, 33554432, true);
	add(m, VHDXLOG_GUESS_DISK_SIZE, 0, UINT64_C(1) << 40, true);
	vl_guesses_rank(&m->s.scan->guesses);
}

typedef int (*emitter)(FILE *out, const struct report_subject *subject,
		       const struct report_options *options,
		       struct vhdxlog_error *err);

static void emit(struct made *m, emitter write)
{
	FILE *out;

	free(m->text);
	m->text = NULL;
	out = open_memstream(&m->text, &m->length);
	cr_assert(out);
	cr_assert_eq(write(out, &m->subject, &m->options, NULL), 0);
	cr_assert_eq(fclose(out), 0);
}

/* The text with all white space as one blank. */
static char *flat(const struct made *m)
{
	char *to = calloc(1, m->length + 1);
	size_t n = 0;

	cr_assert(to);
	for (size_t i = 0; i < m->length; i++) {
		bool blank = strchr(" \n", m->text[i]);

		if (!blank || (n && to[n - 1] != ' '))
			to[n++] = blank ? ' ' : m->text[i];
	}
	return to;
}

static void expect(const struct made *m, const char *words, bool there)
{
	char *text = flat(m);

	cr_expect_eq(strstr(text, words) != NULL, there, "%s\n%s", words,
		     m->text);
	free(text);
}

Test(report_guesses, none_where_nothing_was_guessed)
{
	struct made m;

	made_open(&m);
	emit(&m, report_scan_json);
	expect(&m, "\"orphans\":[],\"guesses\":[],\"findings\":[", true);
	emit(&m, report_scan_text);
	expect(&m, "assumed", false);
	made_close(&m);
}

static struct json_object *member(struct json_object *of, const char *key)
{
	struct json_object *found = NULL;

	cr_assert(json_object_object_get_ex(of, key, &found), "%s", key);
	return found;
}

/* The member as JSON writes it. */
static void expect_member(struct json_object *guess, const char *key,
			  const char *want)
{
	const char *got = json_object_to_json_string_ext(
		member(guess, key), JSON_C_TO_STRING_PLAIN);

	cr_expect_str_eq(got, want, "%s", key);
}

Test(report_guesses, json_has_them_all_by_kind)
{
	static const char *const want[][5] = {
		{ "\"log\"", "\"1048576\"", "\"1048576\"", "null", "true" },
		{ "\"log\"", "\"1048576\"", "\"2097152\"", "null", "false" },
		{ "\"log-guid\"", "null", "null",
		  "\"11111111-1111-1111-1111-111111111111\"", "true" },
		{ "\"bat\"", "\"18446744073709551615\"", "\"1048576\"", "null",
		  "true" },
		{ "\"metadata\"", "\"2097152\"", "\"1048576\"", "null",
		  "false" },
		{ "\"block-size\"", "null", "\"33554432\"", "null", "true" },
		{ "\"disk-size\"", "null", "\"1099511627776\"", "null",
		  "true" },
	};
	struct json_object *document, *list;
	struct made m;

	made_open(&m);
	fill(&m);
	emit(&m, report_scan_json);
	document = json_tokener_parse(m.text);
	cr_assert(document);
	list = member(document, "guesses");
	cr_assert_eq(json_object_array_length(list), 7u);
	for (size_t i = 0; i < 7; i++) {
		struct json_object *g = json_object_array_get_idx(list, i);

		expect_member(g, "what", want[i][0]);
		expect_member(g, "offset", want[i][1]);
		expect_member(g, "length", want[i][2]);
		expect_member(g, "guid", want[i][3]);
		expect_member(g, "assumed", want[i][4]);
		expect_member(g, "certain", i == 2 ? "true" : "false");
		expect_member(g, "score", i == 0 ? "85" : "30");
	}
	list = member(json_object_array_get_idx(list, 0), "evidence");
	cr_assert_eq(json_object_array_length(list), 2u);
	cr_expect_str_eq(json_object_get_string(
				 json_object_array_get_idx(list, 1)),
			 "it says so itself");
	json_object_put(document);
	made_close(&m);
}

static size_t count(const char *text, const char *words)
{
	size_t n = 0;

	for (; (text = strstr(text, words)); text++)
		n++;
	return n;
}

Test(report_guesses, jsonl_has_a_record_of_each)
{
	struct made m;

	made_open(&m);
	fill(&m);
	emit(&m, report_scan_jsonl);
	cr_expect_eq(count(m.text, "\"type\":\"guess\""), 7u);
	cr_expect_eq(count(m.text, "\"guesses\""), 0u);
	made_close(&m);
}

Test(report_guesses, text_has_the_best_and_all_with_v)
{
	struct made m;

	made_open(&m);
	fill(&m);
	emit(&m, report_scan_text);
	expect(&m, "log 1 MiB at 0x100000 (score 85): \\x1b[31m<a> \"b\"; it "
		   "says so itself log-guid 11111111-1111-1111-1111-"
		   "111111111111 (nothing else fits, score 30): ",
	       true);
	expect(&m, "metadata 1 MiB at 0x200000 (not used, score 30): ", true);
	expect(&m, "block-size 32 MiB (score 30): ", true);
	expect(&m, "disk-size at least 1 TiB (score 30): ", true);
	expect(&m, "1 more candidate; -v lists it", true);
	expect(&m, "2 MiB at 0x100000", false);
	m.options.verbose = true;
	emit(&m, report_scan_text);
	expect(&m, "log 2 MiB at 0x100000 (not used, score 30): ", true);
	expect(&m, "more candidate", false);
	made_close(&m);
}

/* The sentence of the verdict says what it rests on. */
Test(report_guesses, the_verdict_begins_with_them)
{
	char sentence[1024];
	struct made m;

	made_open(&m);
	fill(&m);
	report_summary(sentence, sizeof(sentence), &m.subject);
	cr_expect(strncmp(sentence, "With the place of BAT guessed, the block "
				    "size guessed: nothing",
			  61) == 0,
		  "%s", sentence);
	made_close(&m);
}
