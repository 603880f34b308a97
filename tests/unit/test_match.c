/* SPDX-License-Identifier: MIT */
/*
 * Rules over random and hostile rings: looked at many stretches at a time they hold
 * where they hold of each by itself, and where no string is little is asked.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bases.h"
#include "vhdxlog-match.h"

static struct vhdxlog_rules *rules_of(const char *text)
{
	char path[] = "/tmp/vhdxlog-match-XXXXXX";
	const char *files[] = { path };
	const struct vhdxlog_rules_options wanted = { .files = files,
						      .file_count = 1 };
	struct vhdxlog_rules *rules;
	int fd = mkstemp(path);

	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	cr_assert_eq(vhdxlog_rules_open(&wanted, &rules, NULL), 0);
	unlink(path);
	return rules;
}

static struct vhdxlog_matches *match(const struct scanned *s,
				     const struct vhdxlog_rules *rules,
				     bool no_batches)
{
	struct vhdxlog_match_options wanted = VHDXLOG_MATCH_OPTIONS_INIT;
	struct vhdxlog_matches *matches;

	wanted.scopes = (1u << VHDXLOG_MATCH_SCOPES) - 1;
	wanted.no_batches = no_batches;
	cr_assert_eq(vhdxlog_match(s->scan, rules, &wanted, &matches, NULL),
		     0);
	return matches;
}

static bool is_same(const struct vhdxlog_match *x,
		    const struct vhdxlog_match *y)
{
	return strcmp(x->rule, y->rule) == 0 &&
	       strcmp(x->string ? x->string : "", y->string ? y->string : "") ==
		       0 &&
	       x->scope == y->scope && x->length == y->length &&
	       x->file_offset == y->file_offset &&
	       x->target_offset == y->target_offset && x->entry == y->entry &&
	       x->piece_count == y->piece_count &&
	       memcmp(x->bytes, y->bytes, sizeof(x->bytes)) == 0;
}

static void expect_same(const struct vhdxlog_matches *a,
			const struct vhdxlog_matches *b, uint64_t seed)
{
	const struct vhdxlog_match *x, *y;

	cr_assert_eq(vhdxlog_match_count(a), vhdxlog_match_count(b),
		     "seed %llu", (unsigned long long)seed);
	for (size_t i = 0; (x = vhdxlog_match_at(a, i)); i++) {
		y = vhdxlog_match_at(b, i);
		cr_assert(is_same(x, y),
			  "seed %llu, hit %zu: %s", (unsigned long long)seed,
			  i, x->rule);
	}
}

static const char rules_text[] =
	"rule bytes { strings: $a = { 00 00 06 } $b = { 64 61 74 61 }"
	" condition: any of them }\n"
	"rule start { strings: $a = \"loge\" condition: $a at 0 }\n"
	"rule chained { strings: $a = { 64 65 73 63 [300-900] 00 00 }"
	" condition: #a > 1 }\n"
	"rule without { strings: $a = \"desc\" condition: not $a and"
	" filesize > 4096 }\n"
	"rule asks { strings: $a = \"zero\" condition: $a and not without or"
	" (entry_sequence > 5 and scope == \"pages\") }\n"
	"rule stale_one { condition: stale and uint8(9) > 3 }\n";

Test(match, batches_tell_the_same)
{
	struct vhdxlog_rules *rules = rules_of(rules_text);
	const unsigned n = rounds(24);
	unsigned seen = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct base b;
		struct scanned s;
		struct vhdxlog_matches *many, *each;

		base_make_random(&b, seed);
		s = scan_memory(b.image.at, b.image.len, NULL);
		many = match(&s, rules, false);
		each = match(&s, rules, true);
		expect_same(many, each, seed);
		seen += vhdxlog_match_rules(many) > 3;
		vhdxlog_match_close(many);
		vhdxlog_match_close(each);
		scan_release(&s);
		base_free(&b);
	}
	assert_often(seen, n / 4, n);
	vhdxlog_rules_close(rules);
}

/* Each of these is false where no string was found: so nothing is asked but the
 * strings, once for a batch, whatever the number of stretches. */
Test(match, what_wants_a_string_costs_nothing_without_one)
{
	static const char text[] =
		"rule a { strings: $a = \"qzqzqzqz1\" condition: $a and stale }\n"
		"rule b { strings: $a = \"qzqzqzqz2\" $b = \"qzqzqzqz3\""
		" condition: entry_sequence > 5 and any of them }\n"
		"rule c { strings: $a = \"qzqzqzqz4\" condition: #a > 2 or"
		" (target_offset == 5 and $a) }\n"
		"rule d { strings: $a = \"qzqzqzqz5\" condition: a or $a }\n";
	struct vhdxlog_rules *rules = rules_of(text);
	struct vhdxlog_rules *free_one =
		rules_of("rule e { condition: entry_sequence == 3 }\n");
	struct vhdxlog_matches *few, *all, *asked;
	uint64_t scans, more, most, bytes;
	struct scanned s;
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	s = scan_memory(b.image.at, b.image.len, NULL);
	few = match(&s, rules, false);
	all = match(&s, rules, true);
	asked = match(&s, free_one, false);
	vhdxlog_match_cost(few, &scans, &bytes);
	vhdxlog_match_cost(all, &most, &bytes);
	vhdxlog_match_cost(asked, &more, &bytes);
	/* One for each scope that there is anything of, or two. */
	cr_assert(scans <= 2 * VHDXLOG_MATCH_SCOPES, "%llu scans",
		  (unsigned long long)scans);
	cr_assert(most > scans);
	cr_assert(more > most, "a rule that wants no string is asked of all");
	vhdxlog_match_close(few);
	vhdxlog_match_close(all);
	vhdxlog_match_close(asked);
	scan_release(&s);
	base_free(&b);
	vhdxlog_rules_close(rules);
	vhdxlog_rules_close(free_one);
}
