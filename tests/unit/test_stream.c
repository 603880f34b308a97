/* SPDX-License-Identifier: MIT */
/*
 * A stream gives each piece once and in order, looked at by whoever read it, and
 * what it gives is the same with a second thread as without.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "helpers.h"
#include "source/source.h"
#include "source/stream.h"

#define MOST_PIECES 400u
#define MOST_PIECE 700u

/* A view of bytes of which some cannot be read, or may not. */
struct disk {
	struct vl_view view; /* first */
	uint8_t bytes[MOST_PIECES * MOST_PIECE];
	bool bad[MOST_PIECES * MOST_PIECE]; /* no read that has one succeeds */
	uint64_t budget, spent;
	/* By piece: how often it was looked at, and what the bytes came to. */
	size_t piece;
	uint64_t off;
	unsigned looks[MOST_PIECES];
	uint64_t sum[MOST_PIECES];
};

static bool disk_allow(const struct vl_view *view, size_t len)
{
	struct disk *d = (struct disk *)view;

	if (len > d->budget - d->spent)
		return false;
	d->spent += len;
	return true;
}

static int disk_read_allowed(const struct vl_view *view, uint64_t off, void *buf,
			     size_t len, struct vhdxlog_error *err)
{
	const struct disk *d = (const void *)view;

	if (memchr(d->bad + off, true, len))
		return vl_error(err, VHDXLOG_E_IO, 0, off, "reading the test's");
	memcpy(buf, d->bytes + off, len);
	return 0;
}

static int disk_read(const struct vl_view *view, uint64_t off, void *buf,
		     size_t len, struct vhdxlog_error *err)
{
	return disk_allow(view, len) ?
		       disk_read_allowed(view, off, buf, len, err) :
		       vl_source_limit_error(err, off);
}

static const struct vl_beside disk_beside = { disk_allow, disk_read_allowed };

static uint64_t sum_of(const uint8_t *p, size_t len)
{
	uint64_t sum = len;

	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + p[i];
	return sum;
}

static void look(void *ctx, uint64_t off, const uint8_t *bytes, size_t len)
{
	struct disk *d = ctx;
	uint64_t i = (off - d->off) / d->piece;

	d->looks[i]++;
	d->sum[i] = sum_of(bytes, len);
}

static struct disk *disk_new(struct rng *r)
{
	struct disk *d = calloc(1, sizeof(*d));

	cr_assert(d);
	d->view = (struct vl_view){ .size = sizeof(d->bytes),
				    .read = disk_read,
				    .beside = &disk_beside };
	d->budget = UINT64_MAX;
	rng_fill(r, d->bytes, sizeof(d->bytes));
	return d;
}

static struct vl_stream_plan plan_of(struct disk *d, struct rng *r)
{
	d->piece = 1 + rng_below(r, MOST_PIECE);
	d->off = rng_below(r, d->piece);
	memset(d->looks, 0, sizeof(d->looks));
	d->spent = 0;
	return (struct vl_stream_plan){
		.view = &d->view,
		.off = d->off,
		.len = rng_below(r, (MOST_PIECES - 2) * d->piece),
		.piece = d->piece,
		.ahead = rng_chance(r, 75),
		.look = look,
		.ctx = d,
	};
}

/* What the piece at off is when nobody reads ahead. */
static int expected(const struct disk *d, uint64_t off, size_t len,
		    uint64_t before)
{
	if (before + len > d->budget)
		return VHDXLOG_E_LIMIT;
	return memchr(d->bad + off, true, len) ? VHDXLOG_E_IO : 0;
}

/* Returns how many pieces could not be had. */
static unsigned expect_pieces(struct disk *d, const struct vl_stream_plan *plan)
{
	struct vl_stream *s;
	uint64_t end = plan->off + plan->len, off = plan->off;
	unsigned failed = 0;

	cr_assert_eq(vl_stream_open(plan, &s, NULL), 0);
	for (unsigned i = 0; off < end; i++) {
		struct vhdxlog_error err = { .code = VHDXLOG_OK };
		size_t want = (size_t)vl_min64(plan->piece, end - off), len;
		uint8_t *bytes;
		int rc = vl_stream_next(s, &bytes, &len, &err);

		cr_assert_eq(len, want);
		cr_assert_eq(rc, expected(d, off, len, off - plan->off));
		cr_assert_eq(err.code, rc);
		cr_assert_eq(d->looks[i], rc ? 0 : 1);
		if (rc) {
			cr_assert_eq(err.offset, off);
			memset(bytes, 0, len); /* room of the caller's */
			failed++;
		} else {
			cr_assert_eq(memcmp(bytes, d->bytes + off, len), 0);
			cr_assert_eq(d->sum[i], sum_of(bytes, len));
		}
		off += len;
	}
	vl_stream_close(s);
	return failed;
}

Test(stream, gives_each_piece_once_and_in_order)
{
	struct rng r = rng_seed(1);
	struct disk *d = disk_new(&r);

	for (unsigned i = rounds(300); i; i--) {
		struct vl_stream_plan plan = plan_of(d, &r);

		cr_assert_eq(expect_pieces(d, &plan), 0);
		cr_assert_eq(d->spent, plan.len);
	}
	free(d);
}

Test(stream, a_piece_that_cannot_be_read_hides_no_other)
{
	struct rng r = rng_seed(2);
	struct disk *d = disk_new(&r);
	unsigned failed = 0, n = rounds(300);

	for (unsigned i = 0; i < sizeof(d->bad); i++)
		d->bad[i] = rng_below(&r, 3000) == 0;
	for (unsigned i = 0; i < n; i++) {
		struct vl_stream_plan plan = plan_of(d, &r);

		failed += expect_pieces(d, &plan);
	}
	assert_often(failed, 1000, n);
	free(d);
}

/* Never a byte beyond, and the same piece is the first that is refused. */
Test(stream, reads_no_more_than_is_allowed)
{
	struct rng r = rng_seed(3);
	struct disk *d = disk_new(&r);
	unsigned failed = 0, n = rounds(300);

	for (unsigned i = 0; i < n; i++) {
		struct vl_stream_plan plan = plan_of(d, &r);
		uint64_t pieces = rng_below(&r, 1 + vl_div_up(plan.len, d->piece));

		/* Not less than a piece short, or the last might still pass. */
		d->budget = pieces * d->piece;
		failed += expect_pieces(d, &plan);
		cr_assert_leq(d->spent, d->budget);
	}
	assert_often(failed, 1000, n);
	free(d);
}

Test(stream, can_be_left_at_any_piece)
{
	struct rng r = rng_seed(4);
	struct disk *d = disk_new(&r);

	for (unsigned i = rounds(300); i; i--) {
		struct vl_stream_plan plan = plan_of(d, &r);
		uint64_t n = rng_below(&r, 1 + vl_div_up(plan.len, d->piece));
		struct vl_stream *s;

		cr_assert_eq(vl_stream_open(&plan, &s, NULL), 0);
		for (uint64_t k = 0; k < n; k++) {
			uint8_t *bytes;
			size_t len;

			cr_assert_eq(vl_stream_next(s, &bytes, &len, NULL), 0);
		}
		vl_stream_close(s);
	}
	vl_stream_close(NULL);
	free(d);
}

/* ------------------------------------------------------------------- scans */

/* A log of 24 MiB, so that a second thread has some of it. */
#define LONG_LOG                                                        \
	"{\"about\": \"A long log.\","                                  \
	" \"image\": {\"virtual_size\": \"64M\","                       \
	"  \"log\": {\"offset\": \"32M\", \"length\": \"24M\"}},"       \
	" \"log\": {\"entries\": ["                                     \
	"  {\"at\": 6139, \"writes\": [{\"bat\": {\"1\": \"present\"}}]}," \
	"  {\"writes\": [{\"bat\": {\"2\": \"present\"}}]},"            \
	"  {\"writes\": [{\"bat\": {\"3\": \"present\"}}]}]}}"

struct seen {
	struct vhdxlog_hashes hashes;
	struct vhdxlog_cost cost;
	size_t entries;
	enum vhdxlog_state state;
};

static struct seen scan_file(const char *path, bool read_ahead)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;
	struct seen seen = { .entries = 0 };

	o.read_ahead = read_ahead;
	cr_assert_eq(vhdxlog_source_open(path, 0, &s.source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, &o, &s.scan, NULL), 0);
	seen.hashes = *vhdxlog_hashes(s.scan);
	seen.cost = *vhdxlog_cost(s.scan);
	seen.entries = vhdxlog_entry_count(s.scan);
	seen.state = vhdxlog_verdict(s.scan)->state;
	scan_release(&s);
	return seen;
}

Test(stream, a_scan_finds_the_same_with_a_second_thread)
{
	char path[] = "/tmp/vhdxlog-unit.XXXXXX";
	struct buffer b = build_recipe(LONG_LOG);
	struct seen alone, ahead;
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, b.at, b.len), (ssize_t)b.len);
	close(fd);
	alone = scan_file(path, false);
	ahead = scan_file(path, true);
	unlink(path);
	buffer_free(&b);
	cr_expect_eq(alone.state, VHDXLOG_DIRTY_AMBIGUOUS);
	cr_expect_eq(ahead.state, alone.state);
	cr_expect_eq(alone.entries, 3);
	cr_expect_eq(ahead.entries, alone.entries);
	cr_expect_str_eq(ahead.hashes.log, alone.hashes.log);
	cr_expect_eq(memcmp(&ahead.cost, &alone.cost, sizeof(alone.cost)), 0);
}
