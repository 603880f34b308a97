/* SPDX-License-Identifier: MIT */
/*
 * Many images for spreadsheets: a row each, with what they are sorted by first. The
 * rows of images that could not be examined have the same columns.
 */
#include "reports/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reports/facts.h"
#include "reports/readers.h"
#include "reports/report.h"

static const char *const columns[] = {
	"path",		   "state",	   "exit_status",
	"errors",	   "warnings",	   "infos",
	"first_error",	   "size",	   "creator",
	"virtual_size",	   "block_size",   "fixed",
	"has_parent",	   "parent",	   "virtual_disk_id",
	"data_write_guid", "log_guid",	   "log_offset",
	"log_length",	   "entries_valid", "entries_stale",
	"entries_invalid", "sequences",	   "active_sequence",
	"active_entries",  "reader_disks", "changes_bytes",
	"unchanged",	   "sha256",	   "summary",
	"path_hex",
	NULL,
};

void report_scan_csv_head(FILE *out)
{
	csv_begin(out, columns);
}

static void skip(struct csv *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		csv_text(c, NULL);
}

static void put_bool(struct csv *c, bool known, bool value)
{
	csv_text(c, !known ? NULL : value ? "true" : "false");
}

/* As the program would end for this image alone. */
static unsigned exit_status(const struct vhdxlog_outcome *o)
{
	if (o->state == VHDXLOG_NOT_VHDX || o->state == VHDXLOG_UNREADABLE)
		return 3;
	return o->needs_decision;
}

static void put_verdict(struct csv *c, const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(scan);
	uint64_t count[VHDXLOG_INFO + 1] = { 0 };
	const char *first = NULL;

	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		if (f->severity == VHDXLOG_ERROR && !first)
			first = f->id;
		count[f->severity]++;
	}
	csv_text(c, vhdxlog_state_name(o->state));
	csv_number(c, exit_status(o));
	csv_number(c, count[VHDXLOG_ERROR]);
	csv_number(c, count[VHDXLOG_WARNING]);
	csv_number(c, count[VHDXLOG_INFO]);
	csv_text(c, first);
}

/* -------------------------------------------------------------------- image */

static void put_utf16(struct csv *c, struct vhdxlog_utf16 text)
{
	bool faithful;
	char *utf8 = vhdxlog_utf16_to_utf8(text, &faithful);

	if (!utf8)
		c->failed = true;
	csv_foreign(c, utf8);
	free(utf8);
}

/* Whether a pair of the locator has this key; its letters are of ASCII. */
static bool has_key(const struct vhdxlog_locator_pair *pair, const char *key)
{
	bool faithful;
	char *utf8 = vhdxlog_utf16_to_utf8(pair->key, &faithful);
	bool same = utf8 && strcasecmp(utf8, key) == 0;

	free(utf8);
	return same;
}

/* Where the parent is said to be, by the first of the names that it has. 2.6.2.6 */
static void put_parent(struct csv *c, const struct vhdxlog_locator *l)
{
	static const char *const keys[] = { "relative_path",
					    "absolute_win32_path",
					    "volume_path" };

	for (size_t k = 0; l && k < sizeof(keys) / sizeof(*keys); k++) {
		for (size_t i = 0; i < l->pair_count; i++) {
			if (has_key(&l->pairs[i], keys[k])) {
				put_utf16(c, l->pairs[i].value);
				return;
			}
		}
	}
	csv_text(c, NULL);
}

static void put_guid(struct csv *c, bool known, const struct vhdxlog_guid *guid)
{
	if (known)
		csv_guid(c, guid);
	else
		csv_text(c, NULL);
}

static void put_image(struct csv *c, const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_image *image = vhdxlog_image(scan);
	const struct vhdxlog_metadata *m = &image->metadata;
	bool sized = m->has_file_parameters;

	put_utf16(c, image->creator);
	csv_maybe_number(c, m->has_disk_size, m->virtual_disk_size);
	csv_maybe_number(c, sized, m->block_size);
	put_bool(c, sized, m->fixed);
	put_bool(c, sized, m->has_parent);
	put_parent(c, m->locator);
	put_guid(c, m->has_disk_id, &m->virtual_disk_id);
	put_guid(c, image->current_header,
		 image->current_header ?
			 &vhdxlog_header(scan, image->current_header)
				  ->data_write_guid :
			 NULL);
}

/* ---------------------------------------------------------------------- log */

static void put_changes(struct csv *c, struct vhdxlog_scan *scan, bool active,
			const struct vhdxlog_sequence *sequence)
{
	struct vhdxlog_effect effect = { .pages = 0 };
	bool filled = false;

	if (active && sequence->index != SIZE_MAX &&
	    vhdxlog_sequence_effect(scan, sequence->index, &filled, &effect,
				    NULL) != 0)
		filled = false;
	put_bool(c, filled && effect.changes_known, effect.changes_bytes);
}

static void put_sequences(struct csv *c, struct vhdxlog_scan *scan)
{
	struct vhdxlog_sequence s;
	char id[VHDXLOG_ID_TEXT];
	bool active = facts_active_sequence(scan, &s);

	csv_number(c, vhdxlog_sequence_count(scan));
	csv_text(c, active ? facts_range_id(s.id, id) : NULL);
	csv_maybe_number(c, active, active ? s.entries : 0);
	csv_number(c, readers_disks(scan));
	put_changes(c, scan, active, &s);
}

static void put_log(struct csv *c, struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	put_guid(c, log->has_guid, &log->guid);
	csv_maybe_number(c, log->known, log->offset);
	csv_maybe_number(c, log->known, log->length);
	csv_number(c, vhdxlog_entry_tally(scan, VHDXLOG_VALID));
	csv_number(c, vhdxlog_entry_tally(scan, VHDXLOG_STALE));
	csv_number(c, vhdxlog_entry_tally(scan, VHDXLOG_INVALID));
	put_sequences(c, scan);
}

/* --------------------------------------------------------------------- rows */

static void put_summary(struct csv *c, const struct report_subject *subject)
{
	int len = report_summary(NULL, 0, subject);
	char *text = len < 0 ? NULL : malloc((size_t)len + 1);

	if (text)
		report_summary(text, (size_t)len + 1, subject);
	else
		c->failed = true;
	csv_foreign(c, text);
	free(text);
}

/* Of a name that a row could not be led back to by its path: its bytes. */
static void put_path_hex(struct csv *c, const char *path)
{
	bool faithful = false;
	char *text = report_escape_json(path, &faithful);
	char *hex = text && !faithful ?
			    report_hex((const uint8_t *)path, strlen(path)) :
			    NULL;

	if (!text || (!faithful && !hex))
		c->failed = true;
	csv_text(c, hex);
	free(hex);
	free(text);
}

int report_scan_csv(FILE *out, const struct report_subject *subject,
		    const struct report_options *options,
		    struct vhdxlog_error *err)
{
	struct vhdxlog_scan *scan = subject->scan;
	struct csv c = csv_continue(out);

	csv_foreign(&c, options->path);
	put_verdict(&c, scan);
	csv_number(&c, vhdxlog_source_size(subject->source));
	put_image(&c, scan);
	put_log(&c, scan);
	put_bool(&c, true, vhdxlog_verdict(scan)->unchanged);
	csv_text(&c, vhdxlog_hashes(scan)->image);
	put_summary(&c, subject);
	put_path_hex(&c, options->path);
	csv_end_row(&c);
	return csv_finish(&c, 0, err);
}

/* What was not counted is empty, not 0. */
int report_failure_csv(FILE *out, const struct report_options *options,
		       const char *message)
{
	enum { BEFORE = 3, LAST = 2 };
	const unsigned all = sizeof(columns) / sizeof(*columns) - 1;
	struct csv c = csv_continue(out);

	csv_foreign(&c, options->path);
	csv_text(&c, vhdxlog_state_name(VHDXLOG_UNREADABLE));
	csv_number(&c, 3);
	skip(&c, all - BEFORE - LAST);
	csv_foreign(&c, message);
	put_path_hex(&c, options->path);
	csv_end_row(&c);
	return csv_finish(&c, 0, NULL);
}
