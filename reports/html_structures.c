/* SPDX-License-Identifier: MIT */
/* Both copies of headers and region tables, as they are stored. */
#include "reports/html.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct html_column header_columns[] = {
	{ "header", "slot" },	 { "state", "state" },
	{ "sequence number", "n number" }, { "LogGuid", "guid log" },
	{ "FileWriteGuid", "guid file" }, { "DataWriteGuid", "guid data" },
	{ "log", "place" },	 { "checksum", "sum" },
	{ "did not pass", "fails" }, { NULL, NULL },
};

static const char *copy_state(bool readable, bool valid, bool used)
{
	if (!readable)
		return "cannot be read";
	if (!valid)
		return used ? "unusable, used" : "unusable";
	return used ? "valid, used" : "valid";
}

static void put_sum(struct html_list *l, uint32_t stored, uint32_t computed)
{
	if (stored == computed)
		html_cell(l, "0x%08" PRIx32, stored);
	else
		html_cell(l, "0x%08" PRIx32 ", computed 0x%08" PRIx32, stored,
			  computed);
}

static void put_guid(struct html_list *l, const struct vhdxlog_guid *guid)
{
	char text[VHDXLOG_GUID_TEXT];

	html_cell(l, "%s", vhdxlog_guid_format(guid, text));
}

static void put_header(struct html_list *l, const struct vhdxlog_header *x)
{
	char id[16], size[32];

	snprintf(id, sizeof(id), "header%u", x->slot);
	html_row(l, id);
	html_cell(l, "%u at 0x%" PRIx64, x->slot, x->offset);
	html_cell(l, "%s", copy_state(x->readable, x->valid, x->current));
	if (x->readable) {
		html_cell(l, "%" PRIu64, x->sequence_number);
		put_guid(l, &x->log_guid);
		put_guid(l, &x->file_write_guid);
		put_guid(l, &x->data_write_guid);
		html_cell(l, "%s at 0x%" PRIx64,
			  report_size(x->log_length, size), x->log_offset);
		put_sum(l, x->checksum_stored, x->checksum_computed);
	} else {
		for (unsigned i = 0; i < 6; i++)
			html_cell(l, "-");
	}
	html_cell_open(l);
	html_checks_of(l->h, VHDXLOG_OBJECT_HEADER, x->slot);
	html_cell_close(l);
}

void html_headers(struct html *h)
{
	struct html_list l;

	html_section(h, "headers", "Headers");
	html_list_open(&l, h, "headers", "Both copies", header_columns, 2);
	put_header(&l, vhdxlog_header(h->t.scan, 1));
	put_header(&l, vhdxlog_header(h->t.scan, 2));
	html_list_close(&l);
	html_section_end(h);
}

/* ----------------------------------------------------------- region tables */

static const struct html_column region_columns[] = {
	{ "region", "name" },	 { "GUID", "guid" },
	{ "file offset", "n offset" }, { "length", "n length" },
	{ "required", "required" }, { NULL, NULL },
};

static void put_regions(struct html *h, const struct vhdxlog_region_table *t)
{
	struct html_list l;
	char size[32];

	if (t->region_count == 0)
		return;
	html_list_open(&l, h, "regions",
		       t->number == 1 ? "Entries of table 1" :
					"Entries of table 2",
		       region_columns, t->region_count);
	for (size_t i = 0; i < t->region_count && html_row(&l, NULL); i++) {
		const struct vhdxlog_region *r = &t->regions[i];

		html_cell(&l, "%s", r->name ? r->name : "unknown");
		put_guid(&l, &r->guid);
		html_cell(&l, "0x%" PRIx64, r->offset);
		html_cell(&l, "%s", report_size(r->length, size));
		html_cell(&l, "%s (0x%" PRIx32 ")",
			  r->required & 1 ? "yes" : "no", r->required);
	}
	html_list_close(&l);
}

static const struct html_column table_columns[] = {
	{ "table", "slot" },	{ "state", "state" },
	{ "entries", "n count" }, { "checksum", "sum" },
	{ "did not pass", "fails" }, { NULL, NULL },
};

static void put_table(struct html_list *l, const struct vhdxlog_region_table *t)
{
	html_row(l, NULL);
	html_cell(l, "%u at 0x%" PRIx64, t->number, t->offset);
	html_cell(l, "%s", copy_state(t->readable, t->valid, t->chosen));
	if (t->readable) {
		html_cell(l, "%" PRIu32, t->entry_count);
		put_sum(l, t->checksum_stored, t->checksum_computed);
	} else {
		html_cell(l, "-");
		html_cell(l, "-");
	}
	html_cell_open(l);
	html_checks_of(l->h, VHDXLOG_OBJECT_REGION_TABLE, t->number);
	html_cell_close(l);
}

void html_regions(struct html *h)
{
	struct html_list l;

	html_section(h, "regions", "Region tables");
	html_list_open(&l, h, "tables",
		       "Both copies, as they would be after the replay",
		       table_columns, 2);
	put_table(&l, vhdxlog_region_table(h->t.scan, 1));
	put_table(&l, vhdxlog_region_table(h->t.scan, 2));
	html_list_close(&l);
	put_regions(h, vhdxlog_region_table(h->t.scan, 1));
	put_regions(h, vhdxlog_region_table(h->t.scan, 2));
	html_section_end(h);
}
