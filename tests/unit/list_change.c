/* SPDX-License-Identifier: MIT */
#include "list_change.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

static int list_rewind(void *ctx, struct vhdxlog_error *err)
{
	struct list_change *l = ctx;

	if (l->fail_rewind)
		return vl_error(err, VHDXLOG_E_IO, EIO, 0, "by test");
	l->at = 0;
	return 0;
}

/* A copy in memory of its own, so that a checker sees who keeps it too long. */
static int list_next(void *ctx, struct vl_piece *piece,
		     struct vhdxlog_error *err)
{
	struct list_change *l = ctx;

	free(l->lent);
	l->lent = NULL;
	if (l->at == l->count)
		return 1;
	if (l->at + 1 == l->fail_at)
		return vl_error(err, VHDXLOG_E_IO, EIO, 0, "by test");
	*piece = l->pieces[l->at++];
	if (piece->bytes) {
		l->lent = malloc(piece->length);
		cr_assert(l->lent);
		memcpy(l->lent, piece->bytes, piece->length);
		piece->bytes = l->lent;
	}
	return 0;
}

static void list_close(void *ctx)
{
	struct list_change *l = ctx;

	l->closed++;
	errno = EBADMSG;
}

struct vl_change list_change(struct list_change *l, uint64_t old_size,
			     uint64_t new_size)
{
	static const struct vl_change_ops ops = { list_rewind, list_next,
						  list_close };

	return (struct vl_change){ old_size, new_size, &ops, l };
}

void list_add(struct list_change *l, uint64_t off, const void *bytes,
	      uint64_t len)
{
	uint8_t *own = NULL;

	if (bytes) {
		own = malloc(len);
		cr_assert(own);
		memcpy(own, bytes, len);
	}
	l->pieces = realloc(l->pieces, (l->count + 1) * sizeof(*l->pieces));
	cr_assert(l->pieces);
	l->pieces[l->count++] = (struct vl_piece){
		.offset = off,
		.length = len,
		.bytes = own,
		.entry = VHDXLOG_NO_SECTOR,
	};
}

void list_random(struct list_change *l, struct rng *r, uint64_t size,
		 uint64_t max_gap)
{
	static uint8_t bytes[20000];
	uint64_t at = rng_below(r, max_gap);

	while (at < size) {
		bool zero = rng_chance(r, 30);
		uint64_t len = rng_chance(r, 50) ?
				       4096 :
				       1 + rng_below(r, sizeof(bytes));

		if (zero && rng_chance(r, 10))
			len += rng_below(r, max_gap);
		len = vl_min64(len, size - at);
		rng_fill(r, bytes, sizeof(bytes) / 8);
		list_add(l, at, zero ? NULL : bytes, len);
		at += len;
		if (rng_chance(r, 70))
			at += rng_below(r, max_gap);
	}
}

void list_release(struct list_change *l)
{
	for (size_t i = 0; i < l->count; i++)
		free((void *)(uintptr_t)l->pieces[i].bytes);
	free(l->pieces);
	free(l->lent);
	*l = (struct list_change){ 0 };
}
