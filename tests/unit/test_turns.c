/* SPDX-License-Identifier: MIT */
/*
 * Threads whose output comes in order: whoever is finished first, however little
 * may be kept, and where the output fails.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"
#include "tools/common/number.h"
#include "tools/common/turns.h"

#define THREADS 8u

struct crew {
	struct tool_turns *turns;
	uint64_t seed;
	size_t longest;	  /* bytes of a piece, about */
	unsigned done;	  /* pieces, atomically */
};

/* Line i of piece n, which has no other way to be written. */
static void write_line(FILE *out, size_t n, size_t i)
{
	fprintf(out, "piece %zu line %zu\n", n, i);
}

static size_t lines_of(const struct crew *c, size_t n)
{
	struct rng r = rng_seed(c->seed + n);

	/* Most are short, some as long as it gets. */
	return rng_chance(&r, 80) ? rng_below(&r, 4) :
				    rng_below(&r, c->longest / 20 + 1);
}

static void *work(void *ctx)
{
	struct crew *c = ctx;
	struct tool_worker *w = tool_worker_new(c->turns);
	struct tool_turn *turn;

	while ((turn = tool_turn_begin(w))) {
		size_t lines = lines_of(c, turn->number);

		for (size_t i = 0; i < lines; i++)
			write_line(turn->stream, turn->number, i);
		tool_turn_end(turn, false);
		__atomic_add_fetch(&c->done, 1, __ATOMIC_RELAXED);
	}
	tool_worker_release(w);
	return NULL;
}

/* Returns whether the output took all. */
static bool run_crew(struct crew *c, FILE *file, size_t count, size_t bound)
{
	struct tool_output out = { .stream = file, .name = "here" };
	struct tool_tally tally;
	pthread_t ids[THREADS];
	bool whole;

	c->done = 0;
	tool_tally_begin(&tally, count, false);
	c->turns = tool_turns_new(&out, &tally, count, bound);
	for (unsigned i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&ids[i], NULL, work, c), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	whole = tool_turns_end(c->turns);
	tool_tally_end(&tally);
	return whole;
}

static char *expected(const struct crew *c, size_t count, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	for (size_t n = 0; n < count; n++) {
		for (size_t i = 0; i < lines_of(c, n); i++)
			write_line(f, n, i);
	}
	fclose(f);
	return text;
}

static void expect_order(struct crew *c, size_t count, size_t bound)
{
	size_t len = 0, want_len = 0;
	char *got = NULL, *want = expected(c, count, &want_len);
	FILE *f = open_memstream(&got, &len);

	cr_expect(run_crew(c, f, count, bound));
	fclose(f);
	cr_expect_eq(c->done, count);
	cr_expect_eq(len, want_len);
	cr_expect(len == want_len && memcmp(got, want, len) == 0,
		  "bound %zu: another order", bound);
	free(got);
	free(want);
}

Test(turns, pieces_come_in_order_whatever_may_be_kept)
{
	static const size_t bounds[] = { 0, 1, 1000, 200000, 64 << 20 };
	struct crew c = { .seed = 7, .longest = 300000 };

	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		c.seed = 100 * i;
		expect_order(&c, 40 * rounds(5), bounds[i]);
	}
	/* More than may be ahead of each other; and fewer than threads. */
	c.longest = 40;
	expect_order(&c, 5000, 1 << 20);
	expect_order(&c, 3, 1 << 20);
	expect_order(&c, 0, 1 << 20);
}

Test(turns, an_output_that_fails_ends_all_threads)
{
	struct crew c = { .seed = 3, .longest = 300000 };
	FILE *full = fopen("/dev/full", "w");

	if (!full)
		cr_skip_test("no /dev/full here");
	cr_expect_not(run_crew(&c, full, 100000, 1000));
	cr_expect_lt(c.done, 100000 / 2);
	fclose(full);
}

static void expect_line(size_t done, size_t total, size_t failed,
			double elapsed, const char *want)
{
	char *line = tool_tally_line(done, total, failed, elapsed);

	cr_expect_str_eq(line, want);
	free(line);
}

Test(turns, the_line_of_progress)
{
	expect_line(12, 1000, 3, 0.3, "12 of 1,000 images, 3 failed, 40/s, "
				      "0:25 left");
	expect_line(0, 2, 0, 5, "0 of 2 images, 0 failed, 0.0/s, ? left");
	expect_line(1, 1234567, 0, 2, "1 of 1,234,567 images, 0 failed, "
				      "0.5/s, 685:52:12 left");
	expect_line(999, 1000, 1000, 1, "999 of 1,000 images, 1,000 failed, "
					"999/s, 0:00 left");
}

Test(turns, seconds)
{
	uint64_t ms;

	cr_expect(tool_parse_seconds("60", &ms) && ms == 60000);
	cr_expect(tool_parse_seconds("0.5", &ms) && ms == 500);
	cr_expect(tool_parse_seconds("1.25", &ms) && ms == 1250);
	cr_expect(tool_parse_seconds("0.001", &ms) && ms == 1);
	cr_expect(tool_parse_seconds("18446744073709550", &ms));
	cr_expect_not(tool_parse_seconds("18446744073709552", &ms));
	cr_expect_not(tool_parse_seconds("1.2345", &ms));
	cr_expect_not(tool_parse_seconds("1.", &ms));
	cr_expect_not(tool_parse_seconds(".5", &ms));
	cr_expect_not(tool_parse_seconds("1e3", &ms));
	cr_expect_not(tool_parse_seconds("-1", &ms));
	cr_expect_not(tool_parse_seconds(" 1", &ms));
	cr_expect_not(tool_parse_seconds("", &ms));
}
