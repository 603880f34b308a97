/* SPDX-License-Identifier: MIT */
/*
 * One thing in full: its fields, its bytes, every check.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 4096

void text_heading(struct text *t, const char *format, ...)
{
	char *words;
	va_list ap;

	va_start(ap, format);
	words = text_format(t, format, ap);
	va_end(ap);
	if (!words)
		return;
	putc('\n', t->out);
	text_put(t, TEXT_STRONG, "%s", words);
	putc('\n', t->out);
	free(words);
}

int text_show_checks(struct text *t, enum vhdxlog_object object, size_t which)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(t->scan, object, which, v, t->err);

	if (n < 0)
		return n;
	text_heading(t, "checks");
	text_checks(t, v, n);
	return 0;
}

/* ------------------------------------------------------------------ header */

static void format_checksum(char words[48], uint32_t stored, uint32_t computed)
{
	if (stored == computed)
		snprintf(words, 48, "right");
	else
		snprintf(words, 48, "wrong, computed 0x%08" PRIx32, computed);
}

static const char *header_words(const struct vhdxlog_header *h)
{
	if (!h->readable)
		return "cannot be read";
	if (!h->valid)
		return h->current ? "unusable, but used (assumed)" : "unusable";
	return h->current ? "current" : "usable, not current";
}

static void put_header_fields(struct text *t, const struct vhdxlog_header *h,
			      const uint8_t *bytes)
{
	char checksum[48], length[32], offset[48];
	const struct text_meaning meanings[] = {
		{ "checksum", checksum },
		{ "log_length", length },
		{ "log_offset", offset },
		{ NULL, NULL },
	};

	format_checksum(checksum, h->checksum_stored, h->checksum_computed);
	text_size(h->log_length, length);
	text_size(h->log_offset, offset);
	text_fields(t, VHDXLOG_STRUCT_HEADER, bytes, HEADER_BYTES, meanings);
	text_heading(t, "bytes");
	text_dump_fields(t, VHDXLOG_STRUCT_HEADER, h->offset, bytes,
			 HEADER_BYTES);
}

static int show_slot(struct text *t, unsigned slot)
{
	const struct vhdxlog_header *h = vhdxlog_header(t->scan, slot);
	uint8_t bytes[HEADER_BYTES];
	int r;

	text_put(t, TEXT_STRONG, "header %u", slot);
	fprintf(t->out, "  at 0x%" PRIx64 "; %s\n\n", h->offset,
		header_words(h));
	if (h->readable) {
		r = vhdxlog_source_read(t->source, h->offset, bytes,
					sizeof(bytes), t->err);
		if (r)
			return r;
		put_header_fields(t, h, bytes);
	}
	return text_show_checks(t, VHDXLOG_OBJECT_HEADER, slot);
}

int text_show_header(struct text *t, unsigned slot)
{
	int r;

	if (slot)
		return show_slot(t, slot);
	r = show_slot(t, 1);
	putc('\n', t->out);
	return r ? r : show_slot(t, 2);
}

/* --------------------------------------------------------------------- log */

int text_show_log(struct text *t)
{
	const struct vhdxlog_log *log = vhdxlog_log(t->scan);
	char guid[VHDXLOG_GUID_TEXT];

	text_headers(t);
	text_log(t);
	if (log->has_guid && log->assumed) {
		text_label(t, "LogGuid");
		fprintf(t->out, "%s (assumed)\n",
			vhdxlog_guid_format(&log->guid, guid));
	}
	text_map(t, true);
	text_orphans(t);
	return text_show_checks(t, VHDXLOG_OBJECT_LOG, 0);
}

/* --------------------------------------------------------------------- BAT */

static void put_value(struct text_table *table, const char *name,
		      uint64_t value, const char *meaning)
{
	text_cell(table, TEXT_PLAIN, "%s", name);
	text_cell(table, TEXT_PLAIN, "%" PRIu64, value);
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, value);
	text_cell(table, TEXT_PLAIN, "%s", meaning);
}

static uint64_t value_of(const uint8_t bytes[8])
{
	uint64_t value = 0;

	for (unsigned i = 8; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

static void put_bat_fields(struct text *t, const struct vhdxlog_bat_entry *e,
			   const uint8_t *on_disk)
{
	static const struct text_column columns[] = {
		{ "field", false },   { "value", false }, { "hex", false },
		{ "meaning", false }, { NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);
	char size[32];

	put_value(table, "entry", e->raw, "");
	if (on_disk)
		put_value(table, "on disk", value_of(on_disk),
			  value_of(on_disk) == e->raw ?
				  "the same" :
				  "the log would change it");
	put_value(table, "state", e->state, e->state_name);
	put_value(table, "file offset", e->file_offset,
		  text_size(e->file_offset, size));
	put_value(table, "virtual offset", e->virtual_offset,
		  text_size(e->virtual_offset, size));
	put_value(table, "virtual length", e->virtual_length,
		  text_size(e->virtual_length, size));
	text_table_close(table);
}

/* The entry as it is after the replay, and what the file holds there now. */
int text_show_bat(struct text *t, uint64_t index)
{
	struct vhdxlog_bat_entry e;
	uint8_t bytes[8];
	int r = vhdxlog_bat_entry(t->scan, index, &e, t->err);
	bool readable;

	if (r)
		return r;
	readable = vhdxlog_source_read(t->source, e.offset, bytes,
				       sizeof(bytes), NULL) == 0;
	text_put(t, TEXT_STRONG, "BAT entry %" PRIu64, index);
	fprintf(t->out, "  %s %" PRIu64 ": %s; at 0x%" PRIx64 "\n\n",
		e.is_bitmap ? "sector bitmap of chunk" : "payload block",
		e.block, e.state_name, e.offset);
	put_bat_fields(t, &e, readable ? bytes : NULL);
	r = text_show_shift(t, index);
	if (r)
		return r;
	text_heading(t, "bytes on disk");
	if (readable)
		text_dump(t, e.offset, bytes, sizeof(bytes));
	else
		fputs("  they cannot be read\n", t->out);
	return 0;
}

/* ------------------------------------------------------------------ orphan */

static int find_orphan(struct text *t, uint32_t sector,
		       struct vhdxlog_orphan *orphan)
{
	uint32_t cursor = 0;
	int r;

	do
		r = vhdxlog_orphan_next(t->scan, &cursor, orphan, t->err);
	while (r == 0 && orphan->sector != sector);
	return r > 0 ? VHDXLOG_E_NOT_FOUND : r;
}

int text_show_orphan(struct text *t, uint32_t sector)
{
	uint64_t at = vhdxlog_log(t->scan)->offset + (uint64_t)sector * 4096;
	struct vhdxlog_orphan orphan;
	uint8_t bytes[4096];
	int r = find_orphan(t, sector, &orphan);

	if (r == 0)
		r = vhdxlog_log_sector(t->scan, sector, bytes, t->err);
	if (r)
		return r;
	text_put(t, TEXT_STRONG, "D%" PRIu32, sector);
	fprintf(t->out, "  data sector without owner, at 0x%" PRIx64 "\n", at);
	fprintf(t->out, "  sequence number %" PRIu64 " (0x%" PRIx64 ")\n",
		orphan.sequence_number, orphan.sequence_number);
	if (orphan.has_sha256)
		fprintf(t->out, "  SHA-256 %s\n", orphan.sha256);
	putc('\n', t->out);
	text_fields(t, VHDXLOG_STRUCT_DATA_SECTOR, bytes, sizeof(bytes), NULL);
	text_heading(t, "bytes");
	text_dump_fields(t, VHDXLOG_STRUCT_DATA_SECTOR, at, bytes,
			 sizeof(bytes));
	return 0;
}

/* ---------------------------------------------------------------- dispatch */

int report_show_text(FILE *out, const struct report_subject *subject,
		     const struct report_target *target,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct text t = text_begin(out, subject, options, err);
	int r = VHDXLOG_E_MISUSE;

	switch (target->kind) {
	case REPORT_ENTRY: r = text_show_entry(&t, target->range.first); break;
	case REPORT_SEQUENCE: r = text_show_sequence(&t, target->range); break;
	case REPORT_ORPHAN:
		r = text_show_orphan(&t, target->range.first);
		break;
	case REPORT_HEADER:
		r = text_show_header(&t, (unsigned)target->index);
		break;
	case REPORT_LOG: r = text_show_log(&t); break;
	case REPORT_BAT: r = text_show_bat(&t, target->index); break;
	case REPORT_POLICY:
		r = text_show_policy(&t, (size_t)target->index);
		break;
	}
	return r ? r : t.failed;
}
