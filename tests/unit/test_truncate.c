/* SPDX-License-Identifier: MIT */
/* A valid dirty image, cut everywhere: there is always a state, and the right one. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "ondisk/layout.h"
#include "walk.h"

#define STATE(s) (1u << VHDXLOG_##s)

/*
 * Where an image that is cut at `len` may end up. Up to which length, and what
 * is not whole before that:
 */
static unsigned expected(const struct base *b, uint64_t len)
{
	static const struct {
		uint64_t until;
		unsigned states;
	} steps[] = {
		/* the signature */
		{ 8, STATE(NOT_VHDX) },
		/* the first header */
		{ VL_HEADER_OFFSET(1) + VL_SIZE_header, STATE(HEADERS_LOST) },
		/* the first entry, which says how long the file was */
		{ VL_MIB + VL_SECTOR, STATE(DAMAGED) },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (len < steps[i].until)
			return steps[i].states;
	}
	return len < b->image.len ? STATE(TRUNCATED) : STATE(DIRTY);
}

static void try_length(const struct base *b, uint64_t len)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	/* Of its own, so that a checker sees a read past the end. */
	uint8_t *cut = malloc(len + !len);
	enum vhdxlog_state state;

	cr_assert(cut);
	memcpy(cut, b->image.at, len);
	o.hash_structures = len % 16 == 0;
	state = scan_and_walk(cut, len, &o);
	free(cut);
	cr_assert(expected(b, len) & 1u << state, "%ju bytes: %s",
		  (uintmax_t)len, vhdxlog_state_name(state));
}

Test(truncate, at_every_one_of_the_first_bytes, .timeout = 300)
{
	static struct base b;
	unsigned step = 5000 / rounds(5000);

	base_make(&b, BASE_DYNAMIC);
	for (uint64_t len = 0; len <= 5000; len += step ? step : 1)
		try_length(&b, len);
	base_free(&b);
}

static void try_around(const struct base *b, uint64_t off)
{
	for (unsigned k = 0; k < 3; k++) {
		uint64_t len = off + k - 1;

		if (off + k > 0 && len <= b->image.len)
			try_length(b, len);
	}
}

ParameterizedTestParameters(truncate, around_the_ends_of_every_structure)
{
	static unsigned kind[BASE_KINDS];

	for (unsigned i = 0; i < BASE_KINDS; i++)
		kind[i] = i;
	return cr_make_param_array(unsigned, kind, BASE_KINDS);
}

ParameterizedTest(unsigned *kind, truncate,
		  around_the_ends_of_every_structure, .timeout = 300)
{
	static struct base b;
	unsigned step = 16 / rounds(16);

	base_make(&b, (enum base_kind)*kind);
	for (size_t i = 0; i < b.place_count; i += step ? step : 1) {
		const struct place *p = &b.places[i];
		uint32_t size = p->size;
		size_t count;
		const struct vhdxlog_field *f;

		if (p->has_structure) {
			f = vhdxlog_layout(p->structure, &count);
			size = f[count - 1].offset + f[count - 1].size;
		}
		try_around(&b, p->offset);
		try_around(&b, p->offset + size);
	}
	for (size_t i = 0; i < b.entry_count; i++)
		try_around(&b, b.log_offset + (b.entries[i].sector +
					       b.entries[i].sectors) *
						      (uint64_t)VL_SECTOR);
	for (uint64_t slot = 0; slot <= 16; slot++)
		try_around(&b, slot * VL_SLOT_SIZE);
	for (uint64_t mib = 1; mib <= b.image.len / VL_MIB; mib++)
		try_around(&b, mib * VL_MIB);
	base_free(&b);
}

#define PARTS 4u

ParameterizedTestParameters(truncate, at_every_sector_of_the_first_4_MiB)
{
	static unsigned part[PARTS];

	for (unsigned i = 0; i < PARTS; i++)
		part[i] = i;
	return cr_make_param_array(unsigned, part, PARTS);
}

ParameterizedTest(unsigned *part, truncate,
		  at_every_sector_of_the_first_4_MiB, .timeout = 300)
{
	static struct base b;
	unsigned step = PARTS * (1024 / rounds(1024));

	base_make(&b, BASE_DYNAMIC);
	for (uint64_t s = *part; s <= 1024; s += step)
		try_length(&b, s * VL_SECTOR);
	base_free(&b);
}

/* What is lost with the second half of a log is said to be unreadable. */
Test(truncate, the_part_of_the_log_inside_the_file_is_shown)
{
	static struct base b;
	struct vhdxlog_map_run run, last = { .count = 0 };
	struct scanned s;
	uint32_t cursor = 0;

	base_make(&b, BASE_DYNAMIC);
	s = scan_memory(b.image.at, b.log_offset + 20 * VL_SECTOR + 100, NULL);
	cr_expect_eq(vhdxlog_log(s.scan)->present, 20u);
	cr_expect_eq(vhdxlog_log(s.scan)->sectors, 256u);
	cr_expect_eq(vhdxlog_entry_count(s.scan), b.entry_count);
	cr_expect_eq(vhdxlog_entry_tally(s.scan, VHDXLOG_INVALID), 0u);
	while (vhdxlog_map_next(s.scan, &cursor, &run))
		last = run;
	cr_expect_eq(last.first, 20u);
	cr_expect_eq(last.count, 236u);
	cr_expect_eq(last.kind, VHDXLOG_SECTOR_UNREADABLE);
	cr_expect_eq(status_of(s.scan, "header-log-beyond-eof", 0),
		     VHDXLOG_FAIL);
	scan_release(&s);
	base_free(&b);
}
