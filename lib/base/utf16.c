/* SPDX-License-Identifier: MIT */
#include "base/utf16.h"

#include "base/alloc.h"
#include "base/bytes.h"

#include <string.h>

#define REPLACEMENT 0xfffdu
#define INVALID UINT32_MAX

size_t vl_utf16_length(const uint8_t *bytes, size_t max)
{
	size_t n = 0;

	while (n < max && vl_le16(bytes + 2 * n))
		n++;
	return n;
}

/* The code point at *i, which moves on by one or two units. */
static uint32_t next_point(struct vhdxlog_utf16 text, size_t *i)
{
	uint32_t high = vl_le16(text.bytes + 2 * (*i)++);
	uint32_t low;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || *i == text.units)
		return INVALID;
	low = vl_le16(text.bytes + 2 * *i);
	if (low < 0xdc00 || low > 0xdfff)
		return INVALID;
	++*i;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

bool vl_utf16_is_valid(struct vhdxlog_utf16 text)
{
	for (size_t i = 0; i < text.units;) {
		uint32_t point = next_point(text, &i);

		if (point == INVALID || point == 0)
			return false;
	}
	return true;
}

bool vl_utf16_equals(struct vhdxlog_utf16 text, const char *ascii)
{
	if (text.units != strlen(ascii))
		return false;
	for (size_t i = 0; i < text.units; i++) {
		if (vl_le16(text.bytes + 2 * i) != (uint8_t)ascii[i])
			return false;
	}
	return true;
}

static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

static char *put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		*p++ = (char)c;
	} else if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
		*p++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*p++ = (char)(0xe0 | c >> 12);
		*p++ = (char)(0x80 | (c >> 6 & 63));
		*p++ = (char)(0x80 | (c & 63));
	} else {
		*p++ = (char)(0xf0 | c >> 18);
		*p++ = (char)(0x80 | (c >> 12 & 63));
		*p++ = (char)(0x80 | (c >> 6 & 63));
		*p++ = (char)(0x80 | (c & 63));
	}
	return p;
}

char *vhdxlog_utf16_to_utf8(struct vhdxlog_utf16 text, bool *faithful)
{
	/* A unit makes at most three bytes; a pair of units makes four. */
	char *utf8 = vl_calloc(text.units + 1, 3);
	char *p = utf8;

	*faithful = true;
	if (!utf8)
		return NULL;
	for (size_t i = 0; i < text.units;) {
		uint32_t point = next_point(text, &i);

		if (point == INVALID || is_control(point)) {
			*faithful = false;
			point = REPLACEMENT;
		}
		p = put_utf8(p, point);
	}
	*p = '\0';
	return utf8;
}
