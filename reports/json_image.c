/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

/* ----------------------------------------------------------------- headers */

struct rj_record rj_header_fields(const struct vhdxlog_header *h)
{
	const bool known = h->readable;
	struct rj_record r = rj_object();

	rj_number(&r, "slot", h->slot);
	rj_decimal(&r, "offset", h->offset);
	rj_bool(&r, "readable", known);
	rj_bool(&r, "valid", h->valid);
	rj_bool(&r, "current", h->current);
	rj_maybe_decimal(&r, "sequence_number", known, h->sequence_number);
	rj_maybe_guid(&r, "file_write_guid", known, &h->file_write_guid);
	rj_maybe_guid(&r, "data_write_guid", known, &h->data_write_guid);
	rj_maybe_guid(&r, "log_guid", known, &h->log_guid);
	rj_maybe_number(&r, "log_version", known, h->log_version);
	rj_maybe_number(&r, "version", known, h->version);
	rj_maybe_number(&r, "log_length", known, h->log_length);
	rj_maybe_decimal(&r, "log_offset", known, h->log_offset);
	rj_checksum(&r, known, h->checksum_stored, known,
		    h->checksum_computed);
	return r;
}

int rj_header_members(struct rj_out *out, struct rj_view *view,
		      const struct vhdxlog_header *header)
{
	struct rj_record checks, r = rj_header_fields(header);
	int rc = rj_checks(view, VHDXLOG_OBJECT_HEADER, header->slot, &checks);

	if (rc < 0) {
		rj_drop(&r);
		return rc;
	}
	rj_put(&r, "checks", checks);
	rj_members(out, r);
	return 0;
}

static int headers(struct rj_out *out, struct rj_view *view)
{
	const struct vhdxlog_scan *scan = rj_scan(view);
	int rc = 0;

	if (!rj_open_list(out, "headers", "header"))
		return 0;
	for (unsigned slot = 1; scan && slot <= 2; slot++) {
		rj_open(out, NULL);
		rc = rj_header_members(out, view, vhdxlog_header(scan, slot));
		if (rc < 0)
			return rc;
		rj_close(out);
	}
	rj_close(out);
	return 0;
}

/* ----------------------------------------------------------- region tables */

static struct rj_record region(const struct vhdxlog_region *region)
{
	struct rj_record r = rj_object();

	rj_guid(&r, "guid", &region->guid);
	rj_words(&r, "name", region->name);
	rj_decimal(&r, "offset", region->offset);
	rj_number(&r, "length", region->length);
	rj_bool(&r, "required", region->required & 1);
	rj_number(&r, "required_raw", region->required);
	return r;
}

static int table_members(struct rj_out *out, struct rj_view *view,
			 const struct vhdxlog_region_table *table)
{
	const bool known = table->readable;
	struct rj_record checks, r;
	int rc = rj_checks(view, VHDXLOG_OBJECT_REGION_TABLE, table->number,
			   &checks);

	if (rc < 0)
		return rc;
	r = rj_object();
	rj_number(&r, "table", table->number);
	rj_decimal(&r, "offset", table->offset);
	rj_bool(&r, "readable", known);
	rj_bool(&r, "valid", table->valid);
	rj_bool(&r, "chosen", table->chosen);
	rj_maybe_number(&r, "entry_count", known, table->entry_count);
	rj_checksum(&r, known, table->checksum_stored, known,
		    table->checksum_computed);
	rj_put(&r, "checks", checks);
	rj_members(out, r);
	return 0;
}

static int region_table(struct rj_out *out, struct rj_view *view,
			const struct vhdxlog_region_table *table)
{
	int rc = table_members(out, view, table);

	if (rc < 0)
		return rc;
	if (rj_open_list(out, "regions", NULL)) {
		for (size_t i = 0; i < table->region_count; i++)
			rj_element(out, region(&table->regions[i]));
		rj_close(out);
	}
	return 0;
}

static int region_tables(struct rj_out *out, struct rj_view *view)
{
	const struct vhdxlog_scan *scan = rj_scan(view);
	int rc = 0;

	if (!rj_open_list(out, "region_tables", "region_table"))
		return 0;
	for (unsigned i = 1; scan && i <= 2; i++) {
		rj_open(out, NULL);
		rc = region_table(out, view, vhdxlog_region_table(scan, i));
		if (rc < 0)
			return rc;
		rj_close(out);
	}
	rj_close(out);
	return 0;
}

/* --------------------------------------------------------- metadata and BAT */

static void locator(struct rj_out *out, const struct vhdxlog_locator *locator)
{
	struct rj_record r = rj_object();

	if (!locator) {
		rj_null(&r, "parent_locator");
		rj_members(out, r);
		return;
	}
	rj_open(out, "parent_locator");
	rj_guid(&r, "type", &locator->type);
	rj_members(out, r);
	if (rj_open_list(out, "entries", "locator_entry")) {
		for (size_t i = 0; i < locator->pair_count; i++) {
			r = rj_object();
			rj_utf16_twin(&r, "key", "key_hex",
				      locator->pairs[i].key);
			rj_utf16_twin(&r, "value", "value_hex",
				      locator->pairs[i].value);
			rj_element(out, r);
		}
		rj_close(out);
	}
	rj_close(out);
}

void rj_metadata(struct rj_out *out, const struct vhdxlog_image *image)
{
	const struct vhdxlog_metadata *m = &image->metadata;
	struct rj_record r = rj_object();

	if (!image->metadata_known) {
		rj_null(&r, "metadata");
		rj_members(out, r);
		return;
	}
	rj_open(out, "metadata");
	rj_maybe_number(&r, "block_size", m->has_file_parameters,
			m->block_size);
	rj_maybe_decimal(&r, "virtual_disk_size", m->has_disk_size,
			 m->virtual_disk_size);
	rj_maybe_number(&r, "logical_sector_size", m->has_logical_sector,
			m->logical_sector_size);
	rj_maybe_number(&r, "physical_sector_size", m->has_physical_sector,
			m->physical_sector_size);
	rj_maybe_guid(&r, "virtual_disk_id", m->has_disk_id,
		      &m->virtual_disk_id);
	rj_maybe_bool(&r, "has_parent", m->has_file_parameters, m->has_parent);
	rj_maybe_bool(&r, "fixed", m->has_file_parameters, m->fixed);
	rj_members(out, r);
	locator(out, m->locator);
	rj_close(out);
}

static void bat(struct rj_out *out, const struct vhdxlog_bat *bat)
{
	struct rj_record r, member = rj_object();

	if (!bat->known) {
		rj_null(&member, "bat");
		rj_members(out, member);
		return;
	}
	r = rj_object();
	rj_number(&r, "entries", bat->entries);
	rj_number(&r, "present", bat->present);
	rj_number(&r, "partial", bat->partial);
	rj_number(&r, "zero", bat->zero);
	rj_number(&r, "not_present", bat->not_present);
	rj_number(&r, "other", bat->other);
	rj_number(&r, "lost", bat->lost);
	rj_number(&r, "cut", bat->cut);
	rj_decimal(&r, "missing", bat->missing);
	rj_decimal(&r, "end", bat->end);
	rj_decimal(&r, "unowned", bat->unowned);
	rj_put(&member, "bat", r);
	rj_members(out, member);
}

/* -------------------------------------------------------------------- image */

static void identity(struct rj_out *out, const struct vhdxlog_image *image,
		     bool examined)
{
	struct rj_record r = rj_object();

	if (examined) {
		rj_utf16_twin(&r, "creator", "creator_hex", image->creator);
	} else {
		rj_null(&r, "creator");
		rj_null(&r, "creator_hex");
	}
	rj_maybe_number(&r, "current_header", image->current_header,
			image->current_header);
	rj_members(out, r);
}

int rj_image(struct rj_out *out, struct rj_view *view)
{
	static const struct vhdxlog_image none;
	const struct vhdxlog_scan *scan = rj_scan(view);
	const struct vhdxlog_image *image = scan ? vhdxlog_image(scan) : &none;
	int rc;

	rj_open(out, "image");
	identity(out, image, scan);
	if ((rc = headers(out, view)) < 0 ||
	    (rc = region_tables(out, view)) < 0)
		return rc;
	rj_metadata(out, image);
	bat(out, &image->bat);
	rc = rj_check_lines(out, view, VHDXLOG_OBJECT_IMAGE, "image_check");
	rj_close(out);
	return rc;
}
