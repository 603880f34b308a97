/* SPDX-License-Identifier: MIT */
/*
 * The facts above the tables: image, parent, headers, log, digests.
 */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/facts.h"

#define MARGIN 10 /* where text_label() ends */

/* Print behind a label, wrapped, and release. */
static void line_close(struct text *t, struct text_memo *f, const char *label)
{
	char *text = text_memo_close(t, f);

	if (text && *text) {
		text_label(t, label);
		text_wrap(t, MARGIN, MARGIN, text);
	}
	free(text);
}

/* ------------------------------------------------------------------- image */

static bool is_ascii(const char *s)
{
	while (*s >= ' ' && *s <= '~')
		s++;
	return !*s;
}

/* Of an identifier that was overwritten, half a kilobyte of anything at all. */
static void put_creator(struct text *t, FILE *f)
{
	char *creator = text_utf16(t, vhdxlog_image(t->scan)->creator);
	struct vhdxlog_verdict v;

	if (!creator || !*creator)
		fputs("creator not named; ", f);
	else if (!is_ascii(creator) &&
		 facts_image_verdict(t->scan, "ident-signature-bad", &v))
		fputs("creator not legible; ", f);
	else
		fprintf(f, "%s; ", creator);
	free(creator);
}

static const char *disk_kind(const struct vhdxlog_metadata *m)
{
	if (m->has_parent)
		return "differencing";
	return m->fixed ? "fixed" : "dynamic";
}

void text_say_disk(FILE *f, const struct vhdxlog_image *image)
{
	const struct vhdxlog_metadata *m = &image->metadata;
	char size[32];

	if (!image->metadata_known)
		return;
	fprintf(f, "%s",
		m->has_disk_size ? report_size(m->virtual_disk_size, size) :
				   "size not known");
	if (m->has_file_parameters)
		fprintf(f, ", %s, blocks of %s", disk_kind(m),
			report_size(m->block_size, size));
	if (m->has_logical_sector && m->has_physical_sector)
		fprintf(f, ", sectors of %" PRIu32 "/%" PRIu32,
			m->logical_sector_size, m->physical_sector_size);
}

void text_disk(struct text *t, const struct vhdxlog_image *image)
{
	struct text_memo f;

	if (!text_memo_open(t, &f))
		return;
	text_say_disk(f.stream, image);
	line_close(t, &f, "disk");
}

void text_say_blocks(FILE *f, const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_bat *bat = &vhdxlog_image(scan)->bat;
	const struct {
		uint64_t n;
		const char *state;
	} states[] = {
		{ bat->present, "present" },
		{ bat->partial, "partially present" },
		{ bat->zero, "zero" },
		{ bat->not_present, "not present" },
		{ bat->other, "other" },
	};
	char size[32];

	if (!bat->known)
		return;
	fprintf(f, "%" PRIu64 " %s", bat->entries,
		bat->entries == 1 ? "entry" : "entries");
	for (size_t i = 0, n = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (states[i].n)
			fprintf(f, "%s%" PRIu64 " %s", n++ ? ", " : ": ",
				states[i].n, states[i].state);
	}
	if (bat->unowned)
		fprintf(f, "; %s of the file are no block's",
			report_size(bat->unowned, size));
}

static void put_parent(struct text *t)
{
	const struct vhdxlog_locator *l =
		vhdxlog_image(t->scan)->metadata.locator;

	for (size_t i = 0; l && i < l->pair_count; i++) {
		char *key = text_utf16(t, l->pairs[i].key);
		char *value = text_utf16(t, l->pairs[i].value);

		text_label(t, i ? "" : "parent");
		if (key && value)
			fprintf(t->out, "%s = %s\n", key, value);
		free(key);
		free(value);
	}
}

void text_say_image(struct text *t, FILE *f)
{
	uint64_t offset = vhdxlog_source_offset(t->source);
	char size[32];

	if (!facts_is_raw_log(t->scan))
		put_creator(t, f);
	fprintf(f, "%s %s",
		vhdxlog_source_kind(t->source) == VHDXLOG_SOURCE_BLOCK_DEVICE ?
			"device" :
			"file",
		report_size(vhdxlog_source_size(t->source), size));
	if (offset)
		fprintf(f, " at offset 0x%" PRIx64 " of a larger one (assumed)",
			offset);
}

void text_image(struct text *t)
{
	struct text_memo f;

	if (!text_memo_open(t, &f))
		return;
	text_say_image(t, f.stream);
	line_close(t, &f, "image");
	text_disk(t, vhdxlog_image(t->scan));
	if (!text_memo_open(t, &f))
		return;
	text_say_blocks(f.stream, t->scan);
	line_close(t, &f, "BAT");
	put_parent(t);
}

/* ----------------------------------------------------------------- headers */

static void put_behind(FILE *f, uint64_t current, uint64_t other)
{
	if (other == current)
		fprintf(f, "with the same number");
	else if (other > current)
		fprintf(f, "%" PRIu64 " ahead", other - current);
	else if (current - other == 1)
		fprintf(f, "one behind");
	else
		fprintf(f, "%" PRIu64 " behind", current - other);
}

static void put_header(FILE *f, const struct vhdxlog_header *h,
		       const struct vhdxlog_header *current)
{
	fprintf(f, "slot %u ", h->slot);
	if (!h->readable) {
		fprintf(f, "cannot be read");
	} else if (!h->valid && !h->current) {
		fprintf(f, "is unusable");
	} else if (h->current) {
		fprintf(f, "current%s (%" PRIu64 ")",
			h->valid ? "" : " although unusable (assumed)",
			h->sequence_number);
	} else if (current) {
		put_behind(f, current->sequence_number, h->sequence_number);
	} else {
		fprintf(f, "(%" PRIu64 ")", h->sequence_number);
	}
}

void text_say_headers(FILE *f, const struct vhdxlog_scan *scan)
{
	unsigned slot = vhdxlog_image(scan)->current_header;
	const struct vhdxlog_header *current =
		slot ? vhdxlog_header(scan, slot) : NULL;
	unsigned first = slot ? slot : 1;
	char guid[VHDXLOG_GUID_TEXT];

	if (facts_is_raw_log(scan))
		return;
	put_header(f, vhdxlog_header(scan, first), current);
	fprintf(f, ", ");
	put_header(f, vhdxlog_header(scan, 3 - first), current);
	if (current && facts_guid_is_zero(&current->log_guid))
		fprintf(f, "; log not in use");
	else if (current)
		fprintf(f, "; log %s",
			vhdxlog_guid_format(&current->log_guid, guid));
}

void text_headers(struct text *t)
{
	struct text_memo f;

	if (!text_memo_open(t, &f))
		return;
	text_say_headers(f.stream, t->scan);
	line_close(t, &f, "headers");
}

/* --------------------------------------------------------------------- log */

static void put_entry_tally(struct text *t, FILE *f)
{
	size_t entries = vhdxlog_entry_count(t->scan);
	size_t n[] = {
		[VHDXLOG_VALID] = vhdxlog_entry_tally(t->scan, VHDXLOG_VALID),
		[VHDXLOG_STALE] = vhdxlog_entry_tally(t->scan, VHDXLOG_STALE),
		[VHDXLOG_INVALID] =
			vhdxlog_entry_tally(t->scan, VHDXLOG_INVALID),
	};
	const char *sign = " (";

	fprintf(f, "%zu %s", entries, entries == 1 ? "entry" : "entries");
	for (unsigned i = 0; i < 3; i++) {
		if (n[i] == 0)
			continue;
		fprintf(f, "%s%zu %s", sign, n[i],
			text_soundness(t, (enum vhdxlog_soundness)i));
		sign = ", ";
	}
	if (entries)
		fprintf(f, ")");
}

static void put_log_place(const struct vhdxlog_log *log, FILE *f)
{
	char size[32];

	fprintf(f, "%s at 0x%" PRIx64 "%s: ", report_size(log->length, size),
		log->offset, log->assumed ? " (assumed)" : "");
	if (log->present < log->sectors)
		fprintf(f,
			"only %" PRIu32 " of its %" PRIu32
			" sectors lie inside the file; ",
			log->present, log->sectors);
}

void text_say_log(struct text *t, FILE *f)
{
	const struct vhdxlog_log *log = vhdxlog_log(t->scan);
	size_t orphans = vhdxlog_orphan_count(t->scan);

	if (!log->known) {
		fprintf(f, "%s",
			facts_is_raw_log(t->scan) ? "no whole sector" :
						    "not to be found");
		return;
	}
	put_log_place(log, f);
	put_entry_tally(t, f);
	if (orphans)
		fprintf(f, ", %zu orphan data sector%s", orphans,
			orphans == 1 ? "" : "s");
}

void text_log(struct text *t)
{
	struct text_memo f;

	if (!text_memo_open(t, &f))
		return;
	text_say_log(t, f.stream);
	line_close(t, &f, "log");
}

/* ----------------------------------------------------------------- digests */

static void put_digest(struct text *t, const char *of, const char *kind,
		       const char *digest)
{
	if (!*digest)
		return;
	fprintf(t->out, "  %-14s %-7s %s\n", of, kind, digest);
}

void text_hashes(struct text *t)
{
	const struct vhdxlog_hashes *h = vhdxlog_hashes(t->scan);
	bool image = *h->image || *h->image_sha1 || *h->image_md5;

	if (!image && (!t->options->verbose || !*h->headers))
		return;
	putc('\n', t->out);
	put_digest(t, "image", "SHA-256", h->image);
	put_digest(t, "", "SHA-1", h->image_sha1);
	put_digest(t, "", "MD5", h->image_md5);
	if (t->options->verbose) {
		put_digest(t, "headers", "SHA-256", h->headers);
		put_digest(t, "region tables", "SHA-256", h->region_tables);
		put_digest(t, "log", "SHA-256", h->log);
		put_digest(t, "metadata", "SHA-256", h->metadata);
		put_digest(t, "BAT", "SHA-256", h->bat);
	}
}
