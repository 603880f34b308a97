/* SPDX-License-Identifier: MIT */
/* Dumps with images in them, and what carving finds there. */
#ifndef TESTS_CARVED_H
#define TESTS_CARVED_H

#include "bases.h"

struct carved_list {
	struct vhdxlog_carved *at; /* owned */
	size_t n, capacity;
};

/* All items of a source. */
struct carved_list carve_source(struct vhdxlog_source *source);
struct carved_list carve_memory(const struct buffer *dump);
void carved_free(struct carved_list *l);
void carved_add(struct carved_list *l, const struct vhdxlog_carved *item);

size_t carved_count(const struct carved_list *l, enum vhdxlog_carve_kind kind);
/* The n-th of a kind; fails the test where there is none. */
const struct vhdxlog_carved *
carved_nth(const struct carved_list *l, enum vhdxlog_carve_kind kind, size_t n);
/* The image with that start, or NULL. */
const struct vhdxlog_carved *carved_image(const struct carved_list *l,
					  uint64_t base);
/* Fails the test where they are not the same, field by field. */
void carved_same(const struct carved_list *a, const struct carved_list *b,
		 const char *what, uint64_t which);

/* Random bytes, or zeroes. */
struct buffer dump_make(size_t len, bool random, uint64_t seed);

/* The first `len` bytes from `from` on of an image, at off in the dump. */
void dump_put(struct buffer *dump, uint64_t off, const struct buffer *image,
	      uint64_t from, uint64_t len);

/* An image whose log has an entry at its end that goes on at its start. */
struct buffer image_wrapped(void);

/* Tables of blocks; data sectors of one number. */
void dump_put_bat(struct buffer *dump, uint64_t off, uint64_t len,
		  struct rng *r);
void dump_put_data(struct buffer *dump, uint64_t off, uint64_t len,
		   uint64_t number);

/*
 * A random dump of about 12 MiB: images, pieces of them, one over the other, others
 * inside them, lone sectors, in filler of all kinds.
 */
struct buffer dump_random(uint64_t seed);

#endif
