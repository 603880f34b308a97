/* SPDX-License-Identifier: MIT */
/*
 * Text that somebody else chose, made safe for a terminal, for JSON, for HTML or
 * for a shell. A byte is shown as it is where it belongs to a well-formed UTF-8
 * character that only draws something: C0 and C1 controls, and the characters
 * that turn the direction of writing or take no room, could make a report say
 * what it does not.
 */
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct character {
	unsigned length; /* bytes; 1 where invalid */
	uint32_t code;
	bool valid;
};

static unsigned sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The next character of a string that ends with NUL, which none contains. */
static struct character decode(const char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *p = (const unsigned char *)s;
	struct character bad = { 1, p[0], false };
	struct character c = { sequence_length(p[0]), 0, true };

	if (c.length == 0)
		return bad;
	c.code = p[0] & lead_bits[c.length];
	for (unsigned i = 1; i < c.length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return bad;
		c.code = c.code << 6 | (p[i] & 0x3f);
	}
	if (c.code < least[c.length] || c.code > 0x10ffff ||
	    (c.code >= 0xd800 && c.code <= 0xdfff))
		return bad;
	return c;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* Invisible, or changes the direction of what follows. */
static bool deceives(uint32_t code)
{
	return code == 0xad || code == 0x61c || code == 0xfeff ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) ||
	       (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe0fff);
}

static bool draws(const struct character *c)
{
	return c->valid && !is_control(c->code) && !deceives(c->code);
}

/* Each byte as \xNN; returns the end. */
static char *put_hex(char *to, const char *from, unsigned n)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < n; i++) {
		unsigned char b = (unsigned char)from[i];

		*to++ = '\\';
		*to++ = 'x';
		*to++ = digits[b >> 4];
		*to++ = digits[b & 15];
	}
	return to;
}

static char *put_unit(char *to, unsigned unit)
{
	static const char digits[] = "0123456789abcdef";

	*to++ = '\\';
	*to++ = unit < 0x80 ? 'x' : 'u';
	for (int shift = unit < 0x80 ? 4 : 12; shift >= 0; shift -= 4)
		*to++ = digits[unit >> shift & 15];
	return to;
}

static char *put_bytes(char *to, const char *from, unsigned n)
{
	memcpy(to, from, n);
	return to + n;
}

char *report_escape_text(const char *bytes)
{
	char *text = calloc(strlen(bytes) + 1, 4);
	char *to = text;

	if (!text)
		return NULL;
	while (*bytes) {
		struct character c = decode(bytes);

		if (*bytes == '\\')
			to = put_bytes(to, "\\\\", 2);
		else if (draws(&c))
			to = put_bytes(to, bytes, c.length);
		else
			to = put_hex(to, bytes, c.length);
		bytes += c.length;
	}
	return text;
}

static unsigned unit_at(struct vhdxlog_utf16 text, size_t i)
{
	return text.bytes[2 * i] | (unsigned)text.bytes[2 * i + 1] << 8;
}

/* The next character; its length is in units here. */
static struct character decode_utf16(struct vhdxlog_utf16 text, size_t i)
{
	unsigned high = unit_at(text, i), low;
	struct character c = { 1, high, high < 0xd800 || high > 0xdfff };

	if (c.valid || high > 0xdbff || i + 1 == text.units)
		return c;
	low = unit_at(text, i + 1);
	if (low < 0xdc00 || low > 0xdfff)
		return c;
	c.code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return (struct character){ 2, c.code, true };
}

static char *put_utf8(char *to, uint32_t code)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	unsigned length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	for (unsigned i = length - 1; i > 0; i--) {
		to[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	to[0] = (char)(lead[length] | code);
	return to + length;
}

char *report_escape_utf16(struct vhdxlog_utf16 text)
{
	char *escaped = calloc(text.units + 1, 6);
	char *to = escaped;

	if (!escaped)
		return NULL;
	for (size_t i = 0; i < text.units;) {
		struct character c = decode_utf16(text, i);

		if (c.code == '\\')
			to = put_bytes(to, "\\\\", 2);
		else if (draws(&c))
			to = put_utf8(to, c.code);
		else
			for (unsigned k = 0; k < c.length; k++)
				to = put_unit(to, unit_at(text, i + k));
		i += c.length;
	}
	return escaped;
}

char *report_escape_json(const char *bytes, bool *faithful)
{
	char *text = calloc(strlen(bytes) + 1, 3);
	char *to = text;

	*faithful = true;
	if (!text)
		return NULL;
	while (*bytes) {
		struct character c = decode(bytes);

		if (c.valid && !is_control(c.code)) {
			to = put_bytes(to, bytes, c.length);
		} else {
			to = put_bytes(to, "\xef\xbf\xbd", 3);
			*faithful = false;
		}
		bytes += c.length;
	}
	return text;
}

/* -------------------------------------------------------------------- HTML */

/* What means something in markup, as text or in an attribute; else NULL. */
static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void report_put_html(FILE *out, const char *bytes)
{
	while (*bytes) {
		struct character c = decode(bytes);

		if (entity(*bytes))
			fputs(entity(*bytes), out);
		else if (draws(&c))
			fwrite(bytes, 1, c.length, out);
		else
			for (unsigned i = 0; i < c.length; i++)
				fprintf(out, "\\x%02x",
					(unsigned char)bytes[i]);
		bytes += c.length;
	}
}

/* ------------------------------------------------------------------- shell */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_-+=./:,@%", c));
}

static bool all_plain(const char *s)
{
	/* A leading ~ or = means something to some shells. */
	if (!*s || *s == '=')
		return false;
	while (is_plain(*s))
		s++;
	return !*s;
}

static bool all_draws(const char *s)
{
	while (*s) {
		struct character c = decode(s);

		if (!draws(&c))
			return false;
		s += c.length;
	}
	return true;
}

/* 'it'\''s': within single quotes nothing but the quote itself is special. */
static char *quote_single(const char *s)
{
	char *text = calloc(strlen(s) + 1, 4);
	char *to = text;

	if (!text)
		return NULL;
	*to++ = '\'';
	for (; *s; s++)
		to = *s == '\'' ? put_bytes(to, "'\\''", 4) :
				  put_bytes(to, s, 1);
	*to = '\'';
	return text;
}

/* $'\033': the one form of a POSIX shell that can name any byte. */
static char *quote_dollar(const char *s)
{
	char *text = calloc(strlen(s) + 1, 4);
	char *to;

	if (!text)
		return NULL;
	to = put_bytes(text, "$'", 2);
	while (*s) {
		struct character c = decode(s);

		if (draws(&c) && *s != '\'' && *s != '\\') {
			to = put_bytes(to, s, c.length);
			s += c.length;
			continue;
		}
		*to++ = '\\';
		for (unsigned shift = 6; shift <= 6; shift -= 3)
			*to++ = (char)('0' + ((unsigned char)*s >> shift & 7));
		s++;
	}
	*to = '\'';
	return text;
}

char *report_quote_shell(const char *argument)
{
	if (all_plain(argument))
		return strdup(argument);
	return all_draws(argument) ? quote_single(argument) :
				     quote_dollar(argument);
}

/* -------------------------------------------------------------------- size */

const char *report_size(uint64_t bytes, char buf[32])
{
	return vhdxlog_size_format(bytes, buf);
}

char *report_hex(const uint8_t *bytes, size_t len)
{
	static const char digits[16] = "0123456789abcdef";
	char *text = reallocarray(NULL, len + 1, 2);

	if (!text)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * len] = '\0';
	return text;
}
