/* SPDX-License-Identifier: MIT */
/*
 * Reports of an image: JSON parses, each line of JSON lines does, a page of HTML is
 * nothing but what reports are made of, text and CSV have no control character. The
 * file's name, its creator and what flags say it is called are as hostile as can be.
 *
 * Flags: 1 strict, 2 all checks, 4 verbose, 8 quiet.
 */
#include <criterion/criterion.h>
#include <json-c/json.h>

#include <stdlib.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "reports/report.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/page.h"
#include "tests/fuzz/sparse.h"

static const char hostile[] =
	"<zq a=\"b\" c='d'>&zq;\x1b[31m\\\xff\xc2\x80]]>{\"a\":1},\n\r\t\x7f";

typedef int emitter(FILE *out, const struct report_subject *subject,
		    const struct report_options *options,
		    struct vhdxlog_error *err);

struct text {
	char *at; /* owned */
	size_t len;
};

static struct text emit(emitter *report, const struct report_subject *subject,
			const struct report_options *options)
{
	struct text t = { NULL, 0 };
	FILE *f = open_memstream(&t.at, &t.len);

	cr_assert(f);
	cr_assert_eq(report(f, subject, options, NULL), 0);
	cr_assert_eq(fclose(f), 0);
	cr_assert(!memmem(t.at, t.len, "<zq", 3) || report != report_scan_html);
	return t;
}

/* ------------------------------------------------------------------- syntax */

static void parses(const char *text, size_t len)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
					  JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, text, (int)len);
	cr_assert(o, "%s at %zu",
		  json_tokener_error_desc(json_tokener_get_error(t)),
		  json_tokener_get_parse_end(t));
	cr_assert(json_object_is_type(o, json_type_object));
	for (size_t i = json_tokener_get_parse_end(t); i < len; i++)
		cr_assert(text[i] == '\n' || text[i] == '\0');
	json_object_put(o);
	json_tokener_free(t);
}

/* Of a document its lines are no records; of records each is one. */
static void lines_parse(const struct text *t)
{
	for (size_t at = 0, end; at < t->len; at = end + 1) {
		const char *newline = memchr(t->at + at, '\n', t->len - at);

		cr_assert(newline);
		end = (size_t)(newline - t->at);
		t->at[end] = '\0';
		parses(t->at + at, end - at + 1);
	}
}

static void is_shown(const struct text *t)
{
	for (size_t i = 0; i < t->len; i++) {
		uint8_t c = (uint8_t)t->at[i];

		cr_assert((c >= 0x20 && c != 0x7f) || c == '\n' ||
				  (c == '\r' && i + 1 < t->len &&
				   t->at[i + 1] == '\n'),
			  "byte %02x at %zu", c, i);
	}
}

static void is_page(const struct text *t)
{
	size_t at;
	const char *fault = fuzz_page_fault(t->at, t->len, &at);

	cr_assert(!fault, "%s: %.60s", fault, t->at + at);
}

/* ----------------------------------------------------------------- evidence */

/* The creator is what may not be shown as it is, but for what the input has. */
static void put_creator(struct sparse *s)
{
	uint8_t *page = sparse_find(s, 0);

	if (!page || vl_le16(page + VL_OFF_identifier_creator + 64))
		return;
	for (size_t i = 0; hostile[i]; i++)
		vl_put_le16(page + VL_OFF_identifier_creator + 64 + 2 * i,
			    (uint8_t)hostile[i]);
}

static void report_all(const struct report_subject *subject, unsigned flags)
{
	const struct report_options o = {
		.path = hostile,
		.all_checks = flags & 2,
		.verbose = flags & 4,
		.quiet = flags & 8,
		.width = 80,
	};
	struct text t = emit(report_scan_json, subject, &o);

	parses(t.at, t.len + 1);
	free(t.at);
	t = emit(report_scan_jsonl, subject, &o);
	lines_parse(&t);
	free(t.at);
	t = emit(report_scan_html, subject, &o);
	is_page(&t);
	free(t.at);
	t = emit(report_scan_text, subject, &o);
	is_shown(&t);
	free(t.at);
	t = emit(report_scan_csv, subject, &o);
	is_shown(&t);
	free(t.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s;
	struct report_subject subject;

	sparse_decode(&s, data, size);
	put_creator(&s);
	o.hash_structures = false;
	o.strict = s.flags & 1;
	subject.source = sparse_open(&s);
	cr_assert_eq(vhdxlog_scan(subject.source, &o, &subject.scan, NULL), 0);
	report_all(&subject, s.flags);
	vhdxlog_scan_close(subject.scan);
	vhdxlog_source_close(subject.source);
	return 0;
}
