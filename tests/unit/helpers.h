/* SPDX-License-Identifier: MIT */
/*
 * What many unit tests need: numbers that are random and yet the same on every
 * machine, images made from recipes, scans of memory.
 */
#ifndef TESTS_HELPERS_H
#define TESTS_HELPERS_H

#include "vhdxlog.h"

/* splitmix64: a seed names its numbers for good. */
struct rng {
	uint64_t state;
};

struct rng rng_seed(uint64_t seed);
uint64_t rng_next(struct rng *r);

/* 0 to n - 1; n > 0. */
uint64_t rng_below(struct rng *r, uint64_t n);
bool rng_chance(struct rng *r, unsigned percent);
void rng_fill(struct rng *r, void *buf, size_t len);

/*
 * How often to do what is done often: less where a checker makes it slow, at
 * least once; VHDXLOG_ROUNDS=N in the environment makes it N times as often.
 */
unsigned rounds(unsigned plain);

/* That random cases have shown what they are there for more than `least` times.
 * Of the one or two that run under valgrind nothing is expected. */
#define assert_often(seen, least, cases)                             \
	cr_assert((cases) < 10 || (seen) > (least), "%u of %u cases", \
		  (unsigned)(seen), (unsigned)(cases))

/* Bytes of their own. */
struct buffer {
	uint8_t *at; /* owned */
	size_t len;
};

void buffer_free(struct buffer *b);

/* The image that a recipe says; corpus/README.md has the grammar. */
struct buffer build_recipe(const char *text);

/* An image of memory that is being scanned. */
struct scanned {
	struct vhdxlog_source *source; /* owned */
	struct vhdxlog_scan *scan;     /* owned */
};

/* The bytes are borrowed until scan_release(). Fails the test on an error. */
struct scanned scan_memory(const void *bytes, size_t len,
			   const struct vhdxlog_options *options);
void scan_release(struct scanned *s);

/* Scan, walk everything there is, release; the state that was found. */
enum vhdxlog_state scan_and_walk(const void *bytes, size_t len,
				 const struct vhdxlog_options *options);

/* The status of one check of an object; `which` as for vhdxlog_verdicts(). */
enum vhdxlog_status status_of(struct vhdxlog_scan *scan, const char *check,
			      size_t which);

/* Whether there is a finding of that name. */
bool has_finding(const struct vhdxlog_scan *scan, const char *id);

#endif
