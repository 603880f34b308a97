/* SPDX-License-Identifier: MIT */
/* GUIDs and their text. [MS-DTYP] 2.3.4 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/guid.h"
#include "helpers.h"

/* The format of section 2.1 of the notes, as it is written there. */
static void by_format(const struct vhdxlog_guid *g, char *text, size_t size)
{
	const uint8_t *b = g->bytes;
	unsigned d1 = b[0] | b[1] << 8 | b[2] << 16 | (unsigned)b[3] << 24;
	unsigned d2 = b[4] | b[5] << 8, d3 = b[6] | b[7] << 8;

	snprintf(text, size,
		 "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", d1, d2,
		 d3, b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

Test(guid, three_integers_then_bytes)
{
	static const struct vhdxlog_guid real = {
		{ 0xbc, 0x55, 0x27, 0xc8, 0x7f, 0x42, 0x45, 0x12, 0xb7, 0x2c,
		  0xda, 0x70, 0xaa, 0xab, 0xe0, 0x31 }
	};
	char text[VHDXLOG_GUID_TEXT];

	cr_expect_str_eq(vhdxlog_guid_format(&real, text),
			 "c82755bc-427f-1245-b72c-da70aaabe031");
}

Test(guid, text_is_read_back_in_any_case_with_or_without_braces)
{
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(2000); i++) {
		char text[VHDXLOG_GUID_TEXT], want[64], braced[64];
		struct vhdxlog_guid g, back;

		rng_fill(&r, g.bytes, sizeof(g.bytes));
		by_format(&g, want, sizeof(want));
		cr_assert_str_eq(vhdxlog_guid_format(&g, text), want);
		snprintf(braced, sizeof(braced), "{%s}", text);
		for (char *p = braced; *p; p++) {
			if (rng_chance(&r, 50))
				*p = (char)toupper((unsigned char)*p);
		}
		cr_assert(vhdxlog_guid_parse(text, &back));
		cr_assert(vl_guid_equal(&g, &back));
		memset(&back, 0, sizeof(back));
		cr_assert(vhdxlog_guid_parse(braced, &back));
		cr_assert(vl_guid_equal(&g, &back));
	}
}

Test(guid, text_with_one_wrong_character_is_refused)
{
	static const char good[] = "c82755bc-427f-1245-b72c-da70aaabe031";
	static const char wrong[] = "g-/:@`G{} \n\x80";
	struct vhdxlog_guid g;
	char text[64];

	for (size_t i = 0; i < strlen(good); i++) {
		for (size_t k = 0; k < sizeof(wrong); k++) {
			memcpy(text, good, sizeof(good));
			text[i] = wrong[k];
			if (strcmp(text, good) != 0)
				cr_assert_not(vhdxlog_guid_parse(text, &g),
					      "\"%s\"", text);
		}
	}
}

Test(guid, text_that_is_too_short_or_too_long_is_refused)
{
	static const char good[] = "{c82755bc-427f-1245-b72c-da70aaabe031}";
	struct vhdxlog_guid g;
	char text[64];

	for (size_t n = 0; n < strlen(good); n++) {
		snprintf(text, sizeof(text), "%.*s", (int)n, good);
		cr_assert_not(vhdxlog_guid_parse(text, &g), "\"%s\"", text);
		if (n != 37)
			cr_assert_not(vhdxlog_guid_parse(text + (n > 0), &g),
				      "\"%s\"", text + (n > 0));
	}
	snprintf(text, sizeof(text), "%s}", good);
	cr_assert_not(vhdxlog_guid_parse(text, &g));
	cr_assert_not(vhdxlog_guid_parse(good + 1, &g), "only one brace");
}

Test(guid, zero_is_sixteen_zero_bytes)
{
	struct vhdxlog_guid g = { { 0 } };

	cr_expect(vl_guid_is_zero(&g));
	for (unsigned i = 0; i < 16; i++) {
		g.bytes[i] = 1;
		cr_expect_not(vl_guid_is_zero(&g), "%u", i);
		g.bytes[i] = 0;
	}
}
