/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static struct rj_record entry_fields(const struct vhdxlog_entry *e)
{
	struct rj_record r = rj_object();

	rj_id(&r, "id", 'E', e->sector);
	rj_number(&r, "sector", e->sector);
	rj_decimal(&r, "offset", e->offset);
	rj_number(&r, "sectors", e->sectors);
	rj_bool(&r, "wraps", e->wraps);
	rj_words(&r, "verdict", vhdxlog_soundness_name(e->verdict));
	rj_bool(&r, "active", e->active);
	rj_decimal(&r, "sequence_number", e->sequence_number);
	rj_number(&r, "tail", e->tail);
	rj_number(&r, "entry_length", e->entry_length);
	rj_guid(&r, "log_guid", &e->log_guid);
	rj_number(&r, "descriptor_count", e->descriptor_count);
	rj_decimal(&r, "flushed_file_offset", e->flushed_file_offset);
	rj_decimal(&r, "last_file_offset", e->last_file_offset);
	rj_checksum(&r, true, e->checksum_stored, e->checksum_known,
		    e->checksum_computed);
	return r;
}

/* ------------------------------------------------------------- descriptors */

/* The numbers of those of which the bit is set. */
static struct rj_record pieces(uint8_t bits)
{
	struct rj_record list = rj_list();

	for (unsigned i = 0; i < 8; i++) {
		if (bits >> i & 1)
			rj_number(&list, NULL, i);
	}
	return list;
}

static struct rj_record descriptor(const struct vhdxlog_descriptor *d)
{
	const bool known = d->kind != VHDXLOG_DESCRIPTOR_UNKNOWN;
	struct rj_record r = rj_object();

	rj_number(&r, "index", d->index);
	rj_decimal(&r, "offset", d->offset);
	rj_words(&r, "kind", vhdxlog_descriptor_kind_name(d->kind));
	rj_maybe_decimal(&r, "sequence_number", known, d->sequence_number);
	rj_maybe_decimal(&r, "file_offset", known, d->file_offset);
	rj_maybe_decimal(&r, "length", known, d->length);
	rj_maybe_number(&r, "data_sector", d->data_sector != VHDXLOG_NO_SECTOR,
			d->data_sector);
	rj_words(&r, "region", known ? vhdxlog_area_name(d->area) : NULL);
	rj_words(&r, "applied", vhdxlog_applied_name(d->applied));
	rj_id(&r, "overwritten_by", 'E', d->overwritten_by);
	rj_put(&r, "torn_pieces", pieces(d->pieces));
	return r;
}

/* The bytes of the descriptor, and of the page that it writes. */
static int put_bytes(struct rj_view *view, const struct vhdxlog_entry *e,
		     const struct vhdxlog_descriptor *d, struct rj_record *r)
{
	uint8_t page[4096];
	int rc;

	rj_hex(r, "bytes", d->bytes, sizeof(d->bytes));
	if (e->verdict == VHDXLOG_INVALID ||
	    d->kind != VHDXLOG_DESCRIPTOR_DATA) {
		rj_null(r, "page");
		return 0;
	}
	rc = vhdxlog_descriptor_page(view->subject->scan, d, page, view->err);
	if (rc == 0)
		rj_hex(r, "page", page, sizeof(page));
	return rc;
}

static int write_descriptors(struct rj_out *out, struct rj_view *view,
			     const struct vhdxlog_entry *e,
			     struct vhdxlog_descriptors *it)
{
	struct vhdxlog_descriptor d;
	int rc;

	while ((rc = vhdxlog_descriptors_next(it, &d, view->err)) == 0) {
		struct rj_record r = descriptor(&d);

		if (view->all_bytes && (rc = put_bytes(view, e, &d, &r)) < 0) {
			rj_drop(&r);
			return rc;
		}
		rj_element(out, r);
	}
	return rc < 0 ? rc : 0;
}

static int descriptors(struct rj_out *out, struct rj_view *view,
		       const struct vhdxlog_entry *e)
{
	struct vhdxlog_descriptors *it = NULL;
	int rc;

	if (!rj_open_list(out, "descriptors", NULL))
		return 0;
	rc = vhdxlog_descriptors_open(view->subject->scan, e->index, &it,
				      view->err);
	if (rc == 0)
		rc = write_descriptors(out, view, e, it);
	vhdxlog_descriptors_close(it);
	rj_close(out);
	return rc;
}

/* ------------------------------------------------------------------ checks */

static unsigned count_entry_checks(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < vhdxlog_check_count(); i++)
		n += vhdxlog_check_at(i)->object == VHDXLOG_OBJECT_ENTRY;
	return n;
}

/* Whether the counts already say that the list is empty. */
static bool all_is_well(const struct rj_view *view,
			const struct vhdxlog_entry *e)
{
	return !view->all_checks &&
	       e->checks_passed + e->checks_not_applicable ==
		       view->entry_checks;
}

static int checks(struct rj_out *out, struct rj_view *view,
		  const struct vhdxlog_entry *e)
{
	struct rj_record list, r;
	int rc = 0;

	if (all_is_well(view, e))
		list = rj_list();
	else
		rc = rj_checks(view, VHDXLOG_OBJECT_ENTRY, e->index, &list);
	if (rc < 0)
		return rc;
	r = rj_object();
	rj_put(&r, "checks", list);
	rj_number(&r, "checks_passed", e->checks_passed);
	rj_number(&r, "checks_not_applicable", e->checks_not_applicable);
	if (e->is_head)
		rj_range(&r, "sequence_as_head", e->as_head);
	else
		rj_null(&r, "sequence_as_head");
	rj_members(out, r);
	return 0;
}

int rj_entry_members(struct rj_out *out, struct rj_view *view,
		     const struct vhdxlog_entry *entry)
{
	int rc;

	rj_members(out, entry_fields(entry));
	rc = descriptors(out, view, entry);
	return rc < 0 ? rc : checks(out, view, entry);
}

int rj_entries(struct rj_out *out, struct rj_view *view)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	const size_t n = scan ? vhdxlog_entry_count(scan) : 0;
	struct vhdxlog_entry e;
	int rc;

	if (!rj_open_list(out, "entries", "entry"))
		return 0;
	view->entry_checks = count_entry_checks();
	for (size_t i = 0; i < n; i++) {
		rj_open(out, NULL);
		if ((rc = vhdxlog_entry_at(scan, i, &e, view->err)) < 0 ||
		    (rc = rj_entry_members(out, view, &e)) < 0)
			return rc;
		rj_close(out);
	}
	rj_close(out);
	return 0;
}
