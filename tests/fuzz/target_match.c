/* SPDX-License-Identifier: MIT */
/*
 * Rules over an image: many stretches at a time they hold where they
 * hold of each by itself.
 *
 * Flags: 1 also the ring as it lies, 2 also the structures as replayed: megabytes.
 */
#include <criterion/criterion.h>

#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/sparse.h"
#include "tests/unit/patch_case.h"
#include "vhdxlog-match.h"

static const char text[] =
	"rule bytes { strings: $a = { 00 00 06 } $b = \"data\""
	" condition: any of them }\n"
	"rule start { strings: $a = \"loge\" condition: $a at 0 }\n"
	"rule chained { strings: $a = { 64 65 73 63 [300-900] 00 00 }"
	" condition: #a > 1 }\n"
	"rule without { strings: $a = \"desc\" condition: not $a and"
	" filesize > 4096 }\n"
	"rule asks { strings: $a = \"zero\" condition: $a and not without or"
	" (entry_sequence > 5 and scope == \"pages\") }\n"
	"rule stale_one { condition: stale and uint8(9) > 3 }\n"
	"rule area { condition: target_region == \"bat\" and"
	" target_offset > 0 }\n";

/* Compiled once, before any image. */
static struct vhdxlog_rules *rules(void)
{
	static struct vhdxlog_rules *made;
	char path[64];
	const char *files[] = { path };
	const struct vhdxlog_rules_options wanted = { .files = files,
						      .file_count = 1 };
	int fd;

	if (made)
		return made;
	fd = memory_file(text, sizeof(text) - 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cr_assert_eq(vhdxlog_rules_open(&wanted, &made, NULL), 0);
	close(fd);
	return made;
}

static struct vhdxlog_matches *match(struct vhdxlog_scan *scan, unsigned flags,
				     bool each)
{
	struct vhdxlog_match_options wanted = VHDXLOG_MATCH_OPTIONS_INIT;
	struct vhdxlog_matches *m;

	wanted.scopes = (1u << VHDXLOG_MATCH_SCOPES) - 1;
	if (!(flags & 1))
		wanted.scopes &= ~(1u << VHDXLOG_MATCH_RAW);
	if (!(flags & 2))
		wanted.scopes &= ~(1u << VHDXLOG_MATCH_REPLAYED);
	wanted.no_batches = each;
	cr_assert_eq(vhdxlog_match(scan, rules(), &wanted, &m, NULL), 0);
	return m;
}

static void same(const struct vhdxlog_matches *a,
		 const struct vhdxlog_matches *b)
{
	const struct vhdxlog_match *x, *y;

	cr_assert_eq(vhdxlog_match_count(a), vhdxlog_match_count(b));
	for (size_t i = 0; (x = vhdxlog_match_at(a, i)); i++) {
		y = vhdxlog_match_at(b, i);
		cr_assert(strcmp(x->rule, y->rule) == 0 &&
				  x->scope == y->scope &&
				  x->length == y->length &&
				  x->file_offset == y->file_offset &&
				  x->target_offset == y->target_offset &&
				  x->entry == y->entry,
			  "hit %zu: %s", i, x->rule);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_matches *many, *each;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	static struct sparse s;

	sparse_decode(&s, data, size);
	o.hash_structures = false;
	source = sparse_open(&s);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	many = match(scan, s.flags, false);
	each = match(scan, s.flags, true);
	same(many, each);
	vhdxlog_match_close(many);
	vhdxlog_match_close(each);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}
