/* SPDX-License-Identifier: MIT */
/*
 * Holes, as an overlay tells them of the disk below it: what they pass is zeroes,
 * and nothing that is written is passed.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "opened.h"
#include "source/source.h"

#define IMAGES 120u
#define PAGES 2048u /* of the disk: 8 MiB */

/* A view that is a hole but for some pages. */
struct sparse {
	struct vl_view view; /* first */
	const bool *data;    /* of each page */
};

static int sparse_read(const struct vl_view *view, uint64_t off, void *buf,
		       size_t len, struct vhdxlog_error *err)
{
	const struct sparse *s = (const void *)view;
	uint8_t *p = buf;

	(void)err;
	for (size_t i = 0; i < len; i++)
		p[i] = s->data[(off + i) / VL_SECTOR] ? 0x77 : 0;
	return 0;
}

static bool sparse_next(const struct vl_view *view, uint64_t off, uint64_t end,
			uint64_t *from, uint64_t *to)
{
	const struct sparse *s = (const void *)view;

	while (off < end && !s->data[off / VL_SECTOR])
		off = off - off % VL_SECTOR + VL_SECTOR;
	if (off >= end)
		return false;
	for (*from = off; off < end && s->data[off / VL_SECTOR];)
		off = off - off % VL_SECTOR + VL_SECTOR;
	*to = vl_min64(off, end);
	return true;
}

/* What next_data passes is zeroes, and it passes all that it can. */
static unsigned compare_holes(const struct vl_overlay *o, size_t pages,
			      uint64_t seed)
{
	uint64_t at = 0, from, to, size = pages * (uint64_t)VL_SECTOR;
	uint8_t page[VL_SECTOR];
	bool zero = true;
	uint64_t budget;
	unsigned passed = 0;

	while (at < size && vl_view_next_data(&o->view, at, size, &from, &to)) {
		cr_assert(from >= at && to > from && to <= size);
		for (; at < from; at += VL_SECTOR, passed++) {
			budget = VL_SECTOR;
			cr_assert_eq(vl_view_is_zero(&o->view, at, VL_SECTOR,
						     &budget, &zero, NULL),
				     0);
			cr_assert(zero, "seed %ju, %#jx", (uintmax_t)seed,
				  (uintmax_t)at);
		}
		at = to;
	}
	for (; at < size; at += VL_SECTOR, passed++) {
		cr_assert_eq(vl_view_read(&o->view, at, page, VL_SECTOR, NULL),
			     0);
		cr_assert_eq(page[0] | page[VL_SECTOR - 1], 0);
	}
	return passed;
}

Test(holes, an_overlay_knows_the_holes_of_its_disk)
{
	unsigned n = rounds(IMAGES), passed = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct rng r = rng_seed(seed);
		bool data[PAGES];
		struct sparse disk = { { PAGES * (uint64_t)VL_SECTOR,
					 sparse_read, sparse_next, NULL },
				       data };
		struct vl_pile pile;
		struct vl_overlay o;
		struct opened p = open_random(seed);
		struct vl_log *log = &p.s.scan->log;

		for (size_t i = 0; i < PAGES; i++)
			data[i] = rng_chance(&r, 50);
		pile.layer = calloc(log->n_layers + 1, sizeof(*pile.layer));
		cr_assert(pile.layer);
		for (pile.n = 0; pile.n < log->n_layers; pile.n++)
			pile.layer[pile.n] = (uint32_t)pile.n;
		cr_assert_eq(vl_overlay_of(&o, &disk.view, log, pile,
					   disk.view.size + VL_MIB, NULL),
			     0);
		passed += compare_holes(&o, PAGES + 256, seed);
		vl_overlay_release(&o);
		close_image(&p);
	}
	cr_assert_gt(passed, n * 100);
}

/* ------------------------------------------------- what is asked of the system */

static int file_of(const bool *data, size_t pages)
{
	uint8_t page[VL_SECTOR] = { 0x77 };
	int fd = memfd_create("holes", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(ftruncate(fd, (off_t)(pages * VL_SECTOR)), 0);
	for (size_t i = 0; i < pages; i++) {
		if (data[i])
			cr_assert_eq(pwrite(fd, page, sizeof(page),
					    (off_t)(i * VL_SECTOR)),
				     VL_SECTOR);
	}
	return fd;
}

Test(holes, that_are_known_are_those_that_the_system_says)
{
	uint64_t size = 512 * (uint64_t)VL_SECTOR;

	for (uint64_t seed = 0; seed < rounds(40); seed++) {
		struct rng r = rng_seed(seed);
		struct vl_holes known = { 0 };
		bool data[512];
		int fd;

		for (size_t i = 0; i < 512; i++)
			data[i] = i && rng_chance(&r, 90) ? data[i - 1] :
							    rng_chance(&r, 50);
		fd = file_of(data, 512);
		for (unsigned i = 0; i < 500; i++) {
			uint64_t off = rng_below(&r, size);
			uint64_t end = off + rng_below(&r, size / 4);
			uint64_t want[2], got[2];
			bool any = vl_holes_next_data(fd, off, end, &want[0],
						      &want[1]);

			cr_assert_eq(vl_holes_known_data(&known, fd, off, end,
							 &got[0], &got[1]),
				     any);
			cr_assert(got[0] == want[0] && got[1] == want[1],
				  "seed %ju: [%#jx, %#jx)", (uintmax_t)seed,
				  (uintmax_t)off, (uintmax_t)end);
		}
		close(fd);
	}
}

Test(holes, a_file_is_asked_once_for_each_stretch)
{
	static bool data[PAGES];
	struct vhdxlog_source *source;
	uint64_t from, to, pages = 0;
	char path[64];
	int fd;

	for (size_t i = 0; i < PAGES; i++)
		data[i] = (i >= 64 && i < 1024) || (i >= 1536 && i < 2000);
	fd = file_of(data, PAGES);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cr_assert_eq(vhdxlog_source_open(path, VL_SECTOR, &source, NULL), 0);
	for (uint64_t off = 0; off < source->view.size; off += VL_SECTOR)
		pages += vl_view_next_data(&source->view, off, off + VL_SECTOR,
					   &from, &to);
	cr_expect_eq(pages, 960 + 464);
	/* Two, and what comes behind the last. */
	cr_expect_eq(source->holes->asked, 3);
	vhdxlog_source_close(source);
	close(fd);
}
