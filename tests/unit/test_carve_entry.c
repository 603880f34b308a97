/* SPDX-License-Identifier: MIT */
/* When an entry is sound by itself, and what of it is not looked into. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "carved.h"
#include "crc32c.h"
#include "ondisk/layout.h"
#include "ondisk/logrecord.h"

static struct base base_dynamic(void)
{
	struct base b;

	base_make(&b, BASE_DYNAMIC);
	return b;
}

/* One bit anywhere in an entry, and it is told and not sound, or not at all. */
Test(carve_entry, a_damaged_entry_is_not_sound)
{
	struct base b = base_dynamic();
	uint64_t at = b.log_offset + b.entries[2].sector * (uint64_t)VL_SECTOR;
	uint64_t bits = b.entries[2].sectors * (uint64_t)VL_SECTOR * 8;
	struct rng r = rng_seed(7);

	for (unsigned i = 0; i < rounds(300); i++) {
		struct buffer dump = dump_make(VL_MIB, false, 0);
		uint64_t bit = i < 64 * 8 ? i : rng_below(&r, bits);
		struct carved_list l;

		dump_put(&dump, 0, &b.image, at, VL_MIB / 2);
		dump.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		l = carve_memory(&dump);
		for (size_t k = 0; k < l.n; k++) {
			if (l.at[k].kind == VHDXLOG_CARVE_ENTRY &&
			    !l.at[k].offset)
				cr_assert_not(l.at[k].sound, "bit %ju",
					      (uintmax_t)bit);
		}
		carved_free(&l);
		buffer_free(&dump);
	}
	base_free(&b);
}

/* Its checksum is right, but not what it is the checksum of. */
Test(carve_entry, a_checksum_alone_does_not_make_an_entry_sound)
{
	static const unsigned fields[] = {
		VL_SECTOR + VL_OFF_data_sector_signature,
		VL_SECTOR + VL_OFF_data_sector_sequence_high,
		VL_SECTOR + VL_OFF_data_sector_sequence_low,
		VL_FIRST_DESCRIPTOR + VL_OFF_data_descriptor_signature,
		VL_FIRST_DESCRIPTOR + VL_OFF_data_descriptor_file_offset,
		VL_FIRST_DESCRIPTOR + VL_OFF_data_descriptor_sequence_number,
		VL_OFF_entry_header_entry_length, /* not whole sectors */
		VL_OFF_entry_header_tail,
	};
	struct base b = base_dynamic();
	uint64_t at = b.log_offset + b.entries[1].sector * (uint64_t)VL_SECTOR;

	cr_assert_eq(b.entries[1].sectors, 2);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct buffer image = dump_make(b.image.len, false, 0);
		struct carved_list l;

		dump_put(&image, 0, &b.image, 0, b.image.len);
		image.at[at + fields[i]] ^= 1;
		base_seal(&b, image.at, at);
		l = carve_memory(&image);
		for (size_t k = 0; k < l.n; k++) {
			if (l.at[k].kind == VHDXLOG_CARVE_ENTRY &&
			    l.at[k].offset == at)
				cr_assert_not(l.at[k].sound, "field at %u",
					      fields[i]);
		}
		carved_free(&l);
		buffer_free(&image);
	}
	base_free(&b);
}

/* A page of the BAT in a log is no BAT. */
Test(carve_entry, what_data_sectors_hold_is_not_looked_into)
{
	struct buffer dump = dump_make(VL_MIB, false, 0);
	struct rng r = rng_seed(8);
	struct carved_list l;

	dump_put_bat(&dump, 512, VL_MIB / 2, &r);
	l = carve_memory(&dump);
	cr_assert_eq(l.n, 1);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_BAT), 1);
	carved_free(&l);
	dump_put_data(&dump, 512, VL_MIB / 2, UINT64_C(7) << 32 | 9);
	l = carve_memory(&dump);
	cr_assert_eq(l.n, 1);
	cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_DATA, 0)->count, 128);
	carved_free(&l);
	buffer_free(&dump);
}

Test(carve_entry, an_entry_that_goes_on_at_the_start_of_its_ring_is_sound)
{
	struct buffer image = image_wrapped();
	struct carved_list l = carve_memory(&image);
	const struct vhdxlog_carved *e = carved_nth(&l, VHDXLOG_CARVE_ENTRY, 1);

	cr_assert(e->sound, "%s", e->detail);
	cr_assert_eq(e->offset, VL_MIB + 254 * VL_SECTOR);
	cr_assert_eq(e->length, 2 * VL_SECTOR);
	cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->count, 2);
	cr_assert(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->sound);
	carved_free(&l);
	/* The part at the start is another's. */
	image.at[VL_MIB + 100] ^= 1;
	l = carve_memory(&image);
	cr_assert_not(carved_nth(&l, VHDXLOG_CARVE_ENTRY, 1)->sound);
	carved_free(&l);
	buffer_free(&image);
}

/* Without headers the ring is known when another entry has told it. */
Test(carve_entry, an_entry_around_the_end_of_a_lone_ring_makes_no_log_unsound)
{
	struct buffer image = image_wrapped();
	struct buffer dump = dump_make(3 * VL_MIB, false, 0);
	struct carved_list l;

	dump_put(&dump, VL_MIB, &image, VL_MIB, VL_MIB);
	l = carve_memory(&dump);
	cr_assert_eq(carved_count(&l, VHDXLOG_CARVE_IMAGE), 0);
	cr_assert_not(carved_nth(&l, VHDXLOG_CARVE_ENTRY, 1)->sound);
	cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->count, 2);
	cr_assert(carved_nth(&l, VHDXLOG_CARVE_LOG, 0)->sound);
	carved_free(&l);
	buffer_free(&dump);
	buffer_free(&image);
}

/* Padding is allowed, but not so much of it that anything would be an entry. */
Test(carve_entry, an_entry_may_be_a_little_longer_than_it_needs_to_be)
{
	for (uint32_t length = VL_SECTOR; length <= 2 * VL_MIB; length *= 2) {
		struct buffer dump = dump_make(4 * VL_MIB, true, length);
		struct carved_list l;
		uint8_t *p = dump.at + VL_MIB + 512;

		memset(p, 1, VL_SIZE_entry_header);
		memcpy(p, "loge", 4);
		vl_put_le32(p + VL_OFF_entry_header_entry_length, length);
		vl_put_le32(p + VL_OFF_entry_header_tail, 0);
		vl_put_le32(p + VL_OFF_entry_header_descriptor_count, 0);
		vl_put_le32(p + VL_OFF_entry_header_checksum,
			    vl_crc32c_sealed(p, length));
		l = carve_memory(&dump);
		cr_assert_eq(carved_nth(&l, VHDXLOG_CARVE_ENTRY, 0)->sound,
			     length <= VL_MIB, "%u", length);
		carved_free(&l);
		buffer_free(&dump);
	}
}
