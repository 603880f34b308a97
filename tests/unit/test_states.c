/* SPDX-License-Identifier: MIT */
/*
 * States of a file: as it is, and as it stood once an entry had been written. The
 * reference lays one entry after the other over a copy of the file.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ondisk/layout.h"
#include "opened.h"

#define IMAGES 120u
#define PAGES 6144u /* of the files that are looked at: 24 MiB */

/* ----------------------------------------------------------- the reference */

/* How a page of the file came to be what it is as of an entry. */
struct ref_page {
	bool known, later; /* written by then; only later */
	bool wiped;	   /* that was by a range of zeroes */
	uint32_t from;	   /* sector of the entry that counts */
};

struct ref_state {
	uint8_t *bytes; /* owned: of the file as it is, then as of an entry */
	size_t pages;
	struct ref_page page[PAGES];
};

static void write_page(struct ref_state *r, uint64_t off, uint32_t from,
		       bool later, const uint8_t *page)
{
	struct ref_page *p;

	if (off / VL_SECTOR >= r->pages)
		return;
	p = &r->page[off / VL_SECTOR];
	if (later && (p->known || p->later))
		return;
	*p = (struct ref_page){ !later, later, !page, from };
	if (page)
		memcpy(r->bytes + off, page, VL_SECTOR);
	else if (!later)
		memset(r->bytes + off, 0, VL_SECTOR);
}

/* What an entry makes of the pages in the end is what counts of it. */
static void write_entry(struct ref_state *r, struct vhdxlog_scan *s,
			uint32_t sector, bool later)
{
	struct ref_state own = { .pages = r->pages };
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	uint8_t page[VL_SECTOR];

	own.bytes = calloc(r->pages, VL_SECTOR);
	cr_assert(own.bytes);
	cr_assert_eq(vhdxlog_descriptors_open(
			     s, vhdxlog_entry_find(s, sector), &it, NULL),
		     0);
	while (vhdxlog_descriptors_next(it, &d, NULL) == 0) {
		uint64_t end = vl_min64(vl_end(d.file_offset, d.length),
					r->pages * (uint64_t)VL_SECTOR);
		bool data = d.kind == VHDXLOG_DESCRIPTOR_DATA;

		if (data)
			cr_assert_eq(vhdxlog_descriptor_page(s, &d, page, NULL),
				     0);
		for (uint64_t off = d.file_offset; off < end; off += VL_SECTOR)
			write_page(&own, off, sector, false,
				   data ? page : NULL);
	}
	vhdxlog_descriptors_close(it);
	for (size_t i = 0; i < r->pages; i++) {
		if (own.page[i].known)
			write_page(r, i * VL_SECTOR, sector, later,
				   own.page[i].wiped ?
					   NULL :
					   own.bytes + i * VL_SECTOR);
	}
	free(own.bytes);
}

/* As of entry number k of the order. */
static struct ref_state reference(const struct vhdxlog_history *h,
				  const struct buffer *image, size_t k)
{
	const struct vl_order *o = &h->order;
	struct ref_state r = { .pages = image->len / VL_SECTOR };

	cr_assert_leq(r.pages, PAGES);
	r.bytes = malloc(image->len);
	cr_assert(r.bytes);
	memcpy(r.bytes, image->at, image->len);
	for (size_t i = 0; i <= k; i++)
		write_entry(&r, h->scan, o->log->entries[o->entries[i]].sector,
			    false);
	for (size_t i = k + 1; i < o->n; i++)
		write_entry(&r, h->scan, o->log->entries[o->entries[i]].sector,
			    true);
	return r;
}

/* Whether something may be gone between two places in the order. */
static bool is_gap(const struct vl_order *o, size_t a, size_t b)
{
	for (size_t i = a; i < b; i++) {
		const struct vl_entry *e = &o->log->entries[o->entries[i]];
		const struct vl_entry *n = &o->log->entries[o->entries[i + 1]];

		if (n->sequence_number != e->sequence_number + 1 ||
		    (memcmp(&n->guid, &e->guid, sizeof(n->guid)) != 0 &&
		     !o->because[o->session[o->entries[i + 1]]].linked))
			return true;
	}
	return false;
}

/* ------------------------------------------------------------- comparing it */

static bool is_bat(const struct vhdxlog_scan *s, uint64_t off)
{
	const struct vhdxlog_region *bat = s->image.bat;

	return bat && s->image.geometry_known && off >= bat->offset &&
	       off - bat->offset < bat->length;
}

/* Of an inferred page of the BAT: all blocks are of 1 MiB here. */
static void clear_newer(uint8_t *page, uint64_t last)
{
	for (uint8_t *p = page; last && p < page + VL_SECTOR; p += 8) {
		uint64_t raw = vl_le64(p);

		if ((raw & 7) >= 6 && vl_end(VL_BAT_OFFSET(raw), VL_MIB) > last)
			vl_put_le64(p, 0);
	}
}

/* How sure a page of a state is; it is the disk's if that is from before. */
static enum vhdxlog_certainty expect_page(struct opened *x, struct ref_state *r,
					  size_t i, size_t k, bool *guess)
{
	const struct vl_order *o = &x->h->order;
	const struct ref_page *p = &r->page[i];
	enum vl_predates_answer answer = VL_PREDATES_NO;
	size_t a = k, b = o->n - 1;
	uint8_t disk[VL_SECTOR];
	uint64_t read = 0;

	*guess = p->later && !p->wiped;
	if (*guess)
		vl_predates_find(&x->h->predates, i * VL_SECTOR, disk, &answer,
				 &read, NULL);
	if (p->later && answer != VL_PREDATES_YES)
		b = SIZE_MAX;
	if (answer != VL_PREDATES_NO) {
		memcpy(r->bytes + i * VL_SECTOR, disk, VL_SECTOR);
		*guess = false;
	}
	if (b == SIZE_MAX)
		return VHDXLOG_INFERRED;
	if (p->known) {
		a = o->place[vl_log_entry_at(o->log, p->from)];
		b = k;
	} else if (p->later) {
		a = vl_min64(k, x->h->predates.tail);
		b = vl_max64(k, x->h->predates.tail);
	}
	return is_gap(o, a, b) ? VHDXLOG_INFERRED : VHDXLOG_KNOWN;
}

static void compare_page(struct opened *x, struct vhdxlog_overlay *o,
			 struct ref_state *r, size_t i, size_t k, uint64_t last,
			 uint64_t seed)
{
	const struct ref_page *p = &r->page[i];
	uint64_t off = i * VL_SECTOR;
	uint8_t page[VL_SECTOR];
	uint32_t from;
	bool guess;
	enum vhdxlog_certainty certainty = expect_page(x, r, i, k, &guess);

	if (guess && is_bat(o->scan, off))
		clear_newer(r->bytes + off, last);
	cr_assert_eq(vhdxlog_overlay_read(o, off, page, VL_SECTOR, NULL), 0);
	cr_assert_eq(memcmp(page, r->bytes + off, VL_SECTOR), 0,
		     "seed %ju, page %#jx", (uintmax_t)seed, (uintmax_t)off);
	cr_assert_eq(vhdxlog_overlay_certainty(o, off),
		     certainty,
		     "seed %ju, page %#jx", (uintmax_t)seed, (uintmax_t)off);
	cr_assert_eq(vhdxlog_overlay_from(o, off, &from, NULL), 0);
	cr_assert_eq(from, p->known || guess ? p->from : VHDXLOG_NO_SECTOR,
		     "seed %ju, page %#jx", (uintmax_t)seed, (uintmax_t)off);
}

static unsigned compare_states(struct opened *p, uint64_t seed)
{
	unsigned inferred = 0;

	for (size_t k = 0; k < p->h->order.n; k++) {
		struct ref_state r = reference(p->h, &p->image, k);
		struct vhdxlog_overlay *o = open_state(p, k);

		const struct vhdxlog_replay *about = vhdxlog_overlay_about(o);
		struct vhdxlog_entry e;

		cr_assert_eq(about->entry_count, k + 1);
		cr_assert_eq(vhdxlog_entry_at(p->s.scan,
					      p->h->order.entries[k], &e,
					      NULL),
			     0);
		cr_assert_eq(e.sector, about->entries[k]);
		for (size_t i = 0; i < r.pages; i++) {
			compare_page(p, o, &r, i, k, e.last_file_offset,
				     seed);
			inferred += r.page[i].later;
		}
		vhdxlog_overlay_close(o);
		free(r.bytes);
	}
	return inferred;
}

Test(states, as_of_is_what_one_entry_after_the_other_makes_of_the_file)
{
	unsigned n = rounds(IMAGES), inferred = 0, entries = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct opened p = open_random(seed);

		entries += (unsigned)p.h->order.n;
		inferred += compare_states(&p, seed);
		close_image(&p);
	}
	assert_often(entries, n / 2, n);
	assert_often(inferred, n / 2, n);
}

/* ---------------------------------------------------- several open together */

static uint8_t *read_file(struct vhdxlog_overlay *o, size_t len)
{
	uint8_t *bytes = malloc(len);

	cr_assert(bytes);
	cr_assert_eq(vhdxlog_overlay_read(o, 0, bytes, len, NULL), 0);
	return bytes;
}

Test(states, open_states_do_not_disturb_each_other)
{
	unsigned n = rounds(IMAGES / 4);

	for (uint64_t seed = 0; seed < n; seed++) {
		struct vhdxlog_overlay *o[64] = { NULL };
		uint8_t *alone[64] = { NULL };
		size_t count, len;
		struct opened p = open_random(seed);

		len = p.image.len;
		count = vl_min64(p.h->order.n, 64);
		for (size_t k = 0; k < count; k++) {
			o[k] = open_state(&p, k);
			alone[k] = read_file(o[k], len);
			vhdxlog_overlay_close(o[k]);
		}
		for (size_t k = 0; k < count; k++)
			o[k] = open_state(&p, k);
		for (size_t k = 0; k < count; k++) {
			uint8_t *now = read_file(o[k], len);

			cr_assert_eq(memcmp(now, alone[k], len), 0,
				     "seed %ju", (uintmax_t)seed);
			free(now);
			free(alone[k]);
			vhdxlog_overlay_close(o[k]);
		}
		cr_assert_eq(p.s.scan->log.n_targets,
			     p.s.scan->log.sound_targets);
		cr_assert_eq(p.s.scan->log.n_kept, 0);
		close_image(&p);
	}
}

/* -------------------------------------------------------------- a known one */

/* A disk of two BAT pages; the first entry is of another page than the others. */
static const char two_pages[] =
	"{\"about\": \"blocks of two pages of the BAT\","
	" \"image\": {\"virtual_size\": \"1G\","
	"  \"blocks\": {\"0\": \"present@5M\", \"600\": \"present@6M\","
	"   \"601\": \"zero\"}, \"file_size\": \"10M\"},"
	" \"log\": {\"guid\": \"zero\", \"entries\": ["
	"  {\"guid\": \"one\", \"sequence\": 1, \"last\": \"8M\","
	"   \"writes\": [{\"bat\": {\"1\": \"present@7M\"}}],"
	"   \"applied\": true},"
	"  {\"writes\": [{\"bat\": {\"602\": \"present@8M\"}}],"
	"   \"last\": \"9M\", \"applied\": true},"
	"  {\"writes\": [{\"bat\": {\"603\": \"present@9M\"}},"
	"    {\"bat\": {\"1\": \"not-present\"}}],"
	"   \"last\": \"10M\", \"applied\": true}]}}";

struct expected {
	uint64_t index, file_offset; /* MiB */
	const char *state;
	enum vhdxlog_certainty certainty;
};

static void expect_bat(struct vhdxlog_overlay *o, const struct expected *want,
		       size_t n)
{
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	uint64_t cursor = 0;

	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(vhdxlog_overlay_bat_next(o, &cursor, &e,
						      &certainty, NULL),
			     0, "entry %zu", i);
		cr_assert_eq(e.index, want[i].index);
		cr_assert_str_eq(e.state_name, want[i].state);
		cr_assert_eq(e.file_offset, want[i].file_offset * VL_MIB);
		cr_assert_eq(certainty, want[i].certainty, "entry %zu", i);
		cr_assert_eq(e.virtual_offset, e.block * VL_MIB);
	}
	cr_assert_eq(vhdxlog_overlay_bat_next(o, &cursor, &e, &certainty, NULL),
		     1);
}

/* What the file had no room for was not in it yet. */
Test(states, a_page_that_only_later_entries_wrote_is_inferred)
{
	static const struct expected first[] = {
		{ 0, 5, "present", VHDXLOG_KNOWN },
		{ 1, 7, "present", VHDXLOG_KNOWN },
		{ 600, 6, "present", VHDXLOG_INFERRED },
		{ 601, 0, "zero", VHDXLOG_INFERRED },
	}, last[] = {
		{ 0, 5, "present", VHDXLOG_KNOWN },
		{ 600, 6, "present", VHDXLOG_KNOWN },
		{ 601, 0, "zero", VHDXLOG_KNOWN },
		{ 602, 8, "present", VHDXLOG_KNOWN },
		{ 603, 9, "present", VHDXLOG_KNOWN },
	};
	struct opened k = open_image(build_recipe(two_pages));
	enum vhdxlog_certainty certainty;
	const struct vhdxlog_image *image;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 0, &o, NULL), 0);
	expect_bat(o, first, 4);
	cr_assert_eq(vhdxlog_overlay_about(o)->size, 8 * VL_MIB);
	image = vhdxlog_overlay_image(o, NULL);
	cr_assert(image && image->bat.known);
	cr_assert_eq(image->bat.present, 3);
	cr_assert_eq(vhdxlog_overlay_block(o, 602, &e, &certainty, NULL), 0);
	cr_assert_eq(e.state, 0);
	cr_assert_eq(certainty, VHDXLOG_INFERRED);
	cr_assert_eq(vhdxlog_overlay_block(o, 1024, &e, &certainty, NULL),
		     VHDXLOG_E_RANGE);
	vhdxlog_overlay_close(o);

	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 4, &o, NULL), 0);
	expect_bat(o, last, 5);
	vhdxlog_overlay_close(o);
	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 1, &o, NULL),
		     VHDXLOG_E_NOT_FOUND);
	cr_assert_null(o);
	close_image(&k);
}

/* A log that waits, of which nothing has got to the disk. */
static const char waiting[] =
	"{\"about\": \"the disk is from before all of the log\","
	" \"image\": {\"virtual_size\": \"4G\", \"file_size\": \"40M\","
	"  \"blocks\": {\"600\": \"present@5M\"}},"
	" \"log\": {\"entries\": ["
	"  {\"sequence\": 5, \"writes\": [{\"bat\": {\"1\": \"present@4M\"}}]},"
	"  {\"writes\": [{\"bat\": {\"600\": \"zero\","
	"    \"601\": \"present@6M\"}}]}]}}";

Test(states, the_disk_tells_where_it_is_from_before_the_log)
{
	static const struct expected want[] = {
		{ 1, 4, "present", VHDXLOG_KNOWN },
		{ 600, 5, "present", VHDXLOG_KNOWN },
	};
	struct opened k = open_image(build_recipe(waiting));
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 0, &o, NULL), 0);
	expect_bat(o, want, 2);
	vhdxlog_overlay_close(o);
	close_image(&k);
}

/* All of a session is gone that came between two others. */
static const char gone[] =
	"{\"about\": \"a session under another one\","
	" \"image\": {\"virtual_size\": \"4G\", \"file_size\": \"40M\","
	"  \"blocks\": {\"1\": \"present@4M\"}},"
	" \"log\": {\"guid\": \"zero\", \"entries\": ["
	"  {\"at\": 40, \"guid\": \"one\", \"sequence\": 9000000000001,"
	"   \"tail\": \"self\", \"applied\": true,"
	"   \"writes\": [{\"bat\": {\"600\": \"present@6M\"}}]},"
	"  {\"at\": 0, \"guid\": \"two\", \"sequence\": 7000000000001,"
	"   \"tail\": \"self\"},"
	"  {\"guid\": \"two\", \"sequence\": 7000000000002, \"applied\": true,"
	"   \"writes\": [{\"bat\": {\"2\": \"present@5M\"}}]},"
	"  {\"at\": 0, \"guid\": \"three\", \"sequence\": 8000000000001,"
	"   \"tail\": \"self\"},"
	"  {\"guid\": \"three\", \"sequence\": 8000000000002,"
	"   \"tail\": \"self\", \"applied\": true,"
	"   \"writes\": [{\"bat\": {\"1200\": \"present@7M\"}}]}]}}";

Test(states, what_entries_that_are_gone_may_have_written_is_inferred)
{
	static const struct expected first[] = {
		{ 1, 4, "present", VHDXLOG_INFERRED },
		{ 2, 5, "present", VHDXLOG_INFERRED },
		{ 600, 6, "present", VHDXLOG_KNOWN },
		{ 1200, 7, "present", VHDXLOG_INFERRED },
	}, last[] = {
		{ 1, 4, "present", VHDXLOG_KNOWN },
		{ 2, 5, "present", VHDXLOG_KNOWN },
		{ 600, 6, "present", VHDXLOG_INFERRED },
		{ 1200, 7, "present", VHDXLOG_KNOWN },
	};
	struct opened k = open_image(build_recipe(gone));
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 40, &o, NULL), 0);
	expect_bat(o, first, 4);
	vhdxlog_overlay_close(o);
	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 1, &o, NULL), 0);
	expect_bat(o, last, 4);
	vhdxlog_overlay_close(o);
	close_image(&k);
}

Test(states, ghosts_are_blocks_that_went)
{
	struct opened k = open_image(build_recipe(two_pages));
	struct vhdxlog_ghost g;
	struct vhdxlog_overlay *o;
	uint64_t cursor = 0;

	cr_assert_eq(vhdxlog_overlay_as_of(k.h, 2, &o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 0);
	cr_assert_eq(g.entry.index, 1);
	cr_assert_eq(g.entry.file_offset, 7 * VL_MIB);
	cr_assert_eq(g.length, VL_MIB);
	cr_assert(g.inside_file);
	cr_assert_not(g.overlapped);
	cr_assert_eq(g.owner, VHDXLOG_AREA_UNOWNED);
	cr_assert_eq(g.certainty, VHDXLOG_KNOWN);
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 1);
	/* From the start again. */
	cursor = 0;
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 0);
	cr_assert_eq(g.entry.index, 1);
	vhdxlog_overlay_close(o);

	/* Today's BAT has none of its own. */
	cr_assert_eq(vhdxlog_overlay_disk(k.s.scan, &o, NULL), 0);
	cursor = 0;
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 1);
	vhdxlog_overlay_close(o);
	close_image(&k);
}

/* ------------------------------------------------------------- ghosts, all */

static bool is_ghost(struct vhdxlog_scan *s, const struct vhdxlog_bat_entry *e)
{
	struct vhdxlog_bat_entry now = { 0 };
	uint8_t raw[8];

	if ((e->state != 6 && e->state != 7) || !e->file_offset)
		return false;
	cr_assert_eq(vl_view_read(&s->overlay.view, e->offset, raw, 8, NULL),
		     0);
	vl_bat_decode(&s->image.geometry, e->index, vl_le64(raw), &now);
	return (now.state != 6 && now.state != 7) ||
	       now.file_offset != e->file_offset;
}

/* Each entry of the state's BAT against today's. */
static unsigned compare_ghosts(struct vhdxlog_overlay *o,
			       struct vhdxlog_scan *s, uint64_t seed)
{
	uint64_t cursor = 0, at = 0;
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_ghost g;
	unsigned n = 0;

	while (vhdxlog_overlay_bat_next(o, &at, &e, &certainty, NULL) == 0) {
		if (!is_ghost(s, &e))
			continue;
		cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL),
			     0, "seed %ju", (uintmax_t)seed);
		cr_assert_eq(g.entry.index, e.index);
		cr_assert_eq(g.entry.raw, e.raw);
		cr_assert_eq(g.certainty, certainty);
		n++;
	}
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 1,
		     "seed %ju", (uintmax_t)seed);
	return n;
}

Test(states, ghosts_are_all_that_differ_of_the_two_tables)
{
	unsigned n = rounds(IMAGES), ghosts = 0;

	for (uint64_t seed = 0; seed < n; seed++) {
		struct opened p = open_random(seed);

		for (size_t k = 0; k < p.h->order.n; k++) {
			struct vhdxlog_overlay *o = open_state(&p, k);
			const struct vl_image *then = vl_replay_image(o, NULL);

			if (vl_bat_same_layout(then, &p.s.scan->image))
				ghosts += compare_ghosts(o, p.s.scan, seed);
			vhdxlog_overlay_close(o);
		}
		close_image(&p);
	}
	assert_often(ghosts, n, n);
}

/* --------------------------------------------------------------------- disk */

Test(states, the_disk_is_the_file)
{
	static const char clean[] =
		"{\"about\": \"no log\", \"image\": {\"virtual_size\": \"64M\","
		" \"blocks\": {\"0\": \"present\", \"9\": \"zero\"}}}";
	struct opened k = open_image(build_recipe(clean));
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_segment segment;
	struct vhdxlog_overlay *o;
	uint64_t cursor = 0;
	uint32_t from;
	uint8_t *bytes;

	cr_assert_eq(vhdxlog_overlay_disk(k.s.scan, &o, NULL), 0);
	cr_assert_eq(vhdxlog_overlay_about(o)->size, k.image.len);
	cr_assert_eq(vhdxlog_overlay_next(o, &segment, NULL), 1);
	bytes = read_file(o, k.image.len);
	cr_assert_eq(memcmp(bytes, k.image.at, k.image.len), 0);
	free(bytes);
	cr_assert_eq(vhdxlog_overlay_from(o, 0x200000, &from, NULL), 0);
	cr_assert_eq(from, VHDXLOG_NO_SECTOR);
	cr_assert_eq(vhdxlog_overlay_from(o, k.image.len, &from, NULL),
		     VHDXLOG_E_RANGE);
	for (uint64_t i = 0; i < 2; i++) {
		struct vhdxlog_bat_entry want;

		cr_assert_eq(vhdxlog_overlay_bat_next(o, &cursor, &e,
						      &certainty, NULL),
			     0);
		cr_assert_eq(vhdxlog_bat_entry(k.s.scan, i * 9, &want, NULL),
			     0);
		cr_assert_eq(e.raw, want.raw);
		cr_assert_eq(e.offset, want.offset);
	}
	cr_assert_eq(vhdxlog_overlay_bat_next(o, &cursor, &e, &certainty, NULL),
		     1);
	cr_assert_eq(vhdxlog_overlay_image(o, NULL), vhdxlog_image(k.s.scan));
	vhdxlog_overlay_close(o);
	close_image(&k);
}

/* Anything at all can be asked for its state. */
Test(states, a_file_that_is_no_image_has_no_bat)
{
	static uint8_t bytes[3 * VL_MIB];
	struct scanned s = scan_memory(bytes, sizeof(bytes), NULL);
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	struct vhdxlog_overlay *o;
	struct vhdxlog_ghost g;
	uint64_t cursor = 0;

	cr_assert_eq(vhdxlog_overlay_disk(s.scan, &o, NULL), 0);
	cr_assert(vhdxlog_overlay_image(o, NULL));
	cr_assert_eq(vhdxlog_overlay_bat_next(o, &cursor, &e, &certainty, NULL),
		     1);
	cr_assert_eq(vhdxlog_overlay_ghost_next(o, &cursor, &g, NULL), 1);
	cr_assert_eq(vhdxlog_overlay_block(o, 0, &e, &certainty, NULL),
		     VHDXLOG_E_RANGE);
	vhdxlog_overlay_close(o);
	scan_release(&s);
}

/* What is behind the last entry that the disk needs may be a shifted one. */
Test(states, entries_behind_the_last_are_told)
{
	static const char recipe[] =
		"{\"about\": \"one too many\", \"image\":"
		" {\"virtual_size\": \"64M\"},"
		" \"damage\": [{\"set\": \"bat[64]\", \"to\": \"present@9M\"}]}";
	static const struct expected want[] = {
		{ 64, 9, "present", VHDXLOG_KNOWN },
	};
	struct opened k = open_image(build_recipe(recipe));
	struct vhdxlog_overlay *o;

	cr_assert_eq(vhdxlog_overlay_disk(k.s.scan, &o, NULL), 0);
	expect_bat(o, want, 1);
	vhdxlog_overlay_close(o);
	close_image(&k);
}
