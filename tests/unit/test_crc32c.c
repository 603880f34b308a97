/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C of runs of sectors out of one register for each: against the checksum
 * of the bytes themselves, and that against a bit by bit division.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"
#include "helpers.h"
#include "log/ring.h"
#include "source/source.h"

/* ------------------------------------------------------------ whole buffers */

static uint32_t divide(uint32_t crc, const uint8_t *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return crc;
}

Test(crc32c, any_length_and_alignment_is_the_remainder_of_a_division)
{
	static uint8_t buf[2000];
	struct rng r = rng_seed(1);

	rng_fill(&r, buf, sizeof(buf));
	for (unsigned i = 0; i < rounds(3000); i++) {
		size_t off = rng_below(&r, 64);
		size_t len = rng_below(&r, i % 2 ? 1900 : 20);

		cr_assert_eq(vl_crc32c(buf + off, len),
			     ~divide(~0u, buf + off, len), "%zu at %zu", len,
			     off);
	}
}

Test(crc32c, sealed_counts_its_own_four_bytes_as_zero)
{
	static uint8_t buf[1024], zeroed[1024];
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(2000); i++) {
		size_t len = 8 + rng_below(&r, sizeof(buf) - 8);

		rng_fill(&r, buf, len);
		memcpy(zeroed, buf, len);
		memset(zeroed + 4, 0, 4);
		cr_assert_eq(vl_crc32c_sealed(buf, len),
			     ~divide(~0u, zeroed, len), "%zu", len);
	}
}

Test(crc32c, a_buffer_may_be_taken_in_parts)
{
	static uint8_t buf[3000];
	struct rng r = rng_seed(3);

	rng_fill(&r, buf, sizeof(buf));
	for (unsigned i = 0; i < rounds(1000); i++) {
		size_t cut = rng_below(&r, sizeof(buf));
		uint32_t raw = vl_crc32c_raw(~0u, buf, cut);

		raw = vl_crc32c_raw(raw, buf + cut, sizeof(buf) - cut);
		cr_assert_eq(~raw, vl_crc32c(buf, sizeof(buf)));
	}
}

/* ------------------------------------------------------------------ shifts */

Test(crc32c, shift_of_bytes_is_what_so_many_zeroes_make)
{
	static const uint8_t zeroes[4096];
	struct rng r = rng_seed(4);

	for (uint32_t n = 0; n < 4096; n++) {
		uint32_t raw = (uint32_t)rng_next(&r);

		cr_assert_eq(vl_crc32c_shift_bytes(raw, n),
			     vl_crc32c_raw(raw, zeroes, n), "%u", n);
	}
}

Test(crc32c, shift_of_sectors_is_what_so_many_zeroes_make)
{
	static const uint8_t zeroes[4096];
	uint32_t raw = 0x12345678, at = raw;

	/* Past 256, where the second digit of the count begins. */
	for (uint32_t n = 0; n <= 520; n++) {
		cr_assert_eq(vl_crc32c_shift_sectors(raw, n), at, "%u", n);
		at = vl_crc32c_raw(at, zeroes, sizeof(zeroes));
	}
}

/* The third digit is too far to walk to. */
Test(crc32c, shifts_add_up_to_the_longest_log)
{
	struct rng r = rng_seed(5);

	for (unsigned i = 0; i < rounds(20000); i++) {
		uint32_t raw = (uint32_t)rng_next(&r);
		uint32_t a = (uint32_t)rng_below(&r, 1u << 20);
		uint32_t b = (uint32_t)rng_below(&r, (1u << 20) - a);
		uint32_t in_turns = vl_crc32c_shift_sectors(
			vl_crc32c_shift_sectors(raw, a), b);

		cr_assert_eq(vl_crc32c_shift_sectors(raw, a + b), in_turns,
			     "%u + %u", a, b);
	}
}

Test(crc32c, a_sector_is_so_many_bytes)
{
	struct rng r = rng_seed(6);

	for (uint32_t n = 1; n < 4096; n++) {
		uint32_t raw = (uint32_t)rng_next(&r);
		uint32_t in_turns = vl_crc32c_shift_bytes(
			vl_crc32c_shift_bytes(raw, n), 4096 - n);

		cr_assert_eq(vl_crc32c_shift_sectors(raw, 1), in_turns);
	}
}

/* ------------------------------------------------------------------- rings */

struct ring_case {
	uint8_t *bytes;		  /* owned: sectors * 4096 */
	uint32_t sectors;
	bool hole[32];		  /* which of them cannot be read */
	struct vhdxlog_source *s; /* owned */
	struct vl_ring ring;
};

static int64_t read_ring(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct ring_case *c = ctx;

	for (uint64_t s = off / 4096; s < vl_div_up(off + len, 4096); s++) {
		if (c->hole[s])
			return -5;
	}
	memcpy(buf, c->bytes + off, len);
	return (int64_t)len;
}

/* `present` of the sectors are inside the file. */
static void open_ring(struct ring_case *c, uint32_t present)
{
	static const struct vhdxlog_source_ops ops = { .read = read_ring };
	struct vhdxlog_log place = { .sectors = c->sectors,
				     .present = present };
	uint32_t count;

	cr_assert_eq(vhdxlog_source_custom(&ops, c,
					   (uint64_t)present * VL_SECTOR,
					   &c->s, NULL), 0);
	cr_assert_eq(vl_ring_init(&c->ring, vl_source_view(c->s), &place,
				  NULL), 0);
	cr_assert_eq(vl_ring_begin(&c->ring, false, NULL), 0);
	for (uint32_t first = 0; first < present; first += count)
		cr_assert_eq(vl_ring_walk(&c->ring, first, &count, NULL), 0);
	vl_ring_end(&c->ring);
}

static void make_ring(struct ring_case *c, struct rng *r)
{
	*c = (struct ring_case){ .sectors = 1 + (uint32_t)rng_below(r, 20) };
	c->bytes = malloc((size_t)c->sectors * VL_SECTOR);
	rng_fill(r, c->bytes, (size_t)c->sectors * VL_SECTOR);
}

static void close_ring(struct ring_case *c)
{
	vl_ring_release(&c->ring);
	vhdxlog_source_close(c->s);
	free(c->bytes);
}

/* The bytes of n sectors from `first` on, in one piece. */
static void linearise(const struct ring_case *c, uint32_t first, uint32_t n,
		      uint8_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		memcpy(out + (size_t)i * VL_SECTOR,
		       c->bytes + (size_t)((first + i) % c->sectors) * VL_SECTOR,
		       VL_SECTOR);
}

Test(crc32c, any_run_of_a_ring_has_the_checksum_of_its_bytes)
{
	static uint8_t flat[20 * VL_SECTOR];
	struct rng r = rng_seed(7);

	for (unsigned round = 0; round < rounds(60); round++) {
		struct ring_case c;

		make_ring(&c, &r);
		open_ring(&c, c.sectors);
		for (uint32_t first = 0; first < c.sectors; first++) {
			uint32_t n = 1 + (uint32_t)rng_below(&r, c.sectors);
			uint32_t stored, crc;

			linearise(&c, first, n, flat);
			stored = vl_le32(flat + 4);
			crc = vl_ring_crc(&c.ring, first, n, stored);
			cr_assert_eq(crc,
				     vl_crc32c_sealed(flat, n * VL_SECTOR),
				     "round %u: %u from %u of %u", round, n,
				     first, c.sectors);
		}
		close_ring(&c);
	}
}

static bool naive_is_whole(const struct ring_case *c, uint32_t present,
			   uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t s = (first + i) % c->sectors;

		if (s >= present || c->hole[s])
			return false;
	}
	return true;
}

Test(crc32c, a_run_is_whole_where_all_its_sectors_were_read)
{
	struct rng r = rng_seed(8);

	for (unsigned round = 0; round < rounds(200); round++) {
		struct ring_case c;
		uint32_t present;

		make_ring(&c, &r);
		present = c.sectors - (uint32_t)rng_below(&r, 2) *
					      (uint32_t)rng_below(&r, c.sectors);
		for (uint32_t s = 0; s < c.sectors; s++)
			c.hole[s] = rng_chance(&r, 15);
		open_ring(&c, present);
		for (uint32_t first = 0; first < c.sectors; first++) {
			for (uint32_t n = 1; n <= c.sectors; n++)
				cr_assert_eq(vl_ring_is_whole(&c.ring, first,
							      n),
					     naive_is_whole(&c, present, first,
							    n),
					     "round %u: %u from %u", round, n,
					     first);
		}
		close_ring(&c);
	}
}
