/* SPDX-License-Identifier: MIT */
/*
 * fuzz-seed KIND IMAGE OUTPUT: an image as an input of a target. KIND: `image`,
 * all of it that is not payload, as far as there is room; `dump`, the file as it
 * is; `ring`, its log alone.
 */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/placed.h"

#define MOST_INPUT (UINT32_C(128) << 10)

static struct sparse s;

static void fill_metadata(struct vhdxlog_scan *scan)
{
	struct vhdxlog_export_options options = { .redact = false };
	struct vhdxlog_export *e;
	struct vhdxlog_export_piece p;

	cr_assert_eq(vhdxlog_export_open(scan, &options, &e, NULL), 0);
	while (vhdxlog_export_next(e, &p, NULL) == 0)
		sparse_put(&s, p.offset, p.bytes, p.length);
	vhdxlog_export_close(e);
}

static void fill_range(struct vhdxlog_source *source, uint64_t from,
		       uint64_t len)
{
	static const uint8_t zeroes[SPARSE_PAGE];
	uint8_t page[SPARSE_PAGE];

	for (uint64_t at = 0; at < len; at += SPARSE_PAGE) {
		size_t n = len - at < SPARSE_PAGE ? (size_t)(len - at) :
						    SPARSE_PAGE;

		cr_assert_eq(vhdxlog_source_read(source, from + at, page, n,
						 NULL),
			     0);
		if (memcmp(page, zeroes, n) != 0)
			sparse_put(&s, at, page, n);
	}
}

static bool fill(const char *kind, struct vhdxlog_source *source)
{
	struct vhdxlog_scan *scan;
	const struct vhdxlog_log *log;

	cr_assert_eq(vhdxlog_scan(source, NULL, &scan, NULL), 0);
	log = vhdxlog_log(scan);
	s.size = vhdxlog_source_size(source);
	if (strcmp(kind, "ring") == 0) {
		s.size = log->known ? log->present * (uint64_t)SPARSE_PAGE : 0;
		fill_range(source, log->offset, s.size);
	} else if (strcmp(kind, "image") == 0 &&
		   vhdxlog_verdict(scan)->state != VHDXLOG_NOT_VHDX) {
		fill_metadata(scan);
	} else {
		fill_range(source, 0, s.size);
	}
	vhdxlog_scan_close(scan);
	return s.count;
}

int main(int argc, char **argv)
{
	static uint8_t data[MOST_INPUT];
	struct vhdxlog_source *source;
	size_t len = 0;
	FILE *out;
	bool any;

	if (argc != 4 ||
	    vhdxlog_source_open(argv[2], 0, &source, NULL) != 0) {
		fputs("usage: fuzz-seed image|dump|ring IMAGE OUTPUT\n", stderr);
		return 2;
	}
	sparse_decode(&s, NULL, 0);
	any = fill(argv[1], source);
	vhdxlog_source_close(source);
	if (any)
		len = sparse_encode(&s, data, sizeof(data));
	if (any && !len)
		fprintf(stderr, "%s: does not fit\n", argv[2]);
	if (!len)
		return 0;
	out = fopen(argv[3], "we");
	return !out || fwrite(data, len, 1, out) != 1 || fclose(out) ? 3 : 0;
}
