/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/medium.h"

#include <criterion/criterion.h>

#include "base/bytes.h"

static int medium_read(void *ctx, uint64_t off, void *buf, size_t len,
		       struct vhdxlog_error *err)
{
	const struct sparse *s = ctx;

	(void)err;
	if (off > s->size || len > s->size - off)
		return VHDXLOG_E_RANGE;
	sparse_get(s, off, buf, len);
	return 0;
}

static void reach(struct sparse *s, uint64_t end)
{
	s->size = vl_max64(s->size, end);
}

static int medium_write(void *ctx, uint64_t off, const void *buf, size_t len,
			struct vhdxlog_error *err)
{
	(void)err;
	reach(ctx, off + len);
	sparse_put(ctx, off, buf, len);
	return 0;
}

/* What is no page of it is zero already. */
static int medium_zero(void *ctx, uint64_t off, uint64_t len,
		       struct vhdxlog_error *err)
{
	struct sparse *s = ctx;

	(void)err;
	reach(s, off + len);
	for (uint32_t i = s->count; i-- > 0;) {
		uint64_t at = (uint64_t)s->page[i] * SPARSE_PAGE;
		uint64_t from = vl_max64(at, off);
		uint64_t end = vl_min64(at + SPARSE_PAGE, off + len);

		if (from < end)
			memset(s->bytes[i] + (from - at), 0, end - from);
	}
	return 0;
}

static int medium_size(void *ctx, uint64_t *size, struct vhdxlog_error *err)
{
	(void)err;
	*size = ((const struct sparse *)ctx)->size;
	return 0;
}

static int medium_resize(void *ctx, uint64_t size, struct vhdxlog_error *err)
{
	struct sparse *s = ctx;
	uint64_t was = s->size;

	if (size < was)
		medium_zero(s, size, was - size, err);
	s->size = size;
	return 0;
}

static int medium_flush(void *ctx, struct vhdxlog_error *err)
{
	(void)ctx;
	(void)err;
	return 0;
}

static void medium_close(void *ctx)
{
	(void)ctx;
}

struct vl_medium fuzz_medium(struct sparse *s)
{
	static const struct vl_medium_ops ops = {
		.read = medium_read,
		.write = medium_write,
		.zero = medium_zero,
		.size = medium_size,
		.resize = medium_resize,
		.flush = medium_flush,
		.close = medium_close,
	};

	return (struct vl_medium){ &ops, s };
}

bool fuzz_is_too_much(const struct vl_change *c)
{
	struct vl_piece p;
	uint64_t pages = 0;
	int rc;

	if (c->new_size > SPARSE_SIZE)
		return true;
	cr_assert_eq(vl_change_rewind(c, NULL), 0);
	while ((rc = vl_change_next(c, &p, NULL)) == 0)
		pages += p.bytes ? vl_div_up(p.length, SPARSE_PAGE) + 1 : 0;
	cr_assert_eq(rc, 1);
	return pages > SPARSE_PAGES / 2;
}

bool fuzz_carry_out(const struct sparse *image, const struct vl_change *c,
		    struct sparse *copy)
{
	struct vl_medium m = fuzz_medium(copy);

	if (image->count > SPARSE_PAGES / 2 || fuzz_is_too_much(c))
		return false;
	sparse_copy(copy, image);
	cr_assert_eq(vl_change_write(c, &m, NULL), 0);
	cr_assert_eq(vl_change_verify(c, &m, NULL), 0);
	vl_medium_close(&m);
	return true;
}
