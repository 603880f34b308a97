/* SPDX-License-Identifier: MIT */
#include "guessed.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ondisk/layout.h"

#define METADATA_FIRST(bat)                     \
	"\"metadata\": {\"offset\": \"2M\"}," \
	"\"bat\": {\"offset\": \"" bat "\"},"

const char *const layouts[LAYOUTS] = {
	[QEMU] = LAID("\"blocks\": {\"0\": \"present\"}"),
	[QEMU_TWO_BLOCKS] = LAID(
		"\"blocks\": {\"7\": \"present\", \"3\": \"present\"}"),
	[QEMU_300G] = LAID("\"virtual_size\": \"300G\","
			   "\"blocks\": {\"0\": \"present\"}"),
	[QEMU_300G_LAST] = LAID("\"virtual_size\": \"300G\","
				"\"blocks\": {\"260000\": \"present\"}"),
	[QEMU_FAR_LOG] = LAID(
		"\"log\": {\"offset\": \"4M\", \"length\": \"2M\"},"
		"\"blocks\": {\"1\": \"present\"}"),
	[WINDOWS] = LAID(METADATA_FIRST("3M") "\"block_size\": \"32M\","
			 "\"blocks\": {\"0\": \"present\", \"9\": \"zero\"}"),
	[WINDOWS_MOVED] = LAID(
		METADATA_FIRST("9M")
		"\"blocks\": {\"0\": \"present@5M\", \"2\": \"present@6M\"}"),
	[SECTORS_OF_4096] = LAID("\"logical_sector\": 4096,"
				 "\"blocks\": {\"5\": \"present\"}"),
	[FIXED] = LAID("\"virtual_size\": \"8M\", \"fixed\": true"),
	[DIFFERENCING] = LAID("\"parent\": {\"parent_linkage\": \"guid:parent\"},"
			      "\"blocks\": {\"0\": \"partial\"},"
			      "\"bitmaps\": {\"0\": \"present\"}"),
	[QEMU_EMPTY] = LAID("\"virtual_size\": \"1G\""),
	[WINDOWS_EMPTY] = LAID(METADATA_FIRST("3M") "\"virtual_size\": \"1G\""),
	[NONE_LOCATED] = LAID("\"blocks\": {\"0\": \"zero\", \"1\": \"zero\"}"),
};

struct regions by_table(struct vhdxlog_scan *scan)
{
	struct regions found = { { 0, 0 }, { 0, 0 } };

	for (unsigned n = 1; n <= 2; n++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(scan, n);

		for (size_t i = 0; t->chosen && i < t->region_count; i++) {
			const struct vhdxlog_region *r = &t->regions[i];

			*(strcmp(r->name, "bat") == 0 ? &found.bat :
							&found.metadata) =
				(struct region){ r->offset, r->length };
		}
	}
	return found;
}

const struct vhdxlog_guess *assumed(struct vhdxlog_scan *scan,
				    enum vhdxlog_guess_kind kind)
{
	const struct vhdxlog_guess *found = NULL;

	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind != kind || !g->assumed)
			continue;
		cr_assert_null(found, "one of a kind is assumed");
		found = g;
	}
	return found;
}

bool has_evidence(struct vhdxlog_scan *scan, const struct vhdxlog_guess *guess,
		  const char *text)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		for (size_t k = 0; k < guess->evidence_count; k++) {
			if (vhdxlog_guess_at(scan, i) == guess &&
			    strstr(vhdxlog_guess_evidence(scan, i, k), text))
				return true;
		}
	}
	return false;
}

struct regions by_guess(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_guess *b = assumed(scan, VHDXLOG_GUESS_BAT);
	const struct vhdxlog_guess *m = assumed(scan, VHDXLOG_GUESS_METADATA);
	struct regions found = { { 0, 0 }, { 0, 0 } };

	if (b)
		found.bat = (struct region){ b->offset, b->length };
	if (m)
		found.metadata = (struct region){ m->offset, m->length };
	return found;
}

void expect_regions(struct regions got, struct regions want, const char *what)
{
	cr_assert_eq(got.bat.offset, want.bat.offset, "%s: BAT at %ju, not %ju",
		     what, (uintmax_t)got.bat.offset,
		     (uintmax_t)want.bat.offset);
	cr_assert_eq(got.bat.length, want.bat.length, "%s", what);
	cr_assert_eq(got.metadata.offset, want.metadata.offset, "%s", what);
	cr_assert_eq(got.metadata.length, want.metadata.length, "%s", what);
}

void expect_same_disk(struct vhdxlog_scan *got, struct vhdxlog_scan *want,
		      const char *what)
{
	const struct vhdxlog_image *a = vhdxlog_image(got);
	const struct vhdxlog_image *b = vhdxlog_image(want);

	cr_assert_eq(memcmp(&a->bat, &b->bat, sizeof(a->bat)), 0, "%s", what);
	cr_assert_eq(a->metadata.block_size, b->metadata.block_size);
	cr_assert_eq(a->metadata.virtual_disk_size,
		     b->metadata.virtual_disk_size);
	cr_assert_eq(a->metadata.has_parent, b->metadata.has_parent);
	cr_assert_eq(a->metadata.logical_sector_size,
		     b->metadata.logical_sector_size);
	cr_assert_eq(vhdxlog_log(got)->descriptor_count,
		     vhdxlog_log(want)->descriptor_count);
}

/* ------------------------------------------------------------------ damage */

void damage_tables(struct buffer *image, unsigned first, unsigned last,
		   enum damage how, uint64_t seed)
{
	struct rng r = rng_seed(seed);

	for (unsigned n = first; n <= last; n++) {
		uint8_t *slot = image->at + VL_TABLE_OFFSET(n);

		switch (how) {
		case ZEROES: memset(slot, 0, VL_SLOT_SIZE); break;
		case NOISE: rng_fill(&r, slot, VL_SLOT_SIZE); break;
		default: slot[60000] ^= 1; break;
		}
	}
}

void wipe(struct buffer *image, uint64_t off, uint64_t len)
{
	memset(image->at + off, 0, len);
}

struct buffer copy_of(const struct buffer *b)
{
	struct buffer c = { malloc(b->len), b->len };

	cr_assert(c.at);
	memcpy(c.at, b->at, b->len);
	return c;
}

void expect_found(const struct buffer *good, const struct buffer *damaged,
		  const char *what)
{
	struct scanned want = scan_memory(good->at, good->len, NULL);
	struct scanned got = scan_memory(damaged->at, damaged->len, NULL);

	cr_assert_eq(vhdxlog_guess_count(want.scan), 0, "%s", what);
	expect_regions(by_guess(got.scan), by_table(want.scan), what);
	expect_same_disk(got.scan, want.scan, what);
	cr_assert(has_finding(got.scan, "region-places-assumed"));
	cr_assert_eq(vhdxlog_verdict(got.scan)->state, VHDXLOG_DAMAGED);
	scan_release(&got);
	scan_release(&want);
}

void expect_found_all_ways(const struct buffer *good, const char *what)
{
	for (unsigned how = 0; how < DAMAGES; how++) {
		struct buffer c = copy_of(good);

		damage_tables(&c, 1, 2, (enum damage)how, how);
		expect_found(good, &c, what);
		buffer_free(&c);
	}
}
