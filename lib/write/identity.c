/* SPDX-License-Identifier: MIT */
#include "write/replay.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/hex.h"
#include "write/fix.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void line(struct vl_digest *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void line(struct vl_digest *d, const char *format, ...)
{
	char text[160];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	vl_digest_update(d, text, (size_t)n);
}

static void structure(struct vl_digest *d, const char *name, const char *hash)
{
	line(d, "%s %s\n", name, *hash ? hash : "-");
}

static void choice(struct vl_digest *d, const struct vhdxlog_replay *r)
{
	line(d, "entries");
	for (uint64_t i = 0; i < r->entry_count; i++)
		line(d, " E%" PRIu32, r->entries[i]);
	line(d, "\nlength %" PRIu64 "\n", r->size);
	structure(d, "result", r->result);
}

/* The first 16 bytes of a digest as a GUID of version 8. RFC 9562, 5.8 */
static struct vhdxlog_guid guid_of(const char *hex)
{
	struct vhdxlog_guid g;

	for (unsigned i = 0; i < sizeof(g.bytes); i++)
		g.bytes[i] = (uint8_t)vl_hex_byte(hex + 2 * i);
	/* Data3 is little-endian: its high byte is number 7. */
	g.bytes[7] = (uint8_t)((g.bytes[7] & 0x0f) | 0x80);
	g.bytes[8] = (uint8_t)((g.bytes[8] & 0x3f) | 0x80);
	return g;
}

/* The structures of the source. */
static void structures(struct vl_digest *d, const struct vhdxlog_hashes *h)
{
	structure(d, "headers", h->headers);
	structure(d, "region-tables", h->region_tables);
	structure(d, "log", h->log);
	structure(d, "metadata", h->metadata);
	structure(d, "bat", h->bat);
}

static int make(struct vhdxlog_scan *scan, const struct vhdxlog_replay *r,
		enum vl_replay_kind kind, const char *purpose,
		struct vhdxlog_guid *guid, struct vhdxlog_error *err)
{
	struct vl_digest *d = vl_digest_new("SHA256");
	char hex[VHDXLOG_SHA256_TEXT];

	if (!d)
		return vl_nomem(err);
	line(d, "vhdxlog.replay/1\n");
	structures(d, vhdxlog_hashes(scan));
	line(d, "header %u\n", vhdxlog_image(scan)->current_header);
	line(d, "mode %s\n", kind == VL_REPLAY_REARM ? "rearm" : "replay");
	choice(d, r);
	line(d, "outcome %s\n", vhdxlog_outcome_name(r->outcome));
	line(d, "guid %s\n", purpose);
	vl_digest_finish(d, hex, sizeof(hex));
	*guid = guid_of(hex);
	return 0;
}

int vl_identity_make(struct vhdxlog_scan *scan, const struct vhdxlog_replay *r,
		     enum vl_replay_kind kind, struct vl_identity *identity,
		     struct vhdxlog_error *err)
{
	int rc = make(scan, r, kind, "file-write", &identity->file_write, err);

	return rc ? rc :
		    make(scan, r, kind, "log", &identity->log, err);
}

/* --------------------------------------------------------- of repaired files */

static int make_fixed(struct vhdxlog_scan *scan, uint64_t size, unsigned kinds,
		      const char *purpose, struct vhdxlog_guid *guid,
		      struct vhdxlog_error *err)
{
	struct vl_digest *d = vl_digest_new("SHA256");
	char hex[VHDXLOG_SHA256_TEXT];

	if (!d)
		return vl_nomem(err);
	line(d, "vhdxlog.fix/1\n");
	structures(d, vhdxlog_hashes(scan));
	line(d, "length %" PRIu64 "\nfixes", size);
	for (unsigned k = 0; k < VL_FIX_KINDS; k++) {
		if (kinds & 1u << k)
			line(d, " %s", vl_fix_name((enum vl_fix_kind)k));
	}
	line(d, "\nguid %s\n", purpose);
	vl_digest_finish(d, hex, sizeof(hex));
	*guid = guid_of(hex);
	return 0;
}

int vl_identity_fix(struct vhdxlog_scan *scan, uint64_t size, unsigned kinds,
		    struct vl_fix_guids *guids, struct vhdxlog_error *err)
{
	int rc = make_fixed(scan, size, kinds, "file-write", &guids->file_write,
			    err);

	return rc ? rc :
		    make_fixed(scan, size, kinds, "data-write",
			       &guids->data_write, err);
}
