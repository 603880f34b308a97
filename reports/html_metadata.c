/* SPDX-License-Identifier: MIT */
/* What the image says of its disk, of its blocks and of its parent. */
#include "reports/html.h"

#include <inttypes.h>

static void put_disk(struct html *h, const struct vhdxlog_metadata *m)
{
	char guid[VHDXLOG_GUID_TEXT];

	if (m->has_disk_size)
		html_fact(h, "virtual_disk_size", "size of the disk",
			  "%" PRIu64 " bytes", m->virtual_disk_size);
	if (m->has_file_parameters) {
		html_fact(h, "block_size", "block size", "%" PRIu32 " bytes",
			  m->block_size);
		html_fact(h, "fixed", "blocks stay allocated", "%s",
			  m->fixed ? "yes" : "no");
		html_fact(h, "has_parent", "has a parent", "%s",
			  m->has_parent ? "yes" : "no");
	}
	if (m->has_logical_sector)
		html_fact(h, "logical_sector_size", "logical sector",
			  "%" PRIu32 " bytes", m->logical_sector_size);
	if (m->has_physical_sector)
		html_fact(h, "physical_sector_size", "physical sector",
			  "%" PRIu32 " bytes", m->physical_sector_size);
	if (m->has_disk_id)
		html_fact(h, "virtual_disk_id", "disk identifier", "%s",
			  vhdxlog_guid_format(&m->virtual_disk_id, guid));
}

static void put_locator(struct html *h, const struct vhdxlog_locator *locator)
{
	static const struct html_column columns[] = {
		{ "key", "key" }, { "value", "value" }, { NULL, NULL },
	};
	char guid[VHDXLOG_GUID_TEXT];
	struct html_list l;

	html_list_open(&l, h, "locator", "Parent locator, as it is stored",
		       columns, locator->pair_count);
	for (size_t i = 0; i < locator->pair_count && html_row(&l, NULL);
	     i++) {
		html_cell_open(&l);
		html_utf16(h, locator->pairs[i].key);
		html_cell_close(&l);
		html_cell_open(&l);
		html_utf16(h, locator->pairs[i].value);
		html_cell_close(&l);
	}
	html_list_close(&l);
	html_note(h, "type %s", vhdxlog_guid_format(&locator->type, guid));
}

static void put_blocks(struct html *h, const struct vhdxlog_bat *bat)
{
	const struct {
		const char *key, *words;
		uint64_t n;
	} states[] = {
		{ "entries", "entries", bat->entries },
		{ "present", "present", bat->present },
		{ "partial", "partially present", bat->partial },
		{ "zero", "zero", bat->zero },
		{ "not_present", "not present", bat->not_present },
		{ "other", "other", bat->other },
		{ "lost", "wholly beyond the end of the file", bat->lost },
		{ "cut", "partly beyond the end of the file", bat->cut },
		{ "missing", "bytes missing there", bat->missing },
		{ "end", "end of the last block", bat->end },
		{ "unowned", "bytes that are no block's", bat->unowned },
	};

	html_section(h, "bat", "Block allocation table");
	html_facts(h);
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		html_fact(h, states[i].key, states[i].words, "%" PRIu64,
			  states[i].n);
	html_facts_end(h);
	html_section_end(h);
}

void html_metadata(struct html *h)
{
	const struct vhdxlog_image *image = vhdxlog_image(h->t.scan);

	html_section(h, "metadata", "Metadata");
	html_facts(h);
	html_fact_open(h, "creator", "creator");
	html_utf16(h, image->creator);
	html_fact_close(h);
	if (image->metadata_known)
		put_disk(h, &image->metadata);
	html_facts_end(h);
	if (!image->metadata_known)
		html_note(h, "The metadata is not to be found, or cannot be "
			     "read.");
	else if (image->metadata.locator)
		put_locator(h, image->metadata.locator);
	html_section_end(h);
	if (image->bat.known)
		put_blocks(h, &image->bat);
}
