/* SPDX-License-Identifier: MIT */
/* Text of the evidence: converted as the C library does, and never trusted. */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf16.h"
#include "helpers.h"

#define MAX_UNITS 64

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static bool is_high(unsigned u)
{
	return u >= 0xd800 && u <= 0xdbff;
}

static bool is_low(unsigned u)
{
	return u >= 0xdc00 && u <= 0xdfff;
}

static bool is_control(unsigned u)
{
	return u < 0x20 || (u >= 0x7f && u <= 0x9f);
}

/* What the C library makes of a unit, or of a pair. */
static size_t library(iconv_t cd, const uint8_t *units, size_t n, char *out)
{
	char *in = (char *)units, *to = out;
	size_t left = 2 * n, room = 8;

	if (iconv(cd, &in, &left, &to, &room) != 0)
		return 0;
	return (size_t)(to - out);
}

/* One character of the reference; how many units it takes. */
static size_t one(iconv_t cd, const uint8_t *p, size_t left, char **to,
		  bool *faithful)
{
	unsigned u = vl_le16(p), next = left > 1 ? vl_le16(p + 2) : 0;
	size_t n = is_high(u) && is_low(next) ? 2 : 1, len = 0;

	if (n == 2 || !(is_high(u) || is_low(u) || is_control(u)))
		len = library(cd, p, n, *to);
	if (!len) {
		*faithful = false;
		len = strlen(replacement);
		memcpy(*to, replacement, len);
	}
	*to += len;
	return n;
}

static void reference(iconv_t cd, struct vhdxlog_utf16 t, char *out,
		      bool *faithful)
{
	*faithful = true;
	for (size_t i = 0; i < t.units;)
		i += one(cd, t.bytes + 2 * i, t.units - i, &out, faithful);
	*out = '\0';
}

static void expect_like_library(iconv_t cd, struct vhdxlog_utf16 t)
{
	char want[4 * MAX_UNITS + 8];
	bool faithful, want_faithful;
	char *got = vhdxlog_utf16_to_utf8(t, &faithful);

	reference(cd, t, want, &want_faithful);
	cr_assert_str_eq(got, want);
	cr_assert_eq(faithful, want_faithful);
	free(got);
}

/* Kinds of units that matter, so that they meet often. */
static unsigned some_unit(struct rng *r)
{
	switch (rng_below(r, 6)) {
	case 0: return 0xd800 + (unsigned)rng_below(r, 0x400);
	case 1: return 0xdc00 + (unsigned)rng_below(r, 0x400);
	case 2: return (unsigned)rng_below(r, 0xa1);
	case 3: return 0xfff0 + (unsigned)rng_below(r, 16);
	case 4: return 0x7f0 + (unsigned)rng_below(r, 32);
	default: return (unsigned)rng_below(r, 0x10000);
	}
}

static void fill_units(struct rng *r, uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		vl_put_le16(b + 2 * i, (uint16_t)some_unit(r));
}

Test(utf16, every_unit_alone_is_converted_as_the_library_does)
{
	iconv_t cd = iconv_open("UTF-8", "UTF-16LE");
	uint8_t b[2];

	cr_assert_neq(cd, (iconv_t)-1);
	for (unsigned u = 0; u < 0x10000; u += u < 0x1000 ? 1 : 7) {
		vl_put_le16(b, (uint16_t)u);
		expect_like_library(cd, (struct vhdxlog_utf16){ b, 1 });
	}
	iconv_close(cd);
}

Test(utf16, any_text_is_converted_as_the_library_does)
{
	iconv_t cd = iconv_open("UTF-8", "UTF-16LE");
	struct rng r = rng_seed(1);

	cr_assert_neq(cd, (iconv_t)-1);
	for (unsigned i = 0; i < rounds(20000); i++) {
		size_t n = rng_below(&r, MAX_UNITS);
		/* Of its own, so that a checker sees a read past the end. */
		uint8_t *b = malloc(2 * n + 1);

		fill_units(&r, b, n);
		expect_like_library(cd, (struct vhdxlog_utf16){ b, n });
		free(b);
	}
	iconv_close(cd);
}

static bool naive_valid(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned u = vl_le16(b + 2 * i);

		if (is_high(u) && i + 1 < n && is_low(vl_le16(b + 2 * i + 2)))
			i++;
		else if (is_high(u) || is_low(u) || !u)
			return false;
	}
	return true;
}

Test(utf16, a_lone_surrogate_or_a_nul_is_not_valid)
{
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(20000); i++) {
		size_t n = rng_below(&r, 5);
		uint8_t *b = malloc(2 * n + 1);

		fill_units(&r, b, n);
		cr_assert_eq(vl_utf16_is_valid((struct vhdxlog_utf16){ b, n }),
			     naive_valid(b, n));
		free(b);
	}
}

Test(utf16, length_ends_at_the_first_nul_or_at_the_most)
{
	static const uint8_t text[] = "a\0\0b\0\0\0c"; /* 61, 6200, 0000, 63 */

	cr_expect_eq(vl_utf16_length(text, 4), 2u);
	cr_expect_eq(vl_utf16_length(text, 2), 2u);
	cr_expect_eq(vl_utf16_length(text, 1), 1u);
	cr_expect_eq(vl_utf16_length(text, 0), 0u);
}

Test(utf16, equals_only_the_very_string)
{
	static const uint8_t b[] = "k\0e\0y\0";
	static const uint8_t wide[] = "k\1e\0y\0";
	struct vhdxlog_utf16 t = { b, 3 };

	cr_expect(vl_utf16_equals(t, "key"));
	cr_expect_not(vl_utf16_equals(t, "keys"));
	cr_expect_not(vl_utf16_equals(t, "ke"));
	cr_expect_not(vl_utf16_equals(t, "Key"));
	t.bytes = wide;
	cr_expect_not(vl_utf16_equals(t, "key"), "U+016B is no k");
	t.units = 0;
	cr_expect(vl_utf16_equals(t, ""));
}
