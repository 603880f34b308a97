/* SPDX-License-Identifier: MIT */
/* Images whose region tables are gone, and what is found of them all the same. */
#ifndef TESTS_GUESSED_H
#define TESTS_GUESSED_H

#include "helpers.h"

struct region {
	uint64_t offset, length;
};

struct regions {
	struct region bat, metadata;
};

/* Where the regions are, by the table that counts, or by what is assumed. */
struct regions by_table(struct vhdxlog_scan *scan);
struct regions by_guess(struct vhdxlog_scan *scan);

/* What the scan went on with of a kind, or NULL; more than one fails the test. */
const struct vhdxlog_guess *assumed(struct vhdxlog_scan *scan,
				    enum vhdxlog_guess_kind kind);

/* Whether some sentence has the text in it. */
bool has_evidence(struct vhdxlog_scan *scan, const struct vhdxlog_guess *guess,
		  const char *text);

void expect_regions(struct regions got, struct regions want, const char *what);

/* The same geometry, blocks and log. */
void expect_same_disk(struct vhdxlog_scan *got, struct vhdxlog_scan *want,
		      const char *what);

enum damage { ZEROES, NOISE, ONE_BIT, DAMAGES };

/* Copies first to last of the region table. */
void damage_tables(struct buffer *image, unsigned first, unsigned last,
		   enum damage how, uint64_t seed);

void wipe(struct buffer *image, uint64_t off, uint64_t len);

/* buffer_free() */
struct buffer copy_of(const struct buffer *b);

/* Expect the copy to be read as the good one is, in which nothing is guessed. */
void expect_found(const struct buffer *good, const struct buffer *damaged,
		  const char *what);

/* The same for each way in which both tables can be gone. */
void expect_found_all_ways(const struct buffer *good, const char *what);

/* A recipe of an image without a log. */
#define LAID(image) "{\"about\": \"a layout\", \"image\": {" image "}}"

/* How writers lay out a file. */
enum layout {
	QEMU, /* log, BAT, metadata */
	QEMU_TWO_BLOCKS,
	QEMU_300G, /* with a BAT of 3 MiB */
	QEMU_300G_LAST,
	QEMU_FAR_LOG,
	WINDOWS, /* log, metadata, BAT */
	WINDOWS_MOVED, /* its BAT is behind the blocks, as the disk grew */
	SECTORS_OF_4096,
	FIXED,
	DIFFERENCING,
	QEMU_EMPTY,
	WINDOWS_EMPTY,
	NONE_LOCATED,
	LAYOUTS,
};

extern const char *const layouts[LAYOUTS];

#endif
