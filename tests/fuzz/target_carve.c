/* SPDX-License-Identifier: MIT */
/*
 * What is found in a dump: in order, inside it, and the same by one pass and by one
 * that is saved and taken up again after each item.
 *
 * Flags: 1 shifted by 512 bytes, as in a partition.
 */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/sparse.h"
#include "tests/unit/carved.h"

#define MOST_ITEMS 200u /* that are told one by one: a pass each */

static struct vhdxlog_carve *begin(struct vhdxlog_source *source, char *saved)
{
	struct vhdxlog_carve *carve;

	cr_assert_eq(vhdxlog_carve_open(source, NULL, &carve, NULL), 0);
	if (saved)
		cr_assert_eq(vhdxlog_carve_restore(carve, saved, NULL), 0,
			     "%s", saved);
	free(saved);
	return carve;
}

static struct carved_list in_pieces(struct vhdxlog_source *source)
{
	struct carved_list l = { 0 };
	struct vhdxlog_carved item;
	char *saved = NULL;
	int rc;

	do {
		struct vhdxlog_carve *carve = begin(source, saved);

		rc = vhdxlog_carve_next(carve, &item, NULL);
		if (rc == 0)
			carved_add(&l, &item);
		saved = vhdxlog_carve_save(carve);
		cr_assert(saved);
		vhdxlog_carve_close(carve);
	} while (rc == 0);
	cr_assert_eq(rc, 1);
	free(saved);
	return l;
}

static void check(const struct carved_list *l, uint64_t size)
{
	uint64_t last = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct vhdxlog_carved *c = &l->at[i];

		cr_assert_eq(c->number, i + 1);
		cr_assert(memchr(c->detail, 0, sizeof(c->detail)));
		cr_assert(vhdxlog_carve_kind_name(c->kind));
		if (c->kind >= VHDXLOG_CARVE_LOG)
			continue;
		cr_assert(c->offset <= size && c->length <= size - c->offset);
		cr_assert_geq(c->offset, last);
		last = c->offset;
	}
}

/* The same file, beginning 512 bytes later. */
static void shift(struct sparse *to, const struct sparse *from)
{
	sparse_decode(to, NULL, 0);
	to->size = from->size + 512 <= SPARSE_SIZE ? from->size + 512 :
						     SPARSE_SIZE;
	for (uint32_t i = 0; i < from->count; i++)
		sparse_put(to, (uint64_t)from->page[i] * SPARSE_PAGE + 512,
			   from->bytes[i], SPARSE_PAGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sparse s, shifted;
	struct vhdxlog_source *source;
	struct carved_list whole, pieces;

	sparse_decode(&s, data, size);
	shift(&shifted, &s);
	source = sparse_open(s.flags & 1 ? &shifted : &s);
	whole = carve_source(source);
	check(&whole, vhdxlog_source_size(source));
	if (whole.n <= MOST_ITEMS) {
		pieces = in_pieces(source);
		carved_same(&whole, &pieces, "dump", 0);
		carved_free(&pieces);
	}
	carved_free(&whole);
	vhdxlog_source_close(source);
	return 0;
}
