/* SPDX-License-Identifier: MIT */
/*
 * A patch from a change: the old file is read wherever the change goes, and
 * what differs is written, unit by unit.
 *
 * A unit has 512 bytes, the smallest sector of a disk. A page of the log has
 * eight times that and often changes a few bytes; a piece costs about 270 bytes
 * of text besides its data and a unit of data 2 KiB, so one unit that is the
 * same is worth ending a piece for.
 *
 * Lines are put together here and not by json-c: that leaves out of a text what
 * there is no memory for and does not say so, and nothing in them but four
 * words could need an escape.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/hex.h"
#include "write/patch_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define UNIT 512u

struct writer {
	FILE *out;		   /* borrowed */
	struct vl_digest *digest;  /* owned; of what was written */
	const struct vl_view *old; /* borrowed */
	uint64_t old_size, new_size;
	struct vl_patch_tally tally;
	uint8_t before[VL_PATCH_PIECE];
	uint8_t zeroes[VL_PATCH_PIECE];
};

/* ------------------------------------------------------------------- output */

static void put_bytes(struct writer *w, const void *bytes, size_t len)
{
	vl_digest_update(w->digest, bytes, len);
	fwrite(bytes, 1, len, w->out);
}

/* For what is short. */
__attribute__((format(printf, 2, 3))) static void put(struct writer *w,
						      const char *format, ...)
{
	char text[256];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_bytes(w, text, vl_min64((uint64_t)n, sizeof(text) - 1));
}

/* A word of our own or null. */
static void put_word(struct writer *w, const char *word)
{
	if (!word) {
		put(w, "null");
		return;
	}
	put(w, "\"");
	for (; *word; word++) {
		if (*word == '"' || *word == '\\' || (uint8_t)*word < 0x20)
			put(w, "\\u%04x", (unsigned)*word);
		else
			put_bytes(w, word, 1);
	}
	put(w, "\"");
}

/* Without the zeroes at the end. */
static void put_hex(struct writer *w, const uint8_t *bytes, size_t len)
{
	char text[2 * UNIT];

	while (len && !bytes[len - 1])
		len--;
	put(w, "\"");
	while (len) {
		size_t n = (size_t)vl_min64(len, UNIT);

		for (size_t i = 0; i < n; i++)
			vl_hex_put(bytes[i], text + 2 * i);
		put_bytes(w, text, 2 * n);
		bytes += n;
		len -= n;
	}
	put(w, "\"");
}

static int check_stream(const struct writer *w, struct vhdxlog_error *err)
{
	return ferror(w->out) ? vl_error(err, VHDXLOG_E_IO, errno, 0,
					 "writing the patch") :
				0;
}

/* -------------------------------------------------------------------- lines */

static void put_hash(struct writer *w, const char *name, const char *sha256)
{
	put(w, "\"%s\":", name);
	put_word(w, *sha256 ? sha256 : NULL);
}

static void put_first_line(struct writer *w, const struct vl_patch_about *about)
{
	static const struct vhdxlog_hashes unknown;
	const struct vhdxlog_hashes *h =
		about->hashes ? about->hashes : &unknown;

	put(w, "{\"schema\":\"" VL_PATCH_SCHEMA "\",\"type\":\"patch\"");
	put(w, ",\"made_by\":");
	put_word(w, about->made_by);
	put(w, ",\"mode\":");
	put_word(w, about->mode);
	put(w, ",\"sequence\":");
	put_word(w, about->sequence);
	put(w, ",\"policy\":");
	put_word(w, about->policy);
	put(w,
	    ",\"size_before\":\"%" PRIu64 "\",\"size_after\":\"%" PRIu64
	    "\",\"sha256\":{",
	    w->old_size, w->new_size);
	put_hash(w, "headers", h->headers);
	put(w, ",");
	put_hash(w, "region_tables", h->region_tables);
	put(w, ",");
	put_hash(w, "log", h->log);
	put(w, ",");
	put_hash(w, "metadata", h->metadata);
	put(w, ",");
	put_hash(w, "bat", h->bat);
	put(w, "}}\n");
}

/* bytes are NULL where the file does not reach. */
static void put_digest(struct writer *w, const char *key, const uint8_t *bytes,
		       size_t len)
{
	char text[VHDXLOG_SHA256_TEXT];

	put(w, ",\"%s\":", key);
	if (bytes)
		vl_sha256(bytes, len, text);
	put_word(w, bytes ? text : NULL);
}

static void put_side(struct writer *w, const char *key, const uint8_t *bytes,
		     size_t len)
{
	put(w, ",\"%s\":", key);
	if (bytes)
		put_hex(w, bytes, len);
	else
		put(w, "null");
}

/* before and after hold zeroes where the file does not reach. */
static int put_piece(struct writer *w, const struct vl_piece *where,
		     const uint8_t *before, const uint8_t *after,
		     struct vhdxlog_error *err)
{
	size_t len = (size_t)where->length;

	w->tally.pieces++;
	w->tally.bytes += vl_patch_differing(before, after, len);
	if (where->offset >= w->old_size)
		before = NULL;
	if (where->offset >= w->new_size)
		after = NULL;
	put(w, "{\"type\":\"piece\",\"offset\":\"%" PRIu64 "\",\"length\":%zu",
	    where->offset, len);
	if (where->entry == VHDXLOG_NO_SECTOR)
		put(w, ",\"entry\":null");
	else
		put(w, ",\"entry\":\"E%" PRIu32 "\"", where->entry);
	put_digest(w, "old_sha256", before, len);
	put_digest(w, "new_sha256", after, len);
	put_side(w, "old", before, len);
	put_side(w, "new", after, len);
	put(w, "}\n");
	return check_stream(w, err);
}

static int put_last_line(struct writer *w, struct vhdxlog_error *err)
{
	char text[VHDXLOG_SHA256_TEXT];

	vl_digest_finish(w->digest, text, sizeof(text));
	w->digest = NULL;
	put(w, "{\"type\":\"end\",\"pieces\":%" PRIu64 ",\"sha256\":\"%s\"}\n",
	    w->tally.pieces, text);
	return check_stream(w, err);
}

/* ------------------------------------------------------------------- pieces */

/* How much of [off, off + len) is in one unit, counted from the file's start.
 */
static size_t unit_at(uint64_t off, size_t len)
{
	return (size_t)vl_min64(UNIT - off % UNIT, len);
}

/* How much from `at` on is in units that all differ, or that are all the same.
 */
static size_t run_length(const struct vl_piece *p, const uint8_t *before,
			 const uint8_t *after, size_t at, bool *differs)
{
	size_t len = (size_t)p->length;
	size_t end = at;

	while (end < len) {
		size_t n = unit_at(p->offset + end, len - end);
		bool here = memcmp(before + end, after + end, n) != 0;

		if (end > at && here != *differs)
			break;
		*differs = here;
		end += n;
	}
	return end - at;
}

/* p is no longer than a piece of a patch and lies across no end of the file. */
static int put_what_differs(struct writer *w, const struct vl_piece *p,
			    const uint8_t *after, struct vhdxlog_error *err)
{
	const uint8_t *before = w->before;
	size_t run;
	int rc = 0;

	if (p->offset >= w->old_size)
		before = w->zeroes;
	else
		rc = vl_view_read(w->old, p->offset, w->before, p->length, err);
	for (size_t at = 0; !rc && at < p->length; at += run) {
		struct vl_piece part = *p;
		bool differs = false;

		run = run_length(p, before, after, at, &differs);
		part.offset += at;
		part.length = run;
		if (differs)
			rc = put_piece(w, &part, before + at, after + at, err);
	}
	return rc;
}

/*
 * How much of the beginning of p may be in one piece of the patch. It never lies
 * across the new end of the file.
 */
static uint64_t stretch(const struct writer *w, const struct vl_piece *p)
{
	uint64_t n = vl_min64(p->length,
			      VL_PATCH_PIECE - p->offset % VL_PATCH_PIECE);

	return p->offset < w->old_size ? vl_min64(n, w->old_size - p->offset) :
					 n;
}

/* Zeroes, and what is cut off, may be of any length. */
static int put_range(struct writer *w, struct vl_piece p,
		     struct vhdxlog_error *err)
{
	int rc = 0;

	while (!rc && p.length) {
		struct vl_piece part = p;

		/* What the file did not reach reads as zero once it does. */
		if (!p.bytes && p.offset >= w->old_size)
			break;
		part.length = stretch(w, &p);
		rc = put_what_differs(w, &part, p.bytes ? p.bytes : w->zeroes,
				      err);
		p.offset += part.length;
		p.length -= part.length;
		if (p.bytes)
			p.bytes += part.length;
	}
	return rc;
}

static int put_change(struct writer *w, const struct vl_change *change,
		      struct vhdxlog_error *err)
{
	struct vl_piece p;
	uint64_t end = 0;
	int rc = vl_change_rewind(change, err);

	while (!rc) {
		rc = vl_change_next(change, &p, err);
		if (rc)
			break;
		if (p.offset < end || vl_end(p.offset, p.length) > w->new_size)
			return vl_error(
				err, VHDXLOG_E_MISUSE, 0, p.offset,
				"a change whose pieces are not in order");
		end = p.offset + p.length;
		rc = put_range(w, p, err);
	}
	if (rc < 0 || w->old_size <= w->new_size)
		return rc < 0 ? rc : 0;
	p = (struct vl_piece){ .offset = w->new_size,
			       .length = w->old_size - w->new_size,
			       .entry = VHDXLOG_NO_SECTOR };
	return put_range(w, p, err);
}

int vl_patch_write(FILE *out, const struct vl_change *change,
		   const struct vl_view *old,
		   const struct vl_patch_about *about,
		   struct vl_patch_tally *tally, struct vhdxlog_error *err)
{
	struct writer *w;
	int rc;

	if (old->size != change->old_size)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, old->size,
				"a change of another file");
	w = vl_calloc(1, sizeof(*w));
	if (!w)
		return vl_nomem(err);
	w->out = out;
	w->old = old;
	w->old_size = change->old_size;
	w->new_size = change->new_size;
	w->digest = vl_digest_new("SHA256");
	rc = w->digest ? 0 : vl_nomem(err);
	if (!rc) {
		put_first_line(w, about);
		rc = put_change(w, change, err);
	}
	if (!rc)
		rc = put_last_line(w, err);
	*tally = w->tally;
	vl_digest_free(w->digest);
	free(w);
	return rc;
}
