/* SPDX-License-Identifier: MIT */
/*
 * Every field of every structure of a valid image, by the layout tables, set to
 * the values that break programs: whatever it is, the scan ends, has a state, and
 * everything it offers can be walked to the end. With the checksums made right
 * again, and with them as they were.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/bytes.h"
#include "bases.h"
#include "ondisk/layout.h"
#include "walk.h"

#define PARTS 4u /* the places are gone through in so many tests */
#define MOST_MEMORY (256u * 1024) /* KiB, on an image of a few MiB */

/* Bytes to be changed, at most as many as a GUID has. */
struct field {
	uint64_t offset;
	uint32_t size;
	uint64_t before, after; /* the neighbours' values */
};

enum value {
	VALUE_ZERO,
	VALUE_ONE,
	VALUE_ONES,
	VALUE_MORE,
	VALUE_LESS,
	VALUE_TOP_BIT,
	VALUE_BEFORE,
	VALUE_AFTER,
	VALUES,
};

struct hostile {
	struct base base;
	uint8_t *work; /* owned: the image that is damaged and repaired */
	unsigned turn;
	unsigned changed;
};

static void must_not_grow(void)
{
	const char *checker = getenv("VHDXLOG_CHECKER");
	struct rusage usage;

	if (checker && *checker)
		return;
	cr_assert_eq(getrusage(RUSAGE_SELF, &usage), 0);
	cr_expect_lt(usage.ru_maxrss, MOST_MEMORY, "%ld KiB", usage.ru_maxrss);
}

static void hostile_open(struct hostile *h, enum base_kind kind)
{
	*h = (struct hostile){ .work = NULL };
	base_make(&h->base, kind);
	h->work = malloc(h->base.image.len);
	cr_assert(h->work);
	memcpy(h->work, h->base.image.at, h->base.image.len);
}

static void hostile_close(struct hostile *h)
{
	must_not_grow();
	base_free(&h->base);
	free(h->work);
}

/* Everything as it was: headers and the first MiB of the log, and the rest. */
static void restore(struct hostile *h, uint64_t off, size_t len)
{
	memcpy(h->work + off, h->base.image.at + off, len);
}

/* ----------------------------------------------------------------- numbers */

static uint64_t load(const uint8_t *p, uint32_t size)
{
	uint64_t v = 0;

	for (uint32_t i = size < 8 ? size : 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

/* Lower eight bytes of the value, the rest all zeroes or all ones. */
static void store(uint8_t *p, uint32_t size, uint64_t v, bool ones)
{
	for (uint32_t i = 0; i < size; i++)
		p[i] = (uint8_t)(i < 8 ? v >> 8 * i : ones ? 0xff : 0);
}

static uint64_t value_of(const struct field *f, uint64_t old, enum value v)
{
	switch (v) {
	case VALUE_ZERO: return 0;
	case VALUE_ONE: return 1;
	case VALUE_ONES: return UINT64_MAX;
	case VALUE_MORE: return old + 1;
	case VALUE_LESS: return old - 1;
	case VALUE_TOP_BIT:
		return old ^ UINT64_C(1) << (f->size < 8 ? 8 * f->size - 1 : 63);
	case VALUE_BEFORE: return f->before;
	default: return f->after;
	}
}

/* ------------------------------------------------------------------- trying */

static void scan_work(struct hostile *h)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;

	/* Options take turns: they change what is read and judged. */
	o.hash_structures = h->turn % 16 == 0;
	o.strict = h->turn % 5 == 0;
	o.header = h->turn % 7 == 0 ? 1 + h->turn / 7 % 2 : 0;
	o.unreferenced = h->turn % 32 == 0;
	h->turn++;
	s = scan_memory(h->work, h->base.image.len, &o);
	walk_everything(s.scan, o.strict ? WALK_STRICT : WALK_ALL);
	scan_release(&s);
}

/* The slot or sectors around a field, to be put back as a whole. */
static uint64_t around(const struct hostile *h, uint64_t off, size_t *len)
{
	uint64_t from;

	*len = VL_SLOT_SIZE;
	if (off < VL_MIB)
		return off / VL_SLOT_SIZE * VL_SLOT_SIZE;
	from = off - h->base.log_offset < h->base.log_length ?
		       h->base.log_offset :
		       off / VL_SLOT_SIZE * VL_SLOT_SIZE;
	return from;
}

static void try_value(struct hostile *h, const struct field *f, enum value v,
		      bool seal)
{
	uint8_t *p = h->work + f->offset;
	size_t len;
	uint64_t from = around(h, f->offset, &len);
	uint64_t value = value_of(f, load(p, f->size), v);

	store(p, f->size, value, v == VALUE_ONES);
	if (memcmp(p, h->base.image.at + f->offset, f->size) == 0)
		return;
	if (seal)
		base_seal(&h->base, h->work, f->offset);
	scan_work(h);
	h->changed++;
	restore(h, from, len);
}

static bool is_sealed(const struct hostile *h, uint64_t off)
{
	return (off >= VL_HEADER_OFFSET(1) && off < VL_MIB) ||
	       off - h->base.log_offset < h->base.log_length;
}

static void try_field(struct hostile *h, const struct field *f)
{
	for (unsigned v = 0; v < VALUES; v++) {
		try_value(h, f, (enum value)v, true);
		if (is_sealed(h, f->offset))
			try_value(h, f, (enum value)v, false);
	}
}

/* A field, where it is long its front and its end. */
static void try_layout_field(struct hostile *h, const struct place *p,
			     const struct vhdxlog_field *all, size_t count,
			     size_t i)
{
	const uint8_t *b = h->base.image.at + p->offset;
	const struct vhdxlog_field *prev = &all[i ? i - 1 : count - 1];
	const struct vhdxlog_field *next = &all[i + 1 < count ? i + 1 : 0];
	struct field f = {
		.offset = p->offset + all[i].offset,
		.size = all[i].size,
		.before = load(b + prev->offset, prev->size),
		.after = load(b + next->offset, next->size),
	};

	if (f.size <= 16) {
		try_field(h, &f);
		return;
	}
	f.size = 8;
	try_field(h, &f);
	f.offset += all[i].size - 8;
	try_field(h, &f);
}

static void try_place(struct hostile *h, const struct place *p)
{
	const uint8_t *b = h->base.image.at + p->offset;
	const struct vhdxlog_field *fields;
	size_t count;

	if (!p->has_structure) {
		struct field f = { p->offset, p->size, load(b - 8, 8),
				   load(b + p->size, 8) };

		try_field(h, &f);
		return;
	}
	fields = vhdxlog_layout(p->structure, &count);
	for (size_t i = 0; i < count; i++)
		try_layout_field(h, p, fields, count, i);
}

ParameterizedTestParameters(hostile, any_value_of_any_field_is_survived)
{
	static unsigned part[BASE_KINDS * PARTS];

	for (unsigned i = 0; i < BASE_KINDS * PARTS; i++)
		part[i] = i;
	return cr_make_param_array(unsigned, part, BASE_KINDS * PARTS);
}

ParameterizedTest(unsigned *part, hostile, any_value_of_any_field_is_survived,
		  .timeout = 600)
{
	static struct hostile h;
	unsigned every = 1000 / rounds(1000);

	hostile_open(&h, (enum base_kind)(*part / PARTS));
	cr_assert_gt(h.base.place_count, 40u);
	for (size_t i = *part % PARTS; i < h.base.place_count;
	     i += (size_t)PARTS * (every ? every : 1))
		try_place(&h, &h.base.places[i]);
	cr_assert_arr_eq(h.work, h.base.image.at, h.base.image.len,
			 "nothing is left of any damage");
	cr_expect_gt(h.changed, 50u / every);
	hostile_close(&h);
}

/* Several at once, so that one does not hide what the other would do. */
Test(hostile, several_wrong_fields_at_once_are_survived, .timeout = 600)
{
	static struct hostile h;
	struct rng r = rng_seed(1);

	for (unsigned kind = 0; kind < BASE_KINDS; kind++) {
		hostile_open(&h, (enum base_kind)kind);
		for (unsigned i = 0; i < rounds(150); i++) {
			for (uint64_t n = 2 + rng_below(&r, 6); n > 0; n--) {
				const struct place *p =
					&h.base.places[rng_below(
						&r, h.base.place_count)];
				uint64_t off = p->offset + rng_below(&r, 64);

				store(h.work + off,
				      1u << rng_below(&r, 4),
				      rng_next(&r) >> rng_below(&r, 64), false);
				base_seal(&h.base, h.work, off);
			}
			scan_work(&h);
			restore(&h, 0, h.base.image.len);
		}
		hostile_close(&h);
	}
}

/* --------------------------------------------------------- place of the log */

static uint64_t extreme(unsigned i, uint64_t size)
{
	const uint64_t values[] = {
		0,	    1,		 4095,		    4096,
		4097,	    VL_MIB - 1,	 VL_MIB,	    VL_MIB + 1,
		size - 1,   size,	 size + 1,	    size - 4096,
		UINT64_C(1) << 31, UINT32_MAX, UINT64_C(1) << 32,
		UINT64_C(1) << 63, UINT64_MAX - 4095, UINT64_MAX,
	};

	return i < sizeof(values) / sizeof(*values) ? values[i] : size / 2;
}

#define EXTREMES 19u

static void set_log(struct hostile *h, uint64_t offset, uint32_t length)
{
	for (unsigned slot = 1; slot <= 2; slot++) {
		uint8_t *p = h->work + VL_HEADER_OFFSET(slot);

		vl_put_le64(p + VL_OFF_header_log_offset, offset);
		vl_put_le32(p + VL_OFF_header_log_length, length);
		base_seal(&h->base, h->work, VL_HEADER_OFFSET(slot));
	}
}

Test(hostile, a_log_of_any_place_and_length_is_survived, .timeout = 600)
{
	static struct hostile h;
	unsigned step = rounds(EXTREMES) < EXTREMES ? 4 : 1;

	hostile_open(&h, BASE_DYNAMIC);
	for (unsigned i = 0; i < EXTREMES * EXTREMES; i += step) {
		uint64_t size = h.base.image.len;

		set_log(&h, extreme(i / EXTREMES, size),
			(uint32_t)extreme(i % EXTREMES, size));
		scan_work(&h);
	}
	hostile_close(&h);
}

Test(hostile, options_for_a_log_of_any_place_are_survived, .timeout = 600)
{
	static struct hostile h;
	unsigned step = rounds(EXTREMES) < EXTREMES ? 4 : 1;

	hostile_open(&h, BASE_DYNAMIC);
	for (unsigned i = 0; i < EXTREMES * EXTREMES; i += step) {
		struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
		uint64_t size = h.base.image.len;

		o.hash_structures = false;
		o.has_log_offset = o.has_log_length = true;
		o.log_offset = extreme(i / EXTREMES, size);
		o.log_length = (uint32_t)extreme(i % EXTREMES, size);
		o.has_log_guid = i % 2;
		scan_and_walk(h.base.image.at, size, &o);
	}
	hostile_close(&h);
}
