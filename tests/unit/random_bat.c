/* SPDX-License-Identifier: MIT */
#include "random_bat.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>

struct recipe {
	char text[8192];
	size_t len;
	struct rng rng;
	bool differencing;
};

__attribute__((format(printf, 2, 3))) static void put(struct recipe *r,
						       const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(r->text + r->len, sizeof(r->text) - r->len, format, args);
	va_end(args);
	r->len += (size_t)n;
	cr_assert_lt(r->len, sizeof(r->text));
}

/* Some of them often, in the first page and in the second. */
static unsigned some_block(struct recipe *r)
{
	unsigned block = (unsigned)rng_below(&r->rng, 6);

	return rng_chance(&r->rng, 40) ? 600 + block : block;
}

static void put_state(struct recipe *r)
{
	static const char *const others[] = { "zero", "not-present", "unmapped",
					      "undefined" };
	const char *state = "present";

	if (r->differencing && rng_chance(&r->rng, 50))
		state = "partial";
	if (rng_chance(&r->rng, 70))
		put(r, "\"%s@%juM\"", state,
		    (uintmax_t)(6 + rng_below(&r->rng, 10)));
	else
		put(r, "\"%s\"", others[rng_below(&r->rng, 4)]);
}

static void put_blocks(struct recipe *r, uint64_t n)
{
	unsigned block = 0;

	put(r, "{");
	/* Each name once: they go up. */
	for (uint64_t i = 0; i < n; i++) {
		unsigned next = some_block(r);

		if (i && next <= block)
			continue;
		put(r, "%s\"%u\": ", i ? ", " : "", next);
		put_state(r);
		block = next;
	}
	put(r, "}");
}

static void put_entry(struct recipe *r, bool first)
{
	uint64_t n = 1 + rng_below(&r->rng, 4);

	put(r, "%s{", first ? "" : ", ");
	if (first || rng_chance(&r->rng, 25))
		put(r, "\"guid\": \"g%ju\", ",
		    (uintmax_t)rng_below(&r->rng, 1000));
	put(r, "\"last\": \"%juM\", ",
	    (uintmax_t)(rng_chance(&r->rng, 10) ? 0 :
						  8 + rng_below(&r->rng, 8)));
	put(r, "\"applied\": %s, \"writes\": [{\"bat\": ",
	    rng_chance(&r->rng, 60) ? "true" : "false");
	put_blocks(r, n);
	put(r, "}]}");
}

struct buffer random_bat(uint64_t seed, bool differencing)
{
	struct recipe r = { .rng = rng_seed(seed),
			    .differencing = differencing };
	uint64_t entries = 1 + rng_below(&r.rng, 7);

	put(&r, "{\"about\": \"blocks\", \"image\": {\"virtual_size\": \"1G\", ");
	if (differencing)
		put(&r, "\"parent\": {\"parent_linkage\": \"guid:parent\"},"
			" \"bitmaps\": {\"0\": \"present@18M\"}, ");
	put(&r, "\"file_size\": \"20M\", \"blocks\": ");
	put_blocks(&r, rng_below(&r.rng, 6));
	put(&r, "}, \"log\": {\"guid\": \"%s\", \"entries\": [",
	    rng_chance(&r.rng, 50) ? "zero" : "g1");
	for (uint64_t i = 0; i < entries; i++)
		put_entry(&r, i == 0);
	put(&r, "]}}");
	return build_recipe(r.text);
}
