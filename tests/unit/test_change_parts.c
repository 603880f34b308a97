/* SPDX-License-Identifier: MIT */
/* Changes made of others: pages in memory, and one change over another. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "list_change.h"
#include "patch_case.h"
#include "write/change_parts.h"

#define ROOM (96 * VL_KIB)

static struct file random_file(struct rng *r, size_t len)
{
	struct file f = zero_file(len);

	rng_fill(r, f.bytes.at, len);
	return f;
}

/* ------------------------------------------------------------------- pages */

Test(change_pages, page_begins_with_what_the_file_holds)
{
	struct rng r = rng_seed(1);
	struct file old = random_file(&r, 4096 + 100);
	struct vl_pages pages = { 0 };
	uint8_t *page = vl_pages_at(&pages, &old.view, 4096,
				    VHDXLOG_AREA_BAT, NULL);

	cr_assert(page);
	cr_expect_arr_eq(page, old.bytes.at + 4096, 100);
	for (unsigned i = 100; i < VL_SECTOR; i++)
		cr_expect_eq(page[i], 0);
	page[0] ^= 1;
	cr_expect_eq(vl_pages_at(&pages, &old.view, 4096, VHDXLOG_AREA_BAT,
				 NULL),
		     page, "it is asked for again");
	cr_expect_eq(pages.n, 1u);
	cr_expect_eq(pages.list[0].entry, VHDXLOG_NO_SECTOR);
	page = vl_pages_at(&pages, &old.view, 5 * VL_SECTOR, VHDXLOG_AREA_BAT,
			   NULL);
	cr_assert(page);
	cr_expect_eq(page[0], 0, "beyond the end");
	old.fails = true;
	cr_expect_null(vl_pages_at(&pages, &old.view, 0, VHDXLOG_AREA_BAT,
				   NULL));
	cr_expect_eq(pages.n, 2u);
	vl_pages_release(&pages);
	vl_pages_release(&pages);
	file_free(&old);
}

/* In any order, and with a length that is no whole number of pages. */
static void change_some_pages(struct rng *r)
{
	struct file old = random_file(r, rng_below(r, ROOM));
	size_t size = rng_below(r, ROOM);
	struct file want = zero_file(size), got;
	struct vl_pages pages = { 0 };
	struct vl_change change;

	memcpy(want.bytes.at, old.bytes.at, vl_min64(size, old.bytes.len));
	for (uint64_t i = rng_below(r, 12); i; i--) {
		uint64_t at = rng_below(r, ROOM) / VL_SECTOR * VL_SECTOR;
		size_t byte = rng_below(r, VL_SECTOR);
		uint8_t value = (uint8_t)rng_next(r);

		vl_pages_at(&pages, &old.view, at, VHDXLOG_AREA_BAT,
			    NULL)[byte] = value;
		/* What the file has beyond its new end comes with a page. */
		if (at + byte < size)
			want.bytes.at[at + byte] = value;
	}
	cr_assert_eq(vl_change_pages(&pages, old.bytes.len, size, &change,
				     NULL),
		     0);
	for (unsigned i = 0; i < 2; i++) {
		got = change_result(&old, &change);
		cr_expect(same_file(&got, &want));
		file_free(&got);
	}
	vl_change_close(&change);
	vl_pages_release(&pages);
	file_free(&want);
	file_free(&old);
}

Test(change_pages, pages_asked_for_in_any_order_come_in_order)
{
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(500); i++)
		change_some_pages(&r);
}

/* ------------------------------------------------------------------- merge */

/* What became of the cases. */
static unsigned cut_off, grew_again, covered;

static void merge_two(struct rng *r)
{
	struct file old = random_file(r, rng_below(r, ROOM)), middle, want, got;
	uint64_t first = rng_below(r, ROOM), last = rng_below(r, ROOM);
	struct list_change a = { 0 }, b = { 0 };
	struct vl_change under, over, both;

	list_random(&a, r, first, rng_chance(r, 50) ? 30000 : 2000);
	list_random(&b, r, last, rng_chance(r, 50) ? 30000 : 2000);
	under = list_change(&a, old.bytes.len, first);
	over = list_change(&b, first, last);
	middle = change_result(&old, &under);
	want = change_result(&middle, &over);
	cr_assert_eq(vl_change_merge(&under, &over, &both, NULL), 0);
	cr_expect_eq(both.old_size, old.bytes.len);
	cr_expect_eq(both.new_size, last);
	for (unsigned i = 0; i < 2; i++) {
		got = change_result(&old, &both);
		cr_expect(same_file(&got, &want));
		file_free(&got);
	}
	cut_off += last < first;
	grew_again += first < old.bytes.len && last > first;
	covered += a.count && b.count;
	vl_change_close(&both);
	cr_expect(!a.closed && !b.closed, "both were borrowed");
	file_free(&want);
	file_free(&middle);
	file_free(&old);
	list_release(&a);
	list_release(&b);
}

Test(change_merge, is_one_after_the_other)
{
	struct rng r = rng_seed(3);
	unsigned cases = rounds(2000);

	for (unsigned i = 0; i < cases; i++)
		merge_two(&r);
	assert_often(cut_off, cases / 8, cases);
	assert_often(grew_again, cases / 8, cases);
	assert_often(covered, cases / 2, cases);
}

static const uint8_t four[4] = { 1, 2, 3, 4 };

/* The pieces keep where they come from, and both sides of one that is split. */
Test(change_merge, pieces_keep_their_entries)
{
	static const struct {
		uint64_t offset, length;
		uint32_t entry;
	} want[] = { { 10, 1, 5 }, { 11, 2, 7 }, { 13, 1, 5 } };
	struct list_change a = { 0 }, b = { 0 };
	struct vl_change under, over, both;
	struct vl_piece p;

	list_add(&a, 10, four, 4);
	list_add(&b, 11, four, 2);
	a.pieces[0].entry = 5;
	b.pieces[0].entry = 7;
	under = list_change(&a, 100, 100);
	over = list_change(&b, 100, 100);
	cr_assert_eq(vl_change_merge(&under, &over, &both, NULL), 0);
	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(vl_change_next(&both, &p, NULL), 0);
		cr_expect_eq(p.offset, want[i].offset);
		cr_expect_eq(p.length, want[i].length);
		cr_expect_eq(p.entry, want[i].entry);
	}
	cr_expect_eq(p.bytes[0], 4);
	cr_expect_eq(vl_change_next(&both, &p, NULL), 1);
	cr_expect_eq(vl_change_next(&both, &p, NULL), 1);
	vl_change_close(&both);
	list_release(&a);
	list_release(&b);
}

Test(change_merge, one_of_another_length_is_misuse)
{
	struct list_change a = { 0 }, b = { 0 };
	struct vl_change under = list_change(&a, 100, 101);
	struct vl_change over = list_change(&b, 100, 100), both;

	cr_expect_eq(vl_change_merge(&under, &over, &both, NULL),
		     VHDXLOG_E_MISUSE);
	vl_change_close(&both);
}

static int go_through(const struct vl_change *c)
{
	struct vl_piece p;
	int rc = vl_change_rewind(c, NULL);

	while (!rc)
		rc = vl_change_next(c, &p, NULL);
	return rc;
}

Test(change_merge, every_failure_of_either_comes_back)
{
	struct list_change a = { 0 }, b = { 0 };
	struct vl_change under, over, both;

	for (unsigned i = 0; i < 4; i++) {
		list_add(&a, 10 * i, four, 4);
		list_add(&b, 10 * i + 2, four, 4);
	}
	under = list_change(&a, 100, 100);
	over = list_change(&b, 100, 100);
	cr_assert_eq(vl_change_merge(&under, &over, &both, NULL), 0);
	for (unsigned i = 1; i <= 4; i++) {
		a.fail_at = i;
		cr_expect_eq(go_through(&both), VHDXLOG_E_IO);
		a.fail_at = 0;
		b.fail_at = i;
		cr_expect_eq(go_through(&both), VHDXLOG_E_IO);
		b.fail_at = 0;
	}
	a.fail_rewind = true;
	cr_expect_eq(go_through(&both), VHDXLOG_E_IO);
	a.fail_rewind = false;
	b.fail_rewind = true;
	cr_expect_eq(go_through(&both), VHDXLOG_E_IO);
	b.fail_rewind = false;
	cr_expect_eq(go_through(&both), 1);
	vl_change_close(&both);
	list_release(&a);
	list_release(&b);
}
