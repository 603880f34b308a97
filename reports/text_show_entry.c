/* SPDX-License-Identifier: MIT */
#include "reports/text.h"

#include <inttypes.h>
#include <string.h>

#define SECTOR	     4096
#define DESCRIPTOR   32
#define ENTRY_HEADER 64

/* Descriptors that are shown byte by byte, and in the table, unless -v. */
#define MAX_IN_FULL 4
#define MAX_ROWS    200

static uint64_t sector_offset(const struct text *t, uint32_t sector)
{
	return vhdxlog_log(t->scan)->offset + (uint64_t)sector * SECTOR;
}

/* ------------------------------------------------------------------ header */

static void put_title(struct text *t, const struct vhdxlog_entry *e)
{
	enum text_style style;
	const char *verdict = text_verdict(t, e, &style);

	text_put(t, TEXT_STRONG, "E%" PRIu32, e->sector);
	fputs("  ", t->out);
	text_put(t, style, "%s", verdict);
	fprintf(t->out,
		"; %" PRIu32 " log sector%s from sector %" PRIu32
		" on%s, at 0x%" PRIx64 "\n\n",
		e->sectors, e->sectors == 1 ? "" : "s", e->sector,
		e->wraps ? ", around the end of the ring" : "", e->offset);
}

static void describe_checksum(const struct vhdxlog_entry *e, char words[48])
{
	if (!e->checksum_known)
		snprintf(words, 48, "cannot be computed");
	else if (e->checksum_stored == e->checksum_computed)
		snprintf(words, 48, "right");
	else
		snprintf(words, 48, "wrong, computed 0x%08" PRIx32,
			 e->checksum_computed);
}

static void put_header(struct text *t, const struct vhdxlog_entry *e,
		       const uint8_t *bytes)
{
	char checksum[48], tail[24], flushed[32], last[32], length[48];
	const struct text_meaning meanings[] = {
		{ "checksum", checksum },
		{ "entry_length", length },
		{ "tail", tail },
		{ "log_guid", text_session(t, &e->log_guid) },
		{ "flushed_file_offset", flushed },
		{ "last_file_offset", last },
		{ NULL, NULL },
	};

	describe_checksum(e, checksum);
	snprintf(length, sizeof(length), "%" PRIu32 " sector%s", e->sectors,
		 e->sectors == 1 ? "" : "s");
	text_log_place(t, e->tail, tail);
	text_size(e->flushed_file_offset, flushed);
	text_size(e->last_file_offset, last);
	text_fields(t, VHDXLOG_STRUCT_ENTRY_HEADER, bytes, SECTOR, meanings);
	text_heading(t, "bytes of the header");
	text_dump_fields(t, VHDXLOG_STRUCT_ENTRY_HEADER, e->offset, bytes,
			 ENTRY_HEADER);
}

static void put_neighbours(struct text *t, const struct vhdxlog_entry *e)
{
	size_t next = e->verdict == VHDXLOG_INVALID ?
			      SIZE_MAX :
			      vhdxlog_entry_next(t->scan, e->index);
	struct vhdxlog_entry n;

	if (e->is_head)
		fprintf(t->out,
			"\n  its Tail makes it the head of S%" PRIu32
			"-%" PRIu32 "\n",
			e->as_head.first, e->as_head.head);
	if (next != SIZE_MAX && vhdxlog_entry_at(t->scan, next, &n, NULL) == 0)
		fprintf(t->out, "  followed by E%" PRIu32 "\n", n.sector);
}

/* ------------------------------------------------------------- descriptors */

/* "torn (piece 0, 3); the rest by E9" */
static void put_torn(struct text_table *table,
		     const struct vhdxlog_descriptor *d)
{
	char pieces[48] = "", rest[32] = "";
	size_t used = 0;

	for (unsigned i = 0; i < 8; i++) {
		if (d->pieces >> i & 1)
			used += (size_t)snprintf(pieces + used,
						 sizeof(pieces) - used, "%s%u",
						 used ? ", " : " (piece ", i);
	}
	if (d->overwritten_by != VHDXLOG_NO_SECTOR)
		snprintf(rest, sizeof(rest), "; the rest by E%" PRIu32,
			 d->overwritten_by);
	text_cell(table, TEXT_PLAIN, "torn%s%s%s", pieces, used ? ")" : "",
		  rest);
}

static void put_applied(struct text_table *table,
			const struct vhdxlog_descriptor *d)
{
	if (d->applied == VHDXLOG_APPLIED_TORN)
		put_torn(table, d);
	else if (d->overwritten_by != VHDXLOG_NO_SECTOR)
		text_cell(table, TEXT_PLAIN, "%s by E%" PRIu32,
			  vhdxlog_applied_name(d->applied), d->overwritten_by);
	else
		text_cell(table, TEXT_PLAIN, "%s",
			  vhdxlog_applied_name(d->applied));
}

static void put_descriptor_row(struct text_table *table,
			       const struct vhdxlog_descriptor *d)
{
	char size[32];

	text_cell(table, TEXT_PLAIN, "%" PRIu32, d->index);
	text_cell(table, TEXT_PLAIN, "%s", vhdxlog_descriptor_kind_name(d->kind));
	text_cell(table, TEXT_PLAIN, "%" PRIu64, d->file_offset);
	text_cell(table, TEXT_PLAIN, "0x%" PRIx64, d->file_offset);
	text_cell(table, TEXT_PLAIN, "%s", text_size(d->length, size));
	text_cell(table, TEXT_PLAIN, "%s", text_area(d->area));
	if (d->data_sector != VHDXLOG_NO_SECTOR)
		text_cell(table, TEXT_PLAIN, "%" PRIu32, d->data_sector);
	else
		text_cell(table, TEXT_PLAIN, "%s", "");
	put_applied(table, d);
}

/* Calls each() for every descriptor; *count gets their number. */
static int walk_descriptors(struct text *t, size_t index, uint64_t *count,
			    int (*each)(struct text *t, void *ctx,
					const struct vhdxlog_descriptor *d),
			    void *ctx)
{
	struct vhdxlog_descriptors *it = NULL;
	struct vhdxlog_descriptor d;
	int r = vhdxlog_descriptors_open(t->scan, index, &it, t->err);

	*count = 0;
	while (r == 0) {
		r = vhdxlog_descriptors_next(it, &d, t->err);
		if (r == 0) {
			(*count)++;
			r = each(t, ctx, &d);
		}
	}
	vhdxlog_descriptors_close(it);
	return r < 0 ? r : 0;
}

static int put_row(struct text *t, void *ctx,
		   const struct vhdxlog_descriptor *d)
{
	if (t->options->verbose || d->index < MAX_ROWS)
		put_descriptor_row(ctx, d);
	else if (d->index == MAX_ROWS)
		text_table_line(ctx, "...  and more; -v lists all");
	return 0;
}

static int put_descriptors(struct text *t, const struct vhdxlog_entry *e,
			   uint64_t *count)
{
	static const struct text_column columns[] = {
		{ "descriptor", false },  { "kind", false },
		{ "target", true },	  { "hex", false },
		{ "length", true },	  { "of", false },
		{ "data sector", false }, { "applied", false },
		{ NULL, false },
	};
	struct text_table *table;
	int r;

	text_heading(t, "descriptors");
	table = text_table_open(t, columns);
	r = walk_descriptors(t, e->index, count, put_row, table);
	text_table_close(table);
	if (r == 0 && *count == 0)
		fputs("  none: the entry writes nothing\n", t->out);
	return r;
}

/* ------------------------------------------------------------------- bytes */

static int put_page(struct text *t, const struct vhdxlog_descriptor *d)
{
	uint8_t page[SECTOR];
	int r = vhdxlog_descriptor_page(t->scan, d, page, t->err);

	if (r)
		return r;
	text_heading(t,
		     "page of descriptor %" PRIu32 ", as it would be written",
		     d->index);
	text_dump(t, d->file_offset, page, sizeof(page));
	return 0;
}

struct in_full {
	bool sound; /* its data sectors are what they should be */
	bool limit_reached;
};

static int put_in_full(struct text *t, void *ctx,
		       const struct vhdxlog_descriptor *d)
{
	enum vhdxlog_structure structure =
		d->kind == VHDXLOG_DESCRIPTOR_ZERO ?
			VHDXLOG_STRUCT_ZERO_DESCRIPTOR :
			VHDXLOG_STRUCT_DATA_DESCRIPTOR;
	struct in_full *full = ctx;

	if (!t->options->verbose && d->index >= MAX_IN_FULL) {
		full->limit_reached = true;
		return 1;
	}
	text_heading(t, "bytes of descriptor %" PRIu32 " (%s)", d->index,
		     vhdxlog_descriptor_kind_name(d->kind));
	if (d->kind == VHDXLOG_DESCRIPTOR_UNKNOWN)
		text_dump(t, d->offset, d->bytes, sizeof(d->bytes));
	else
		text_dump_fields(t, structure, d->offset, d->bytes,
				 sizeof(d->bytes));
	if (full->sound && d->kind == VHDXLOG_DESCRIPTOR_DATA)
		return put_page(t, d);
	return 0;
}

/* What stands between the last descriptor and the end of its sector. */
static int put_slack(struct text *t, const struct vhdxlog_entry *e,
		     uint64_t descriptors)
{
	uint64_t used = ENTRY_HEADER + descriptors * DESCRIPTOR;
	uint32_t ring = vhdxlog_log(t->scan)->sectors;
	uint32_t sector = (uint32_t)((e->sector + used / SECTOR) % ring);
	size_t from = used % SECTOR;
	uint8_t bytes[SECTOR];
	int r;

	if (from == 0)
		return 0;
	r = vhdxlog_log_sector(t->scan, sector, bytes, t->err);
	if (r)
		return r;
	text_heading(t, "slack behind the last descriptor, %zu bytes",
		     SECTOR - from);
	text_dump(t, sector_offset(t, sector) + from, bytes + from,
		  SECTOR - from);
	return 0;
}

static int put_bytes(struct text *t, const struct vhdxlog_entry *e,
		     uint64_t descriptors)
{
	struct in_full full = { .sound = e->verdict != VHDXLOG_INVALID };
	uint64_t walked;
	int r = walk_descriptors(t, e->index, &walked, put_in_full, &full);

	if (full.limit_reached)
		fprintf(t->out,
			"\n  ... and %" PRIu64
			" more descriptors; -v shows their bytes\n",
			descriptors - MAX_IN_FULL);
	return r ? r : put_slack(t, e, descriptors);
}

int text_show_entry(struct text *t, uint32_t sector)
{
	size_t index = vhdxlog_entry_find(t->scan, sector);
	uint8_t bytes[SECTOR];
	struct vhdxlog_entry e;
	uint64_t descriptors;
	int r = VHDXLOG_E_NOT_FOUND;

	if (index != SIZE_MAX)
		r = vhdxlog_entry_at(t->scan, index, &e, t->err);
	if (r == 0)
		r = vhdxlog_log_sector(t->scan, sector, bytes, t->err);
	if (r)
		return r;
	put_title(t, &e);
	put_header(t, &e, bytes);
	put_neighbours(t, &e);
	r = put_descriptors(t, &e, &descriptors);
	if (r == 0)
		r = put_bytes(t, &e, descriptors);
	return r ? r : text_show_checks(t, VHDXLOG_OBJECT_ENTRY, index);
}
