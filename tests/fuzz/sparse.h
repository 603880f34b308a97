/* SPDX-License-Identifier: MIT */
/*
 * An image of megabytes as an input of kilobytes: its size, and the bytes of it
 * that are not zero.
 *
 *	8 bytes	 the size; the highest 16 bits are flags, whose meaning is
 *		 the target's
 *	then any number of records:
 *	4 bytes	 number of a page of 4 KiB
 *	2 bytes	 offset in it
 *	2 bytes	 length; with the highest bit, of one byte that is repeated
 *	...	 the bytes
 *
 * Numbers are little-endian. Any input is one: what is too much is cut off.
 */
#ifndef FUZZ_SPARSE_H
#define FUZZ_SPARSE_H

#include "vhdxlog.h"

#define SPARSE_PAGE 4096u
#define SPARSE_PAGES 512u		       /* at most */
#define SPARSE_SIZE (UINT64_C(64) << 20) /* bytes, at most */

struct sparse {
	uint64_t size; /* of the image, bytes */
	unsigned flags; /* 16 bits */
	/* In ascending order; page[i] is what bytes[i] is of. */
	uint32_t count;
	uint32_t page[SPARSE_PAGES];
	uint8_t *bytes[SPARSE_PAGES];
	uint8_t pool[SPARSE_PAGES][SPARSE_PAGE];
};

/* All of it anew. */
void sparse_decode(struct sparse *s, const uint8_t *data, size_t len);

/* How many bytes it takes; 0: more than there is room for. */
size_t sparse_encode(const struct sparse *s, uint8_t *data, size_t room);

void sparse_copy(struct sparse *to, const struct sparse *from);

/* The page, or NULL: zeroes. */
uint8_t *sparse_find(const struct sparse *s, uint64_t page);

/* The page, zeroes where it was none; NULL: there is no room for it. */
uint8_t *sparse_make(struct sparse *s, uint64_t page);

void sparse_drop(struct sparse *s, uint64_t page);

/* As pread() of the image, past its end zeroes; and its like, which leaves out
 * what there is no room for. */
void sparse_get(const struct sparse *s, uint64_t off, void *buf, size_t len);
void sparse_put(struct sparse *s, uint64_t off, const void *buf, size_t len);

/* It as evidence, its holes known; borrowed until that is closed. */
struct vhdxlog_source *sparse_open(const struct sparse *s);

#endif
