/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/carve_item.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/number.h"
#include "tools/common/say.h"

char *carve_word(char **line)
{
	char *word = *line, *end;

	if (!word || !*word)
		return NULL;
	end = strchr(word, ' ');
	if (end)
		*end++ = '\0';
	*line = end;
	return word;
}

bool carve_number(char **line, uint64_t *value)
{
	const char *word = carve_word(line);

	return word && tool_parse_count(word, value);
}

/* ----------------------------------------------------------------- writing */

/* A newline would end the line. The sentence is the program's, but not all of
 * its words are: control bytes become %XX. free() it. */
static char *packed(const char *text)
{
	char *out = tool_alloc(3 * strlen(text) + 1, 1), *p = out;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == '%' || c == 0x7f)
			p += snprintf(p, 4, "%%%02X", c);
		else
			*p++ = (char)c;
	}
	return out;
}

/* "-" for what is not known. */
static const char *maybe(bool known, uint64_t value, char buf[24])
{
	snprintf(buf, 24, "%" PRIu64, value);
	return known ? buf : "-";
}

char *carve_item_line(const struct vhdxlog_carved *i)
{
	char guid[VHDXLOG_GUID_TEXT], base[24], at[24];
	char *detail = packed(i->detail), *line;

	line = tool_format("item %" PRIu64 " %s %" PRIu64 " %" PRIu64
			   " %d %" PRIu64 " %" PRIu64 " %s %s %s %" PRIu32
			   " %" PRIu64 " %d %s",
			   i->number, vhdxlog_carve_kind_name(i->kind),
			   i->offset, i->length, i->sound, i->count,
			   i->sequence_number,
			   vhdxlog_guid_format(&i->guid, guid),
			   maybe(i->has_base, i->base, base),
			   maybe(i->has_log, i->log_offset, at),
			   i->log_length, i->image,
			   i->has_header, detail);
	free(detail);
	return line;
}

/* ----------------------------------------------------------------- reading */

static bool find_kind(const char *word, enum vhdxlog_carve_kind *kind)
{
	for (int i = 0; word && i < VHDXLOG_CARVE_KINDS; i++) {
		*kind = (enum vhdxlog_carve_kind)i;
		if (strcmp(word, vhdxlog_carve_kind_name(*kind)) == 0)
			return true;
	}
	return false;
}

static bool take_maybe(char **line, bool *known, uint64_t *value)
{
	const char *word = carve_word(line);

	*known = word && strcmp(word, "-") != 0;
	return word && (!*known || tool_parse_count(word, value));
}

static bool take_bool(char **line, bool *value)
{
	const char *word = carve_word(line);

	*value = word && *word == '1';
	return word && (*word == '0' || *word == '1') && !word[1];
}

static bool take_guid(char **line, struct vhdxlog_guid *guid)
{
	const char *word = carve_word(line);

	return word && vhdxlog_guid_parse(word, guid);
}

static bool take_log(char **line, struct vhdxlog_carved *i)
{
	uint64_t length;

	if (!take_maybe(line, &i->has_log, &i->log_offset) ||
	    !carve_number(line, &length))
		return false;
	i->log_length = (uint32_t)length;
	return length <= UINT32_MAX;
}

/* The byte behind a '%'; 0: there are no two digits, or a NUL's, which is never
 * written. */
static char escaped(const char *text)
{
	char digits[3] = "";

	memcpy(digits, text, strnlen(text, 2));
	if (strspn(digits, "0123456789abcdefABCDEF") != 2)
		return '\0';
	return (char)strtoul(digits, NULL, 16);
}

/* The rest of the line. */
static bool take_detail(const char *text, char detail[VHDXLOG_CARVE_TEXT])
{
	size_t n = 0;

	for (; text && *text; text++) {
		char c = *text;

		if (c == '%') {
			c = escaped(text + 1);
			if (!c)
				return false;
			text += 2;
		}
		if (n + 1 == VHDXLOG_CARVE_TEXT)
			return false;
		detail[n++] = c;
	}
	detail[n] = '\0';
	return true;
}

bool carve_item_parse(char *line, struct vhdxlog_carved *i)
{
	const char *word = carve_word(&line);

	*i = (struct vhdxlog_carved){ .number = 0 };
	return word && strcmp(word, "item") == 0 &&
	       carve_number(&line, &i->number) &&
	       find_kind(carve_word(&line), &i->kind) &&
	       carve_number(&line, &i->offset) &&
	       carve_number(&line, &i->length) && take_bool(&line, &i->sound) &&
	       carve_number(&line, &i->count) &&
	       carve_number(&line, &i->sequence_number) &&
	       take_guid(&line, &i->guid) &&
	       take_maybe(&line, &i->has_base, &i->base) &&
	       take_log(&line, i) && carve_number(&line, &i->image) &&
	       take_bool(&line, &i->has_header) && take_detail(line, i->detail);
}
