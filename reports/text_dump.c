/* SPDX-License-Identifier: MIT */
#include "reports/text.h"

#include <inttypes.h>
#include <string.h>

#define LINE 16

static void put_hex(struct text *t, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < LINE; i++) {
		if (i < n)
			fprintf(t->out, "%s%02x", i ? " " : "", bytes[i]);
		else
			fputs(i ? "   " : "  ", t->out);
	}
}

static void put_ascii(struct text *t, const uint8_t *bytes, size_t n)
{
	putc('|', t->out);
	for (size_t i = 0; i < n; i++)
		putc(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.',
		     t->out);
	putc('|', t->out);
}

static void put_line(struct text *t, uint64_t at, const uint8_t *bytes,
		     size_t n, const char *name)
{
	fprintf(t->out, "  %08" PRIx64 "  ", at);
	put_hex(t, bytes, n);
	fputs("  ", t->out);
	put_ascii(t, bytes, n);
	if (*name)
		fprintf(t->out, "%*s", (int)(LINE - n + 2), "");
	text_put(t, TEXT_STRONG, "%s", name);
	putc('\n', t->out);
}

/* One stretch; repeated lines are folded. The name stands on its first line. */
static void dump(struct text *t, uint64_t at, const uint8_t *bytes, size_t size,
		 const char *name)
{
	bool folded = false;

	for (size_t i = 0; i < size; i += LINE) {
		size_t n = size - i < LINE ? size - i : LINE;

		if (i && n == LINE && !memcmp(bytes + i, bytes + i - LINE, n)) {
			if (!folded)
				fputs("  *\n", t->out);
			folded = true;
			continue;
		}
		folded = false;
		put_line(t, at + i, bytes + i, n, i ? "" : name);
	}
}

void text_dump(struct text *t, uint64_t at, const uint8_t *bytes, size_t size)
{
	dump(t, at, bytes, size, "");
	fprintf(t->out, "  %08" PRIx64 "\n", at + size);
}

void text_dump_fields(struct text *t, enum vhdxlog_structure structure,
		      uint64_t at, const uint8_t *bytes, size_t size)
{
	const struct vhdxlog_field *fields;
	size_t count;

	fields = vhdxlog_layout(structure, &count);
	for (size_t i = 0; i < count && fields[i].offset < size; i++) {
		size_t left = size - fields[i].offset;
		size_t n = fields[i].size < left ? fields[i].size : left;

		dump(t, at + fields[i].offset, bytes + fields[i].offset, n,
		     fields[i].name);
	}
}
