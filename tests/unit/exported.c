/* SPDX-License-Identifier: MIT */
#include "exported.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "log_case.h"
#include "random_bat.h"
#include "report_text.h"
#include "view/held.h"

#define SIZE   (8 * VL_MIB) /* of the images that are made here */
#define BEHIND EXPORT_BEHIND
#define PLACES 8u

/* --------------------------------------------------------------- exporting */

void export_from(struct exported *x, struct vhdxlog_scan *scan,
			bool redact)
{
	const struct vhdxlog_export_options options = { .redact = redact };
	struct vhdxlog_export_piece p;
	struct vhdxlog_export *e;
	uint64_t end = 0;
	int rc;

	*x = (struct exported){ .limitations = 0 };
	cr_assert_eq(vhdxlog_export_open(scan, &options, &e, NULL), 0);
	x->image.len = vhdxlog_export_size(e);
	x->image.at = calloc(1, x->image.len + 1);
	cr_assert(x->image.at);
	while ((rc = vhdxlog_export_next(e, &p, NULL)) == 0) {
		cr_assert_geq(p.offset, end);
		cr_assert(p.length && p.length <= VL_MIB);
		end = p.offset + p.length;
		cr_assert_leq(end, x->image.len);
		memcpy(x->image.at + p.offset, p.bytes, p.length);
		x->data += p.length;
	}
	cr_assert_eq(rc, 1);
	while (vhdxlog_export_limitation(e, x->limitations))
		x->limitations++;
	vhdxlog_export_close(e);
}

struct exported export_image(const struct buffer *image, bool redact)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	struct exported x;

	export_from(&x, s.scan, redact);
	scan_release(&s);
	return x;
}

static char *told(const struct buffer *image)
{
	struct scanned s = scan_memory(image->at, image->len, NULL);
	char *text = report_text(s.scan);

	scan_release(&s);
	return text;
}

void expect_same_export(const struct buffer *image, const char *what,
			uint64_t seed)
{
	struct exported x = export_image(image, false);
	char *before = told(image), *after = told(&x.image);

	expect_same_report(before, after, what, seed);
	free(before);
	free(after);
	buffer_free(&x.image);
}

/* ------------------------------------------------------------------ images */

void buffer_resize(struct buffer *image, size_t size)
{
	image->at = realloc(image->at, size);
	cr_assert(image->at);
	if (size > image->len)
		memset(image->at + image->len, 0, size - image->len);
	image->len = size;
}

/* One of a few pages, so that versions meet; each piece one of two. */
static void some_page(struct rng *r, uint8_t page[VL_SECTOR])
{
	unsigned bits = (unsigned)rng_below(r, 4);
	unsigned mask = bits == 3 ? 0x0f : bits ? 0xff : 0;

	for (unsigned k = 0; k < VL_PIECES; k++)
		memset(page + k * VL_PIECE,
		       bits == 2 ? 0 : (int)(0x10 * (k + 1) + (mask >> k & 1)),
		       VL_PIECE);
}

/* In a block, where nothing is, in a structure, at its edge. */
static uint64_t some_place(struct rng *r)
{
	static const uint64_t places[PLACES] = {
		2 * VL_MIB,		2 * VL_MIB + 8 * VL_SECTOR,
		3 * VL_MIB + 64 * VL_KIB, BEHIND + 2 * VL_SECTOR,
		BEHIND + 3 * VL_SECTOR, 6 * VL_MIB,
		6 * VL_MIB + VL_SECTOR, 7 * VL_MIB
	};

	return places[rng_below(r, PLACES)];
}

static void put_entry(struct log_case *c, struct rng *r)
{
	static uint8_t pages[4][VL_SECTOR];
	struct vl_record records[4];
	uint32_t n = 1 + (uint32_t)rng_below(r, 4);

	for (uint32_t i = 0; i < n; i++) {
		/* What the log waits to write over structures would be seen. */
		uint64_t at = some_place(r);

		some_page(r, pages[i]);
		if (rng_chance(r, 40))
			records[i] = record_zero(
				at + rng_below(r, 3) * VL_SECTOR,
				(1 + rng_below(r, 300)) * VL_SECTOR);
		else
			records[i] = record_data(at, pages[i]);
	}
	log_case_put(c, records, n, SIZE);
}

/* What lies behind the structures: nothing, what the log writes, pieces of that,
 * something else. */
static void fill_rest(struct buffer *image, struct rng *r, uint64_t bitmap)
{
	for (uint64_t at = BEHIND; at < image->len; at += VL_SECTOR) {
		uint8_t *page = image->at + at, other[VL_SECTOR];

		/* A sector bitmap is taken as it is. */
		if (at / VL_MIB == bitmap / VL_MIB || rng_chance(r, 25))
			continue;
		some_page(r, page);
		some_page(r, other);
		if (rng_chance(r, 30))
			memcpy(page + 3 * VL_PIECE, other + 3 * VL_PIECE,
			       VL_PIECE);
		if (rng_chance(r, 20))
			rng_fill(r, page, VL_SECTOR);
	}
}

struct buffer export_random_image(uint64_t seed)
{
	struct rng r = rng_seed(seed);
	struct log_case c;
	unsigned n = 1 + (unsigned)rng_below(&r, 8);

	log_case_make(&c, rng_chance(&r, 30) ? BASE_DIFFERENCING :
					       BASE_DYNAMIC);
	log_case_dirty(&c, rng_chance(&r, 70));
	buffer_resize(&c.b.image, SIZE);
	for (unsigned i = 0; i < n; i++)
		put_entry(&c, &r);
	fill_rest(&c.b.image, &r, c.bitmap);
	return c.b.image;
}

/* Flip bytes of the log, or of anything below it. */

bool is_all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return true;
}
