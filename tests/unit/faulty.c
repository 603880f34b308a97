/* SPDX-License-Identifier: MIT */
#include "faulty.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"

void faulty_init(struct faulty *f, const struct buffer *image)
{
	*f = (struct faulty){ .bytes = image->at,
			      .size = image->len,
			      .rng = rng_seed(1) };
}

void faulty_add(struct faulty *f, uint64_t from, uint64_t len)
{
	cr_assert_lt(f->n_bad, FAULTY_RANGES);
	f->bad[f->n_bad].from = from;
	f->bad[f->n_bad++].to = from + len;
}

static bool is_bad(struct faulty *f, uint64_t off, size_t len)
{
	if (f->every_second && f->reads % 2)
		return true;
	if (f->percent && rng_chance(&f->rng, f->percent))
		return true;
	if (f->reads <= f->bad_after)
		return false;
	for (unsigned i = 0; i < f->n_bad; i++) {
		if (off < f->bad[i].to && off + len > f->bad[i].from)
			return true;
	}
	return false;
}

static uint64_t size_now(const struct faulty *f)
{
	return f->shrinks_to && f->reads > f->shrinks_after ? f->shrinks_to :
							      f->size;
}

static int64_t faulty_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct faulty *f = ctx;
	uint64_t size = size_now(f);

	f->reads++;
	if (is_bad(f, off, len))
		return -EIO;
	if (off >= size)
		return 0;
	len = vl_min64(len, size - off);
	if (f->most)
		len = vl_min64(len, f->most);
	memcpy(buf, f->bytes + off, len);
	for (size_t i = 0; f->flips_after && f->reads > f->flips_after && i < len;
	     i++)
		((uint8_t *)buf)[i] ^= 0xff;
	return (int64_t)len;
}

static int faulty_identify(void *ctx, struct vhdxlog_identity *id)
{
	struct faulty *f = ctx;

	if (f->identity_error)
		return f->identity_error;
	*id = (struct vhdxlog_identity){ .size = size_now(f) };
	if (f->identity_changes)
		id->mtime_sec = (int64_t)f->reads;
	return 0;
}

static void faulty_close(void *ctx)
{
	((struct faulty *)ctx)->closed++;
}

int faulty_open(struct faulty *f, struct vhdxlog_source **source)
{
	const struct vhdxlog_source_ops ops = {
		faulty_read, f->no_identity ? NULL : faulty_identify,
		faulty_close
	};

	return vhdxlog_source_custom(&ops, f, f->size, source, NULL);
}

struct scanned faulty_scan(struct faulty *f,
			   const struct vhdxlog_options *options)
{
	struct vhdxlog_error err = { .what = "" };
	struct scanned s;

	cr_assert_eq(faulty_open(f, &s.source), 0);
	cr_assert_eq(vhdxlog_scan(s.source, options, &s.scan, &err), 0,
		     "%s at %ju", err.what, (uintmax_t)err.offset);
	return s;
}
