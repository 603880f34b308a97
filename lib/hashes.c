/* SPDX-License-Identifier: MIT */
/*
 * Digests of the evidence itself, so that a report can be tied to the bytes it
 * was made from; anyone can repeat them with dd and sha256sum.
 */
#include "scan.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

#define CHUNK 65536u
#define MAX_METADATA_HASH (128 * VL_MIB)

/* text stays "" where the range is not all inside the file, or unreadable. */
static int hash_range(struct vhdxlog_scan *s, uint64_t off, uint64_t len,
		      char text[VHDXLOG_SHA256_TEXT], struct vhdxlog_error *err)
{
	uint8_t buf[CHUNK];
	struct vl_digest *d;

	if (vl_end(off, len) > vl_scan_disk(s)->size) {
		s->hashes_lost = true;
		return 0;
	}
	d = vl_digest_new("SHA256");
	if (!d)
		return vl_nomem(err);
	while (len) {
		size_t part = (size_t)vl_min64(len, sizeof(buf));

		if (vl_view_read(vl_scan_disk(s), off, buf, part, NULL)) {
			vl_digest_free(d);
			s->hashes_lost = true;
			return 0;
		}
		vl_digest_update(d, buf, part);
		off += part;
		len -= part;
	}
	vl_digest_finish(d, text, VHDXLOG_SHA256_TEXT);
	return 0;
}

static int hash_structures(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	const struct vl_image *i = &s->image;
	struct vhdxlog_hashes *h = &s->hashes;
	int rc;

	if (s->options.raw_log)
		return 0;
	rc = hash_range(s, VL_HEADER_OFFSET(1), 2 * VL_SLOT_SIZE, h->headers,
			err);
	if (!rc)
		rc = hash_range(s, VL_TABLE_OFFSET(1), 2 * VL_SLOT_SIZE,
				h->region_tables, err);
	if (i->metadata_region &&
	    i->metadata_region->length > MAX_METADATA_HASH)
		s->hashes_lost = true;
	else if (!rc && i->metadata_region)
		rc = hash_range(s, i->metadata_region->offset,
				i->metadata_region->length, h->metadata, err);
	/* The entries that the disk needs, not the slack of the region. */
	if (!rc && i->pub.bat.known)
		rc = hash_range(s, i->bat->offset, i->pub.bat.entries * 8,
				h->bat, err);
	return rc;
}

static int hash_image(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	static const struct {
		unsigned flag;
		const char *name;
	} kinds[3] = { { VHDXLOG_HASH_SHA256, "SHA256" },
		       { VHDXLOG_HASH_SHA1, "SHA1" },
		       { VHDXLOG_HASH_MD5, "MD5" } };
	char *text[3] = { s->hashes.image, s->hashes.image_sha1,
			  s->hashes.image_md5 };
	const size_t room[3] = { sizeof(s->hashes.image),
				 sizeof(s->hashes.image_sha1),
				 sizeof(s->hashes.image_md5) };
	struct vl_digest *d[3] = { NULL };
	uint8_t buf[CHUNK];
	uint64_t size = vl_scan_disk(s)->size;
	int rc = 0;

	for (unsigned k = 0; k < 3; k++) {
		if (!(s->options.hash_image & kinds[k].flag))
			continue;
		d[k] = vl_digest_new(kinds[k].name);
		if (!d[k])
			rc = vl_nomem(err);
	}
	for (uint64_t off = 0; !rc && off < size;) {
		size_t part = (size_t)vl_min64(size - off, sizeof(buf));

		rc = vl_view_read(vl_scan_disk(s), off, buf, part, err);
		for (unsigned k = 0; !rc && k < 3; k++)
			vl_digest_update(d[k], buf, part);
		off += part;
		vl_scan_progress(s, off, size);
	}
	for (unsigned k = 0; k < 3; k++) {
		if (rc)
			vl_digest_free(d[k]);
		else
			vl_digest_finish(d[k], text[k], room[k]);
	}
	/* A file that cannot be read to its end has no digest; that is said,
	 * and the scan goes on. */
	s->hashes_lost = s->hashes_lost || rc;
	return rc == VHDXLOG_E_IO ? 0 : rc;
}

int vl_hashes_make(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	int rc = 0;

	if (s->options.hash_structures)
		rc = hash_structures(s, err);
	if (!rc && s->options.hash_image)
		rc = hash_image(s, err);
	return rc;
}

const struct vhdxlog_hashes *vhdxlog_hashes(const struct vhdxlog_scan *scan)
{
	return &scan->hashes;
}
