/* SPDX-License-Identifier: MIT */
/*
 * Limits on what is read of a source: not a byte is read beyond them, and nothing
 * is judged by what was read until then.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "bases.h"
#include "faulty.h"
#include "ondisk/layout.h"
#include "walk.h"

static struct base base;
static struct faulty faulty;

static void begin(void)
{
	base_make(&base, BASE_DYNAMIC);
	faulty_init(&faulty, &base.image);
}

static void end(void)
{
	base_free(&base);
}

/* A scan within limits; its code, with the source closed again. */
static int scan_within(struct vhdxlog_limits *limits,
		       const struct vhdxlog_options *options)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct scanned s = { .scan = NULL };
	int rc;

	cr_assert_eq(faulty_open(&faulty, &s.source), 0);
	vhdxlog_source_limit(s.source, limits);
	rc = vhdxlog_scan(s.source, options, &s.scan, &err);
	cr_expect_eq(rc, err.code);
	cr_expect_eq(rc == 0, s.scan != NULL);
	scan_release(&s);
	return rc;
}

/* What a whole scan reads. */
static uint64_t cost_of(const struct vhdxlog_options *options)
{
	struct vhdxlog_limits count = { .max_read = 0 };

	cr_assert_eq(scan_within(&count, options), 0);
	cr_assert_not(count.reached);
	cr_assert_gt(count.bytes_read, base.image.len / 8);
	return count.bytes_read;
}

static void expect_no_result(uint64_t most, uint64_t all,
			     const struct vhdxlog_options *options)
{
	struct vhdxlog_limits limits = { .max_read = most };
	int rc = scan_within(&limits, options);

	cr_expect_leq(limits.bytes_read, most);
	cr_expect_eq(limits.reached, most < all, "%ju of %ju",
		     (uintmax_t)most, (uintmax_t)all);
	cr_expect_eq(rc, most < all ? VHDXLOG_E_LIMIT : 0, "%ju of %ju: %d",
		     (uintmax_t)most, (uintmax_t)all, rc);
}

Test(limits, a_scan_with_too_few_bytes_is_no_scan, .init = begin, .fini = end)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	uint64_t all, step;

	for (unsigned i = 0; i < 2; i++) {
		options.hash_image = i ? VHDXLOG_HASH_SHA256 : 0;
		options.unreferenced = i;
		all = cost_of(&options);
		step = all / rounds(60);
		for (uint64_t most = 1; most < all; most += step)
			expect_no_result(most, all, &options);
		expect_no_result(all - 1, all, &options);
		expect_no_result(all, all, &options);
		expect_no_result(UINT64_MAX, all, &options);
	}
}

/* ------------------------------------------------------------------ stopping */

struct patience {
	uint64_t left, asked;
};

static bool is_over(void *ctx)
{
	struct patience *p = ctx;

	p->asked++;
	if (!p->left)
		return true;
	p->left--;
	return false;
}

static struct vhdxlog_limits patient(struct patience *p)
{
	return (struct vhdxlog_limits){ .stop = is_over, .stop_ctx = p };
}

Test(limits, who_says_stop_is_asked_before_each_read_and_never_again,
     .init = begin, .fini = end)
{
	struct patience all = { .left = UINT64_MAX };
	struct vhdxlog_limits limits = patient(&all);
	uint64_t step;

	cr_assert_eq(scan_within(&limits, NULL), 0);
	cr_assert_eq(all.asked, faulty.reads, "one question, one read");
	step = all.asked / rounds(60) + 1;
	for (uint64_t n = 0; n < all.asked; n += step) {
		struct patience p = { .left = n };
		uint64_t before = faulty.reads;

		limits = patient(&p);
		cr_expect_eq(scan_within(&limits, NULL), VHDXLOG_E_LIMIT);
		cr_expect(limits.reached);
		cr_expect_eq(faulty.reads - before, n, "%ju reads",
			     (uintmax_t)(faulty.reads - before));
		cr_expect_eq(p.asked, n + 1);
	}
}

Test(limits, hold_for_what_is_asked_of_a_scan_later, .init = begin, .fini = end)
{
	struct vhdxlog_limits limits = { .max_read = 0 };
	struct vhdxlog_error err;
	struct vhdxlog_entry entry;
	struct scanned s;

	cr_assert_eq(faulty_open(&faulty, &s.source), 0);
	vhdxlog_source_limit(s.source, &limits);
	cr_assert_eq(vhdxlog_scan(s.source, NULL, &s.scan, NULL), 0);
	limits.max_read = limits.bytes_read;
	cr_expect_neq(vhdxlog_entry_at(s.scan, 0, &entry, &err), 0);
	cr_expect(limits.reached);
	/* Others, or none, begin anew. */
	vhdxlog_source_limit(s.source, NULL);
	cr_expect_eq(vhdxlog_entry_at(s.scan, 0, &entry, &err), 0);
	scan_release(&s);
}

Test(limits, a_read_that_fails_is_another_thing, .init = begin, .fini = end)
{
	struct vhdxlog_limits limits = { .max_read = UINT64_MAX };

	faulty_add(&faulty, base.log_offset + 4 * VL_SECTOR, 1);
	cr_expect_eq(scan_within(&limits, NULL), 0);
	cr_expect_not(limits.reached);
	cr_expect_str_not_empty(vhdxlog_strerror(VHDXLOG_E_LIMIT));
	cr_expect_str_neq(vhdxlog_strerror(VHDXLOG_E_LIMIT),
			  vhdxlog_strerror((enum vhdxlog_code)-1000));
}
