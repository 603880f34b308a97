/* SPDX-License-Identifier: MIT */
/* The corpus builder: what damage touches, and what a wrong recipe does. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/image.h"

#define BASE                                                                 \
	"\"about\": \"\", \"image\": {\"parent\": {\"parent_linkage\": "     \
	"\"x\", \"relative_path\": \"y\"}}, \"log\": {\"entries\": ["        \
	"{\"at\": 1, \"writes\": [{\"page\": \"2M+8K\", \"fill\": 1},"       \
	" {\"zero\": \"2M+4K\"}]}, {\"at\": 255, \"writes\": "               \
	"[{\"page\": \"2M+12K\", \"fill\": 2}]}]}"

static void build(const char *text, struct vl_medium *m)
{
	struct recipe r;

	cr_assert_eq(vl_medium_memory(0, m, NULL), 0);
	recipe_parse(text, "by test", &r);
	corpus_build(&r, m);
	recipe_release(&r);
}

struct touched {
	uint64_t from, to; /* the field: the bytes that may differ */
	uint64_t checksum; /* ... besides the 4 there */
};

static const struct damage_case {
	const char *damage;
	struct touched places[2];
} damage_cases[] = {
	{ "{\"set\": \"E1.tail\", \"to\": 8192}",
	  { { 0x10100c, 0x101010, 0x101004 } } },
	{ "{\"set\": \"E1.d1.zero_length\", \"to\": 0}",
	  { { 0x101068, 0x101070, 0x101004 } } },
	{ "{\"set\": \"E1.s0.sequence_low\", \"to\": 7}",
	  { { 0x102ffc, 0x103000, 0x101004 } } },
	{ "{\"set\": \"E255.s0.sequence_high\", \"to\": 7, \"seal\": true}",
	  { { 0x100004, 0x100008, 0x1ff004 } } },
	{ "{\"set\": \"E1.checksum\", \"to\": 7}",
	  { { 0x101004, 0x101008, 0x101004 } } },
	{ "{\"set\": \"E1.reserved\", \"to\": 7, \"seal\": false}",
	  { { 0x10101c, 0x101020, 0x10101c } } },
	{ "{\"set\": \"header1.version\", \"to\": 7}",
	  { { 0x10042, 0x10044, 0x10004 } } },
	{ "{\"set\": \"headers.log_guid\", \"to\": \"zero\"}",
	  { { 0x10030, 0x10040, 0x10004 }, { 0x20030, 0x20040, 0x20004 } } },
	{ "{\"set\": \"header2+4096\", \"to\": 7}",
	  { { 0x21000, 0x21008, 0x21000 } } },
	{ "{\"set\": \"regions.entry[1].length\", \"to\": 7}",
	  { { 0x30048, 0x3004c, 0x30004 }, { 0x40048, 0x4004c, 0x40004 } } },
	{ "{\"set\": \"regions2.entry_count\", \"to\": 7}",
	  { { 0x40008, 0x4000c, 0x40004 } } },
	{ "{\"set\": \"metadata.entry[3].offset\", \"to\": 7}",
	  { { 0x300090, 0x300094, 0x300090 } } },
	{ "{\"set\": \"item:file-parameters.block_size\", \"to\": 7}",
	  { { 0x310000, 0x310004, 0x310000 } } },
	{ "{\"set\": \"item:virtual-disk-size\", \"to\": 7}",
	  { { 0x310008, 0x310010, 0x310008 } } },
	{ "{\"set\": \"locator.entry[1].key_length\", \"to\": 7}",
	  { { 0x310050, 0x310052, 0x310050 } } },
	{ "{\"set\": \"locator.value[0]\", \"to\": \"z\"}",
	  { { 0x310070, 0x310072, 0x310070 } } },
	{ "{\"set\": \"bat[3]\", \"to\": \"zero\"}",
	  { { 0x200018, 0x200020, 0x200018 } } },
	{ "{\"set\": \"log[7]+12\", \"bytes\": \"01 02\"}",
	  { { 0x10700c, 0x10700e, 0x10700c } } },
	{ "{\"fill\": \"file+0x50000\", \"length\": 3, \"byte\": 9}",
	  { { 0x50000, 0x50003, 0x50000 } } },
	{ "{\"copy\": \"E1\", \"to\": \"log[9]\", \"length\": 64}",
	  { { 0x109000, 0x109040, 0x109000 } } },
};

static bool may_differ(const struct damage_case *c, uint64_t off)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct touched *t = &c->places[i];

		if ((off >= t->from && off < t->to) ||
		    (t->checksum && off - t->checksum < 4))
			return true;
	}
	return false;
}

/* The named bytes do differ; nothing else does but the checksums around. */
static void expect_touched(const struct vl_medium *sound,
			   const struct vl_medium *damaged,
			   const struct damage_case *c)
{
	uint64_t size, size2;
	const uint8_t *a = vl_medium_bytes(sound, &size);
	const uint8_t *b = vl_medium_bytes(damaged, &size2);
	const struct touched *t = &c->places[0];

	cr_assert_eq(size, size2);
	cr_expect_neq(memcmp(a + t->from, b + t->from, t->to - t->from), 0,
		      "%s changes nothing", c->damage);
	for (uint64_t i = 0; i < size; i++)
		cr_assert(a[i] == b[i] || may_differ(c, i), "%s at %#lx",
			  c->damage, (unsigned long)i);
}

Test(write_corpus, damage_touches_the_named_bytes_and_checksums_only)
{
	struct vl_medium sound, damaged;
	char text[1024];

	build("{" BASE "}", &sound);
	for (size_t i = 0; i < sizeof(damage_cases) / sizeof(*damage_cases);
	     i++) {
		snprintf(text, sizeof(text), "{%s, \"damage\": [%s]}", BASE,
			 damage_cases[i].damage);
		build(text, &damaged);
		expect_touched(&sound, &damaged, &damage_cases[i]);
		vl_medium_close(&damaged);
	}
	vl_medium_close(&sound);
}

Test(write_corpus, same_recipe_gives_same_bytes)
{
	struct vl_medium a, b;
	uint64_t size, size2;

	build("{" BASE "}", &a);
	build("{" BASE "}", &b);
	vl_medium_bytes(&a, &size);
	vl_medium_bytes(&b, &size2);
	cr_assert_eq(size, size2);
	cr_expect_arr_eq(vl_medium_bytes(&a, NULL), vl_medium_bytes(&b, NULL),
			 size);
	vl_medium_close(&a);
	vl_medium_close(&b);
}

#define WRONG(name, text)                              \
	Test(write_corpus, refuses_##name, .exit_code = 2) \
	{                                              \
		struct vl_medium m;                    \
                                                       \
		cr_redirect_stderr();                  \
		build(text, &m);                       \
	}

WRONG(syntax, "{\"about\": \"\",}")
WRONG(trailing_text, "{\"about\": \"\"} x")
WRONG(no_about, "{}")
WRONG(unknown_key, "{\"about\": \"\", \"imgae\": {}}")
WRONG(wrong_type, "{\"about\": 1}")
WRONG(bad_number, "{\"about\": \"\", \"image\": {\"file_size\": \"3X\"}}")
WRONG(negative, "{\"about\": \"\", \"image\": {\"file_size\": -1}}")
WRONG(too_large, "{\"about\": \"\", \"image\": {\"block_size\": \"4G\"}}")
WRONG(unknown_place,
      "{\"about\": \"\", \"damage\": [{\"set\": \"E0.tail\", \"to\": 0}]}")
WRONG(unknown_field,
      "{\"about\": \"\", \"damage\": [{\"set\": \"header1.x\", \"to\": 0}]}")
WRONG(value_that_does_not_fit,
      "{\"about\": \"\", \"damage\": [{\"set\": \"header1.version\", "
      "\"to\": 65536}]}")
WRONG(entry_longer_than_the_log,
      "{\"about\": \"\", \"log\": {\"entries\": [{\"pad\": 256}]}}")
