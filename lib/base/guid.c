/* SPDX-License-Identifier: MIT */
/*
 * GUIDs on disk are Data1 u32, Data2 u16, Data3 u16 (little-endian) and eight
 * bytes as they are; text shows the three integers first, so the first eight
 * bytes are printed in this order.
 */
#include "base/guid.h"

#include "base/hex.h"

static const uint8_t text_order[16] = { 3, 2, 1, 0, 5,	4,  7,	6,
					8, 9, 10, 11, 12, 13, 14, 15 };

bool vl_guid_is_zero(const struct vhdxlog_guid *g)
{
	static const struct vhdxlog_guid zero;

	return vl_guid_equal(g, &zero);
}

static bool dash_before(unsigned i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

char *vhdxlog_guid_format(const struct vhdxlog_guid *g,
			  char text[VHDXLOG_GUID_TEXT])
{
	char *p = text;

	for (unsigned i = 0; i < 16; i++) {
		if (dash_before(i))
			*p++ = '-';
		vl_hex_put(g->bytes[text_order[i]], p);
		p += 2;
	}
	*p = '\0';
	return text;
}

bool vhdxlog_guid_parse(const char *text, struct vhdxlog_guid *g)
{
	bool braced = *text == '{';

	text += braced;
	for (unsigned i = 0; i < 16; i++) {
		int byte;

		if (dash_before(i) && *text++ != '-')
			return false;
		byte = vl_hex_byte(text);
		if (byte < 0)
			return false;
		g->bytes[text_order[i]] = (uint8_t)byte;
		text += 2;
	}
	if (braced && *text++ != '}')
		return false;
	return *text == '\0';
}
