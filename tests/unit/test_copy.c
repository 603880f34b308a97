/* SPDX-License-Identifier: MIT */
/*
 * Copies of files: the same bytes in each way, holes where there were holes, and
 * the digests of what is copied and of what will become of it.
 *
 * Which ways there are depends on where TMPDIR lies: sharing blocks needs a file
 * system that can (tests/cli/copy-filesystems.sh).
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "list_change.h"
#include "ondisk/layout.h"
#include "source/holes.h"
#include "write/copy.h"

#define UNIT (64 * VL_KIB)

/* A file without a name, that goes when it is closed. */
static int scratch(void)
{
	char name[] = "copy.XXXXXX";
	int fd = mkstemp(name);

	cr_assert_geq(fd, 0);
	unlink(name);
	return fd;
}

static void put(int fd, uint64_t off, const void *bytes, size_t len)
{
	cr_assert_eq(pwrite(fd, bytes, len, (off_t)off), (ssize_t)len);
}

/* Data, zeroes that are written, and holes, in no order. */
static int random_file(struct rng *r, uint64_t size)
{
	static uint8_t bytes[300 * VL_KIB];
	int fd = scratch();
	uint64_t at = 0;

	cr_assert_eq(ftruncate(fd, (off_t)size), 0);
	while (at < size) {
		size_t len = vl_min64(1 + rng_below(r, sizeof(bytes)),
				      size - at);

		memset(bytes, 0, sizeof(bytes));
		if (rng_chance(r, 60))
			rng_fill(r, bytes + rng_below(r, len), 1);
		if (rng_chance(r, 30))
			rng_fill(r, bytes, len);
		if (rng_chance(r, 60))
			put(fd, at, bytes, len);
		at += len;
	}
	return fd;
}

static uint8_t *content(int fd, uint64_t off, uint64_t len)
{
	uint8_t *b = malloc(len ? len : 1);

	cr_assert(b);
	cr_assert_eq(pread(fd, b, len, (off_t)off), (ssize_t)len);
	return b;
}

static void expect_same(const struct vl_copy *c)
{
	uint8_t *want = content(c->from, c->offset, c->size);
	uint8_t *got = content(c->to, 0, c->size);
	struct stat st;

	cr_assert_eq(fstat(c->to, &st), 0);
	cr_expect_eq((uint64_t)st.st_size, c->size);
	cr_expect(memcmp(want, got, c->size) == 0, "%s, offset %llu",
		  vl_copy_way_name(c->way), (unsigned long long)c->offset);
	free(want);
	free(got);
}

/* Whether any part of [from, to) of the copy is data in the source. */
static bool has_data(const struct vl_copy *c, uint64_t from, uint64_t to)
{
	uint64_t a, b, start = c->offset + from;

	return vl_holes_next_data(c->from, start, c->offset + to, &a, &b);
}

/* Each unit of the copy that holds data has data in the source near by. */
static void expect_holes(const struct vl_copy *c)
{
	uint64_t from, to, at = 0;

	while (vl_holes_next_data(c->to, at, c->size, &from, &to)) {
		for (uint64_t u = from / UNIT * UNIT; u < to; u += UNIT)
			cr_expect(has_data(c, u, u + UNIT),
				  "%s: %llu was a hole",
				  vl_copy_way_name(c->way),
				  (unsigned long long)u);
		at = to;
	}
}

static void sha256_of(int fd, uint64_t off, uint64_t size,
		      char text[VHDXLOG_SHA256_TEXT])
{
	struct vl_digest *d = vl_digest_new("SHA256");
	uint8_t *b = content(fd, off, size);

	cr_assert(d);
	vl_digest_update(d, b, size);
	vl_digest_finish(d, text, VHDXLOG_SHA256_TEXT);
	free(b);
}

/* Both digests, by reading the files before and after the change is made. */
static void expect_hashes(const struct vl_copy *c)
{
	char want[VHDXLOG_SHA256_TEXT] = "";
	struct vl_medium m;

	if (c->hash)
		sha256_of(c->from, c->offset, c->size, want);
	cr_expect_str_eq(c->source_sha256, want);
	want[0] = '\0';
	if (c->change) {
		cr_assert_eq(vl_medium_fd(dup(c->to), &m, NULL), 0);
		cr_assert_eq(vl_change_write(c->change, &m, NULL), 0);
		vl_medium_close(&m);
	}
	if (c->hash && c->change)
		sha256_of(c->to, 0, c->change->new_size, want);
	cr_expect_str_eq(c->output_sha256, want);
}

/* What progress was told. */
struct told {
	unsigned calls;
	uint64_t done, total;
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	struct told *t = ctx;

	cr_expect_geq(done, t->done);
	cr_expect_leq(done, total);
	cr_expect(!t->calls || total == t->total);
	*t = (struct told){ t->calls + 1, done, total };
}

/* Copy with all but some ways, and look at everything that came of it. */
static enum vl_copy_way check(struct vl_copy c, bool reflink, bool ranges)
{
	struct vhdxlog_error err = { .what = "" };
	struct told told = { 0 };

	c.without[VL_COPY_REFLINK] = !reflink;
	c.without[VL_COPY_RANGES] = !ranges;
	c.to = scratch();
	c.progress = progress;
	c.progress_ctx = &told;
	cr_assert_eq(vl_copy_file(&c, &err), 0, "%s", err.what);
	cr_expect_eq(told.done, told.total);
	cr_expect(c.size == 0 || told.calls > 0);
	expect_same(&c);
	expect_holes(&c);
	expect_hashes(&c);
	close(c.to);
	return c.way;
}

static void check_ways(struct vl_copy c)
{
	check(c, true, true);
	cr_expect_neq(check(c, false, true), VL_COPY_REFLINK);
	cr_expect_eq(check(c, false, false), VL_COPY_PLAIN);
	c.hash = true;
	check(c, true, true);
	cr_expect_eq(check(c, false, true), VL_COPY_PLAIN);
}

Test(copy, is_the_source_in_every_way)
{
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(25); i++) {
		uint64_t size = 1 + rng_below(&r, 3 * VL_MIB);
		uint64_t offset = rng_chance(&r, 50) ? 0 : rng_below(&r, size);
		struct list_change l = { 0 };
		struct vl_change change;
		struct vl_copy c = {
			.from = random_file(&r, size),
			.offset = rng_chance(&r, 50) ? offset / 4096 * 4096 :
						       offset,
		};

		/* To its end, or not. */
		c.size = size - c.offset;
		if (rng_chance(&r, 30))
			c.size = rng_below(&r, c.size + 1);
		check_ways(c);
		change = list_change(&l, c.size,
				     rng_below(&r, 4 * VL_MIB) + 1);
		list_random(&l, &r, change.new_size, VL_MIB);
		c.change = &change;
		check_ways(c);
		list_release(&l);
		close(c.from);
	}
}

Test(copy, of_nothing_is_nothing)
{
	struct vl_copy c = { .from = scratch() };

	check_ways(c);
	close(c.from);
}

Test(copy, ways_are_named_as_in_the_record)
{
	cr_expect_str_eq(vl_copy_way_name(VL_COPY_REFLINK), "reflink");
	cr_expect_str_eq(vl_copy_way_name(VL_COPY_RANGES), "copy_file_range");
	cr_expect_str_eq(vl_copy_way_name(VL_COPY_PLAIN), "plain");
}

/* Zeroes that were written are none in a copy that is read and written. */
Test(copy, plain_leaves_zeroes_out)
{
	static uint8_t bytes[3 * VL_MIB];
	struct vl_copy c = { .from = scratch(),
			     .to = scratch(),
			     .size = sizeof(bytes),
			     .without = { true, true } };
	uint64_t from, to;

	bytes[VL_MIB + 5] = 1;
	put(c.from, 0, bytes, sizeof(bytes));
	cr_assert_eq(vl_copy_file(&c, NULL), 0);
	expect_same(&c);
	cr_assert(vl_holes_next_data(c.to, 0, c.size, &from, &to));
	cr_expect_eq(from, VL_MIB);
	cr_expect_eq(to, VL_MIB + UNIT);
	cr_expect_not(vl_holes_next_data(c.to, to, c.size, &from, &to));
	close(c.from);
	close(c.to);
}

/* Data at both ends and in the middle of a file of many GiB in memory. */
static int sparse_file(uint64_t size)
{
	static const uint8_t bytes[VL_MIB] = { 1, 2, 3 };
	int fd = memfd_create("copy", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(ftruncate(fd, (off_t)size), 0);
	put(fd, 0, bytes, sizeof(bytes));
	put(fd, size / 2, bytes, sizeof(bytes));
	put(fd, size - sizeof(bytes), bytes, sizeof(bytes));
	return fd;
}

static void sparse_copy(bool ranges, unsigned most_calls)
{
	const uint64_t size = 64 * VL_GIB;
	struct told told = { 0 };
	struct vl_copy c = { .from = sparse_file(size),
			     .to = memfd_create("to", MFD_CLOEXEC),
			     .size = size,
			     .without = { true, !ranges },
			     .progress = progress,
			     .progress_ctx = &told };
	struct stat from, to;
	uint8_t *middle;

	cr_assert_eq(vl_copy_file(&c, NULL), 0);
	cr_expect_eq(c.way, ranges ? VL_COPY_RANGES : VL_COPY_PLAIN);
	cr_assert_eq(fstat(c.from, &from), 0);
	cr_assert_eq(fstat(c.to, &to), 0);
	cr_expect_eq(to.st_size, from.st_size);
	cr_expect_leq(to.st_blocks, from.st_blocks);
	cr_expect_leq(told.calls, most_calls, "%u steps", told.calls);
	middle = content(c.to, size / 2, 3);
	cr_expect_eq(middle[2], 3);
	free(middle);
	close(c.from);
	close(c.to);
}

/* A step for each MiB of data and one for the end; not for 64 GiB of holes. */
Test(copy, of_a_sparse_file_costs_its_data)
{
	sparse_copy(true, 4);
	sparse_copy(false, 4);
}

Test(copy, shares_blocks_where_the_file_system_can)
{
	static uint8_t bytes[VL_MIB];
	struct vl_copy c = { .from = scratch(),
			     .to = scratch(),
			     .size = sizeof(bytes) };

	memset(bytes, 7, sizeof(bytes));
	put(c.from, 0, bytes, sizeof(bytes));
	cr_assert_eq(vl_copy_file(&c, NULL), 0);
	if (c.way != VL_COPY_REFLINK)
		cr_skip_test("blocks are not shared here");
	expect_same(&c);
	/* From within a file, and not to its end. */
	c.offset = UNIT;
	c.size = 3 * UNIT + 1;
	cr_assert_eq(ftruncate(c.to, 0), 0);
	cr_assert_eq(vl_copy_file(&c, NULL), 0);
	cr_expect_eq(c.way, VL_COPY_REFLINK);
	expect_same(&c);
	/* Where blocks do not fit it is copied all the same. */
	c.offset++;
	cr_assert_eq(ftruncate(c.to, 0), 0);
	cr_assert_eq(vl_copy_file(&c, NULL), 0);
	cr_expect_neq(c.way, VL_COPY_REFLINK);
	expect_same(&c);
	close(c.from);
	close(c.to);
}

/* ------------------------------------------------------------------- failures */

/* The copy fails in every way, with that word and at that offset. */
static void expect_failure(struct vl_copy c, const char *word, int sys_errno,
			   uint64_t offset)
{
	for (unsigned i = 0; i < 4; i++) {
		struct vhdxlog_error err = { .what = "" };

		c.without[VL_COPY_REFLINK] = i != 0;
		c.without[VL_COPY_RANGES] = i == 2;
		c.hash = i == 3;
		cr_expect_eq(vl_copy_file(&c, &err), VHDXLOG_E_IO);
		cr_expect_eq(err.code, VHDXLOG_E_IO);
		cr_expect_eq(err.sys_errno, sys_errno);
		cr_expect_eq(err.offset, offset);
		cr_expect(strstr(err.what, word), "%u: %s", i, err.what);
		cr_expect_str_eq(c.source_sha256, "");
	}
}

Test(copy, that_cannot_be_read_says_reading)
{
	struct rng r = rng_seed(4);
	int fd = random_file(&r, VL_MIB);
	char path[64];
	struct vl_copy c = { .to = scratch(), .size = VL_MIB };
	uint64_t from, to;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c.from = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert_geq(c.from, 0);
	cr_assert(vl_holes_next_data(fd, 0, VL_MIB, &from, &to));
	expect_failure(c, "reading the image", EBADF, from);
	close(c.from);
	close(c.to);
	close(fd);
}

/* A file in memory that lets its length be set, and nothing be written. */
Test(copy, that_cannot_be_written_says_writing)
{
	struct vl_copy c = { .from = sparse_file(8 * VL_MIB),
			     .to = memfd_create("to", MFD_ALLOW_SEALING),
			     .size = 8 * VL_MIB };

	cr_assert_eq(fcntl(c.to, F_ADD_SEALS, F_SEAL_WRITE), 0);
	expect_failure(c, "writing the copy", EPERM, 0);
	close(c.from);
	close(c.to);
}

Test(copy, that_may_not_be_so_long_says_writing)
{
	const struct rlimit limit = { VL_MIB, VL_MIB };
	struct vl_copy c = { .from = sparse_file(8 * VL_MIB),
			     .to = scratch(),
			     .size = 8 * VL_MIB };

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	expect_failure(c, "writing the copy", EFBIG, 8 * VL_MIB);
	close(c.from);
	close(c.to);
}

Test(copy, of_a_file_that_became_shorter_is_none)
{
	struct vl_copy c = { .from = sparse_file(8 * VL_MIB),
			     .to = scratch(),
			     .size = 8 * VL_MIB + 1 };

	/* In data, in a hole, and before where it begins. */
	expect_failure(c, "became shorter", 0, 8 * VL_MIB);
	cr_assert_eq(ftruncate(c.from, 6 * VL_MIB), 0);
	expect_failure(c, "became shorter", 0, 6 * VL_MIB);
	c.offset = 7 * VL_MIB;
	expect_failure(c, "became shorter", 0, 0);
	close(c.from);
	close(c.to);
}

Test(copy, that_has_no_offsets_is_out_of_range)
{
	struct vl_copy c = { .from = scratch(),
			     .to = scratch(),
			     .offset = 1,
			     .size = INT64_MAX };

	cr_expect_eq(vl_copy_file(&c, NULL), VHDXLOG_E_RANGE);
	c.offset = UINT64_MAX;
	cr_expect_eq(vl_copy_file(&c, NULL), VHDXLOG_E_RANGE);
	close(c.from);
	close(c.to);
}

Test(copy, change_that_cannot_be_had_is_an_error_of_the_hash)
{
	struct rng r = rng_seed(5);
	struct list_change l = { 0 };
	struct vl_change change = list_change(&l, VL_MIB, 2 * VL_MIB);
	struct vl_copy c = { .from = random_file(&r, VL_MIB),
			     .size = VL_MIB,
			     .hash = true,
			     .change = &change };

	list_random(&l, &r, 2 * VL_MIB, 100000);
	for (l.fail_at = 1; l.fail_at <= l.count; l.fail_at++) {
		c.to = scratch();
		cr_expect_eq(vl_copy_file(&c, NULL), VHDXLOG_E_IO);
		cr_expect_str_eq(c.source_sha256, "");
		close(c.to);
	}
	l.fail_rewind = true;
	c.to = scratch();
	cr_expect_eq(vl_copy_file(&c, NULL), VHDXLOG_E_IO);
	close(c.to);
	close(c.from);
	list_release(&l);
}
