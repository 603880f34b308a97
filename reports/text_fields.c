/* SPDX-License-Identifier: MIT */
/*
 * Structures field by field, with the names that specification, JSON and
 * recipes use.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <string.h>

#define VALUE_TEXT 64

/* Fields are little-endian, at most eight bytes. */
static uint64_t number_of(const uint8_t *bytes, uint32_t size)
{
	uint64_t n = 0;

	for (uint32_t i = size; i > 0; i--)
		n = n << 8 | bytes[i - 1];
	return n;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

/* A few bytes, then dots. */
static void format_bytes(const uint8_t *bytes, size_t size, char *buf)
{
	enum { SHOWN = 12 };
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < size && i < SHOWN; i++)
		used += (size_t)snprintf(buf + used, VALUE_TEXT - used,
					 "%s%02x", i ? " " : "", bytes[i]);
	if (size > SHOWN)
		snprintf(buf + used, VALUE_TEXT - used, " ..");
}

/* Decimal and hex in one cell, so that a GUID takes no more room than both. */
static void put_number(struct text_table *table, const uint8_t *bytes,
		       uint32_t size)
{
	uint64_t n = number_of(bytes, size);

	text_cell(table, TEXT_PLAIN, "%-20" PRIu64 " 0x%" PRIx64, n, n);
}

static void put_value(struct text_table *table, const struct vhdxlog_field *f,
		      const uint8_t *bytes)
{
	struct vhdxlog_guid guid;
	char words[VALUE_TEXT];

	switch (f->kind) {
	case VHDXLOG_FIELD_NUMBER: put_number(table, bytes, f->size); return;
	case VHDXLOG_FIELD_HEX:
		text_cell(table, TEXT_PLAIN, "%-20s 0x%0*" PRIx64, "",
			  (int)f->size * 2, number_of(bytes, f->size));
		return;
	case VHDXLOG_FIELD_GUID:
		memcpy(guid.bytes, bytes, sizeof(guid.bytes));
		text_cell(table, TEXT_PLAIN, "%s",
			  vhdxlog_guid_format(&guid, words));
		return;
	case VHDXLOG_FIELD_RESERVED:
	case VHDXLOG_FIELD_BYTES: break;
	}
	if (f->size > 16 && all_zero(bytes, f->size))
		snprintf(words, sizeof(words), "%" PRIu32 " zeroes", f->size);
	else
		format_bytes(bytes, f->size, words);
	text_cell(table, TEXT_PLAIN, "%s", words);
}

static bool is_printable(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < 0x20 || bytes[i] >= 0x7f)
			return false;
	}
	return true;
}

static void put_meaning(struct text_table *table, const struct vhdxlog_field *f,
			const uint8_t *bytes,
			const struct text_meaning *meanings)
{
	for (; meanings && meanings->field; meanings++) {
		if (strcmp(meanings->field, f->name) == 0) {
			text_cell(table, TEXT_PLAIN, "%s", meanings->words);
			return;
		}
	}
	if (f->kind == VHDXLOG_FIELD_BYTES && f->size <= 16 &&
	    is_printable(bytes, f->size))
		text_cell(table, TEXT_PLAIN, "\"%.*s\"", (int)f->size, bytes);
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
}

void text_fields(struct text *t, enum vhdxlog_structure structure,
		 const uint8_t *bytes, size_t size,
		 const struct text_meaning *meanings)
{
	static const struct text_column columns[] = {
		{ "field", false },
		{ "decimal              hex", false },
		{ "meaning", false },
		{ NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);
	const struct vhdxlog_field *f;
	size_t count;

	f = vhdxlog_layout(structure, &count);
	for (size_t i = 0; i < count && f[i].offset + f[i].size <= size; i++) {
		text_cell(table, TEXT_PLAIN, "%s", f[i].name);
		put_value(table, &f[i], bytes + f[i].offset);
		put_meaning(table, &f[i], bytes + f[i].offset, meanings);
	}
	text_table_close(table);
}
