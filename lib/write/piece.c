/* SPDX-License-Identifier: MIT */
#include "write/change.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

#include <string.h>

#define CHUNK 65536u

struct digests {
	struct vl_digest *before, *after; /* NULL: not wanted */
};

static int compare_chunk(const struct vl_piece *p, const struct vl_view *old,
			 uint64_t at, size_t len, struct digests *d,
			 struct vl_piece_effect *effect,
			 struct vhdxlog_error *err)
{
	static const uint8_t zeroes[CHUNK];
	uint64_t off = p->offset + at;
	const uint8_t *now = p->bytes ? p->bytes + at : zeroes;
	uint64_t inside = off < old->size ? old->size - off : 0;
	size_t there = (size_t)vl_min64(inside, len);
	uint8_t was[CHUNK];
	int rc = vl_view_read(old, there ? off : 0, was, there, err);

	if (rc)
		return rc;
	if (there < len || memcmp(was, now, len) != 0)
		effect->changes = true;
	vl_digest_update(d->before, was, there);
	vl_digest_update(d->after, now, len);
	return 0;
}

static int compare_all(const struct vl_piece *p, const struct vl_view *old,
		       struct digests *d, struct vl_piece_effect *effect,
		       struct vhdxlog_error *err)
{
	int rc = 0;

	for (uint64_t at = 0; !rc && at < p->length; at += CHUNK)
		rc = compare_chunk(p, old, at,
				   (size_t)vl_min64(p->length - at, CHUNK), d,
				   effect, err);
	return rc;
}

int vl_piece_compare(const struct vl_piece *p, const struct vl_view *old,
		     bool hashes, uint64_t *budget,
		     struct vl_piece_effect *effect, struct vhdxlog_error *err)
{
	uint64_t zeroes = p->bytes ? 0 : p->length;
	struct digests d = { NULL, NULL };
	int rc;

	*effect = (struct vl_piece_effect){ .changes = false };
	if (zeroes > *budget) {
		effect->changes = true;
		return 0;
	}
	*budget -= zeroes;
	if (hashes) {
		d.before = vl_digest_new("SHA256");
		d.after = vl_digest_new("SHA256");
	}
	rc = hashes && (!d.before || !d.after) ?
		     vl_nomem(err) :
		     compare_all(p, old, &d, effect, err);
	vl_digest_finish(d.before, effect->before, sizeof(effect->before));
	vl_digest_finish(d.after, effect->after, sizeof(effect->after));
	if (p->offset >= old->size)
		effect->before[0] = '\0';
	return rc;
}
