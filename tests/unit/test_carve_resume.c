/* SPDX-License-Identifier: MIT */
/*
 * A pass that is interrupted and taken up again tells what one pass tells; and
 * whatever a saved text says, nothing happens that should not.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "carved.h"
#include "faulty.h"
#include "ondisk/layout.h"

#define DUMPS 60u

static struct vhdxlog_source *open_dump(const struct buffer *dump)
{
	struct vhdxlog_source *source;

	cr_assert_eq(vhdxlog_source_memory(dump->at, dump->len, &source, NULL),
		     0);
	return source;
}

static struct vhdxlog_carve *open_carve(struct vhdxlog_source *source,
					const char *saved)
{
	struct vhdxlog_carve_options options = VHDXLOG_CARVE_OPTIONS_INIT;
	struct vhdxlog_carve *carve;

	cr_assert_eq(vhdxlog_carve_open(source, &options, &carve, NULL), 0);
	if (saved)
		cr_assert_eq(vhdxlog_carve_restore(carve, saved, NULL), 0, "%s",
			     saved);
	return carve;
}

/* Another pass for each item. */
static struct carved_list carve_in_pieces(struct vhdxlog_source *source)
{
	struct carved_list l = { 0 };
	struct vhdxlog_carved item;
	char *saved = NULL;
	int rc;

	do {
		struct vhdxlog_carve *carve = open_carve(source, saved);

		free(saved);
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

Test(carve_resume, a_pass_for_each_item_tells_what_one_pass_tells)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct buffer dump = dump_random(seed);
		struct vhdxlog_source *source = open_dump(&dump);
		struct carved_list whole = carve_source(source);
		struct carved_list pieces = carve_in_pieces(source);

		carved_same(&whole, &pieces, "dump", seed);
		carved_free(&whole);
		carved_free(&pieces);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
}

/* ------------------------------------------------ between stretches, and once */

struct pauses {
	uint64_t after; /* stretches */
};

static bool count_down(void *ctx)
{
	struct pauses *p = ctx;

	return p->after-- == 0;
}

/* A pass that goes on from *saved, which it replaces, until so many items are told or
 * the next stretch begins. false: it came to the end. */
static bool carve_some(struct vhdxlog_source *source, char **saved, size_t most,
		       struct carved_list *l)
{
	struct pauses pauses = { 1 };
	struct vhdxlog_carve_options options = {
		.size = sizeof(options),
		.pause = count_down,
		.pause_ctx = &pauses,
	};
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	size_t n = 0;

	cr_assert_eq(vhdxlog_carve_open(source, &options, &carve, NULL), 0);
	if (*saved)
		cr_assert_eq(vhdxlog_carve_restore(carve, *saved, NULL), 0);
	free(*saved);
	for (; n < most && vhdxlog_carve_next(carve, &item, NULL) == 0; n++)
		carved_add(l, &item);
	*saved = vhdxlog_carve_save(carve);
	cr_assert(*saved);
	vhdxlog_carve_close(carve);
	return n == most || pauses.after == UINT64_MAX;
}

static struct carved_list carve_by_stretches(struct vhdxlog_source *source)
{
	struct carved_list l = { 0 };
	char *saved = NULL;

	while (carve_some(source, &saved, SIZE_MAX, &l))
		;
	free(saved);
	return l;
}

Test(carve_resume, a_pass_for_each_stretch_tells_what_one_pass_tells)
{
	unsigned n = rounds(DUMPS);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct buffer dump = dump_random(1000 + seed);
		struct vhdxlog_source *source = open_dump(&dump);
		struct carved_list whole = carve_source(source);
		struct carved_list pieces = carve_by_stretches(source);

		carved_same(&whole, &pieces, "dump", 1000 + seed);
		carved_free(&whole);
		carved_free(&pieces);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
}

/* The pages that cannot be read are the same ones, wherever a pass begins. */
Test(carve_resume, unreadable_ranges_are_told_once)
{
	unsigned n = rounds(DUMPS / 2);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct buffer dump = dump_random(2000 + seed);
		struct carved_list whole, pieces;
		struct vhdxlog_source *source;
		struct faulty f;

		faulty_init(&f, &dump);
		for (unsigned i = 0; i < 4; i++)
			faulty_add(&f, rng_below(&r, dump.len - VL_MIB),
				   1 + rng_below(&r, VL_MIB));
		cr_assert_eq(faulty_open(&f, &source), 0);
		whole = carve_source(source);
		cr_assert_gt(carved_count(&whole, VHDXLOG_CARVE_UNREADABLE), 0);
		pieces = carve_in_pieces(source);
		carved_same(&whole, &pieces, "dump", 2000 + seed);
		carved_free(&whole);
		carved_free(&pieces);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
}

/* ------------------------------------------------------------ hostile texts */

static char *save_after(struct vhdxlog_source *source, uint64_t items)
{
	struct vhdxlog_carve *carve = open_carve(source, NULL);
	struct vhdxlog_carved item;
	char *saved;

	while (items-- && vhdxlog_carve_next(carve, &item, NULL) == 0)
		;
	saved = vhdxlog_carve_save(carve);
	cr_assert(saved);
	vhdxlog_carve_close(carve);
	return saved;
}

/* One number made another, or one byte, or the end cut off. */
static char *tamper(const char *saved, struct rng *r)
{
	static const char *const numbers[] = {
		"0", "1", "511", "4096", "18446744073709551615",
		"9223372036854775807", "4294967295", "-1", "",
	};
	size_t len = strlen(saved), at = rng_below(r, len), skip = 1;
	char *text = calloc(1, len + 64);
	const char *put;

	cr_assert(text);
	while (at && !(saved[at - 1] == ' ' || rng_chance(r, 2)))
		at--;
	put = numbers[rng_below(r, 9)];
	skip = strcspn(saved + at, " \n");
	if (rng_chance(r, 10))
		put = "x\n";
	memcpy(text, saved, at);
	memcpy(text + at, put, strlen(put));
	if (rng_chance(r, 95))
		memcpy(text + at + strlen(put), saved + at + skip,
		       len - at - skip);
	return text;
}

static bool try_text(struct vhdxlog_source *source, const char *text)
{
	struct vhdxlog_carve *carve = open_carve(source, NULL);
	uint64_t size = vhdxlog_source_size(source), told = 0;
	struct vhdxlog_carved item;
	int rc = vhdxlog_carve_restore(carve, text, NULL);

	cr_assert(rc == 0 || rc == VHDXLOG_E_MISUSE);
	if (rc)
		cr_assert_eq(vhdxlog_carve_position(carve), 0);
	/* However that came: it ends, and nothing is without bounds. */
	while (vhdxlog_carve_next(carve, &item, NULL) == 0) {
		cr_assert_lt(told++, 100 + size / 512);
		/* What was to be told next is told as it was saved. */
		if (told > 4)
			cr_assert(item.offset <= size &&
				  item.length <= size - item.offset);
	}
	cr_assert_eq(vhdxlog_carve_position(carve), size);
	vhdxlog_carve_close(carve);
	return rc == 0;
}

Test(carve_resume, a_hostile_text_is_refused_or_harmless)
{
	unsigned n = rounds(DUMPS / 3), taken = 0, refused = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		struct buffer dump = dump_random(3000 + seed);
		struct vhdxlog_source *source = open_dump(&dump);
		char *saved = save_after(source, rng_below(&r, 30));

		for (unsigned i = 0; i < 30; i++) {
			char *text = tamper(saved, &r);

			if (try_text(source, text))
				taken++;
			else
				refused++;
			free(text);
		}
		free(saved);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
	assert_often(taken, n, n);
	assert_often(refused, n, n);
}

Test(carve_resume, a_text_of_another_source_is_refused)
{
	struct buffer dump = dump_random(1), other = dump_random(1);
	struct vhdxlog_source *source = open_dump(&dump), *second;
	char *saved = save_after(source, 3);

	other.at[0] ^= 1;
	second = open_dump(&other);
	cr_assert(try_text(source, saved));
	cr_assert_not(try_text(second, saved));
	vhdxlog_source_close(second);
	other.at[0] ^= 1;
	other.len -= 512;
	second = open_dump(&other);
	cr_assert_not(try_text(second, saved));
	vhdxlog_source_close(second);
	vhdxlog_source_close(source);
	free(saved);
	buffer_free(&dump);
	buffer_free(&other);
}

/* ------------------------------------------------- every field is looked at */

/* The text with len bytes of it, at that place, being another word. */
static void try_word(struct vhdxlog_source *source, const char *saved,
		     size_t at, size_t len, const char *word)
{
	struct vhdxlog_carve *carve = open_carve(source, NULL);
	char *text;

	cr_assert(asprintf(&text, "%.*s%s%s", (int)at, saved, word,
			   saved + at + len) > 0);
	cr_assert_eq(vhdxlog_carve_restore(carve, text, NULL),
		     VHDXLOG_E_MISUSE, "%s", text);
	free(text);
	vhdxlog_carve_close(carve);
}

/* Behind them an item has a text, of any words. */
#define WORDS_OF_ITEM 16u

static void try_words(struct vhdxlog_source *source, const char *saved)
{
	size_t at = 0;

	while (saved[at]) {
		bool is_item = strncmp(saved + at, "item ", 5) == 0;
		unsigned word = 0;

		do {
			size_t len = strcspn(saved + at, " \n");

			if (!is_item || word < WORDS_OF_ITEM) {
				try_word(source, saved, at, len, "x");
				try_word(source, saved, at, len,
					 "18446744073709551616");
			}
			word++;
			at += len + 1;
		} while (saved[at - 1] == ' ');
	}
}

Test(carve_resume, no_word_of_a_saved_text_can_be_another_one)
{
	unsigned n = rounds(12);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct buffer dump = dump_random(3000 + seed);
		struct vhdxlog_source *source = open_dump(&dump);
		struct carved_list l = { 0 };
		char *saved = NULL;

		while (carve_some(source, &saved, 1, &l))
			try_words(source, saved);
		free(saved);
		carved_free(&l);
		vhdxlog_source_close(source);
		buffer_free(&dump);
	}
}
