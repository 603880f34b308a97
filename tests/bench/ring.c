/* SPDX-License-Identifier: MIT */
/*
 * bench-ring IMAGE KIND: fill the log of an image, whatever its length, with
 * sectors of one kind, as honest or as hostile as a ring can be.
 *
 *	empty		nothing
 *	honest		entries of two sectors, numbers rising, one BAT page each
 *	allocations	the same as one sequence of which any reader replays all:
 *			as many pages of the BAT, which lies right behind the log, as
 *			a guest changes that touches a large disk all over
 *	rewrites	entries of four sectors, three pages of a BAT of 1 MiB each,
 *			over and over, as one sequence; 65,535 of them in 1 GiB
 *	claims-wrong	every sector a header that claims the whole ring
 *	claims-right	every sector a header that claims all that is behind it,
 *			each with a right checksum, all nested
 *	descriptors	entries of one sector with 126 zero descriptors
 *	shuffled	the same, their targets in no order
 *	one-chain	the same as one sequence, which is to be replayed; no page is
 *			written twice
 *	short-chain	the same with one zero descriptor each
 *	one-entry	all of the descriptors in a single entry
 *	writer		as a writer does: entries of two sectors, each of which
 *			allocates one block of the BAT, which lies right behind the
 *			log; the file grows with it
 *	writers		the same, each entry with a LogGuid of its own
 *	between		entries that write a page of the BAT, and one each after it
 *			that zeroes all of its first MiB
 *	checksums	what honest made, as it is by now, sealed anew
 *	strangers	the descriptors again, each entry with a LogGuid of its own
 *			and all with the same number
 */
#include "base/bytes.h"
#include "crc32c.h"
#include "ondisk/header.h"
#include "ondisk/logrecord.h"
#include "write/encode.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PER_SECTOR  126u
#define BAT_ENTRIES (VL_SECTOR / 8) /* of a page */

struct ring {
	int fd;
	uint64_t offset;
	uint32_t sectors;
	struct vhdxlog_guid guid;
	uint64_t target; /* a page that may be written */
	uint64_t last;	 /* LastFileOffset of entries */
	uint32_t tail;	 /* of those that hold a page */
};

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(3);
}

static void put(const struct ring *r, uint32_t sector, const uint8_t *b,
		uint32_t n)
{
	size_t len = (size_t)n * VL_SECTOR;
	uint64_t off = r->offset + (uint64_t)sector * VL_SECTOR;

	if (pwrite(r->fd, b, len, (off_t)off) != (ssize_t)len)
		die("pwrite");
}

static void open_ring(struct ring *r, const char *path)
{
	uint8_t b[VL_SIZE_header];
	struct vhdxlog_header h;

	r->fd = open(path, O_RDWR);
	if (r->fd < 0 || pread(r->fd, b, sizeof(b), VL_HEADER_OFFSET(1)) !=
				 (ssize_t)sizeof(b))
		die(path);
	vl_header_decode(b, &h);
	r->offset = h.log_offset;
	r->sectors = h.log_length / VL_SECTOR;
	r->guid = h.log_guid;
	r->target = h.log_offset + h.log_length + 64 * VL_KIB;
	r->last = VL_MIB;
	r->tail = 0;
}

static void header(const struct ring *r, uint8_t *b, uint32_t length,
		   uint32_t tail, uint64_t sequence, uint32_t count)
{
	memset(b, 0, VL_SECTOR);
	memcpy(b, vl_entry_signature, 4);
	vl_put_le32(b + VL_OFF_entry_header_entry_length, length);
	vl_put_le32(b + VL_OFF_entry_header_tail, tail);
	vl_put_le64(b + VL_OFF_entry_header_sequence_number, sequence);
	vl_put_le32(b + VL_OFF_entry_header_descriptor_count, count);
	memcpy(b + VL_OFF_entry_header_log_guid, r->guid.bytes, 16);
	vl_put_le64(b + VL_OFF_entry_header_last_file_offset, r->last);
}

static void descriptor(uint8_t *d, const char *signature, uint64_t offset,
		       uint64_t length, uint64_t sequence)
{
	memcpy(d, signature, 4);
	vl_put_le64(d + 8, length);
	vl_put_le64(d + VL_OFF_data_descriptor_file_offset, offset);
	vl_put_le64(d + VL_OFF_data_descriptor_sequence_number, sequence);
}

/*
 * Page i of the entry at b: a descriptor and a data sector. What the sector has no
 * room for goes into the descriptor.
 */
static void put_page(uint8_t *b, uint32_t i, uint64_t sequence, uint64_t target,
		     const uint8_t *page)
{
	uint8_t *d = b + VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE;
	uint8_t *data = b + (i + 1) * VL_SECTOR;

	descriptor(d, "desc", target, vl_le64(page), sequence);
	memcpy(d + VL_OFF_data_descriptor_trailing_bytes, page + 4092, 4);
	memcpy(data, page, VL_SECTOR);
	memcpy(data, vl_data_signature, 4);
	vl_put_le32(data + 4, (uint32_t)(sequence >> 32));
	vl_put_le32(data + 4092, (uint32_t)sequence);
}

/* An entry of two sectors at sector s: `page` for the target. */
static void put_data_entry(const struct ring *r, uint32_t s, uint64_t sequence,
			   uint64_t target, const uint8_t *page)
{
	uint8_t b[2 * VL_SECTOR];

	header(r, b, sizeof(b), r->tail, sequence, 1);
	put_page(b, 0, sequence, target, page);
	vl_seal(b, sizeof(b));
	put(r, s, b, 2);
}

/* One entry less than fits: a writer keeps the last one open. */
static uint32_t data_entries(const struct ring *r)
{
	return r->sectors / 2 - 1;
}

static void fill_honest(const struct ring *r)
{
	uint8_t page[VL_SECTOR];

	for (uint32_t i = 0; i < data_entries(r); i++) {
		memset(page, (int)(2 * i & 0xff), VL_SECTOR);
		put_data_entry(r, 2 * i, UINT64_C(0x3ca93a920d190a97) + i,
			       r->target, page);
	}
}

static void fill_checksums(const struct ring *r)
{
	uint8_t b[2 * VL_SECTOR];

	for (uint32_t i = 0; i < data_entries(r); i++) {
		const uint64_t at = r->offset + (uint64_t)i * sizeof(b);

		if (pread(r->fd, b, sizeof(b), (off_t)at) != sizeof(b))
			die("reading an entry");
		vl_seal(b, sizeof(b));
		put(r, 2 * i, b, 2);
	}
}

/*
 * Page i of the BAT: one block was zeroed. Of blocks of 1 MiB every 4097th BAT
 * entry is a sector bitmap's, which may not be.
 */
static void allocate(uint8_t *page, uint32_t i)
{
	uint64_t index = (uint64_t)i * BAT_ENTRIES + 1 + i % 510;

	index += index % 4097 == 4096;
	memset(page, 0, VL_SECTOR);
	vl_put_le64(page + index % BAT_ENTRIES * 8,
		    vl_bat_encode(VL_BLOCK_ZERO, 0));
}

static void fill_allocations(const struct ring *r)
{
	uint64_t bat = r->offset + (uint64_t)r->sectors * VL_SECTOR;
	uint8_t page[VL_SECTOR];

	for (uint32_t i = 0; i < data_entries(r); i++) {
		allocate(page, i);
		put_data_entry(r, 2 * i, i + 1,
			       bat + (uint64_t)i * VL_SECTOR, page);
	}
}

/* One entry less than fits, as in data_entries(). */
static void fill_rewrites(const struct ring *r)
{
	uint64_t bat = r->offset + (uint64_t)r->sectors * VL_SECTOR;
	uint8_t page[VL_SECTOR], b[4 * VL_SECTOR];
	struct ring whole = *r;

	whole.last = bat + 2 * VL_MIB; /* behind BAT and metadata */
	for (uint32_t i = 0; i < r->sectors / 4 - 1; i++) {
		header(&whole, b, sizeof(b), 0, i + 1, 3);
		vl_put_le64(b + VL_OFF_entry_header_flushed_file_offset,
			    whole.last);
		for (uint32_t k = 0; k < 3; k++) {
			uint32_t at = (3 * i + k) % 256;

			allocate(page, at);
			put_page(b, k, i + 1, bat + at * VL_SECTOR, page);
		}
		vl_seal(b, sizeof(b));
		put(r, 4 * i, b, 4);
	}
}

static void fill_claims_wrong(const struct ring *r)
{
	uint8_t b[VL_SECTOR];

	for (uint32_t s = 0; s < r->sectors; s++) {
		header(r, b, r->sectors * VL_SECTOR, 0, s + 1, 0);
		vl_put_le32(b + VL_OFF_entry_header_checksum, s);
		put(r, s, b, 1);
	}
}

/*
 * From the last sector to the first: what is behind a header is sealed already,
 * and its part of the checksum is carried along as a raw value.
 */
static void fill_claims_right(const struct ring *r)
{
	uint8_t b[VL_SECTOR];
	uint32_t behind = 0; /* raw value of all sectors behind this one */

	for (uint32_t s = r->sectors; s-- > 0;) {
		uint32_t n = r->sectors - s, crc;

		header(r, b, n * VL_SECTOR, s * VL_SECTOR, s + 1, 0);
		crc = vl_crc32c_raw(~0u, b, VL_SECTOR);
		crc = vl_crc32c_shift_sectors(crc, n - 1) ^ behind;
		vl_put_le32(b + VL_OFF_entry_header_checksum, ~crc);
		put(r, s, b, 1);
		behind ^= vl_crc32c_shift_sectors(
			vl_crc32c_raw(0, b, VL_SECTOR), n - 1);
	}
}

/* The ring, with a LogGuid that only entry i has. */
static struct ring another(const struct ring *r, uint32_t i)
{
	struct ring other = *r;

	vl_put_le32(other.guid.bytes + 8, i * UINT32_C(2654435761));
	return other;
}

/* A session as QEMU and Hyper-V write them; blocks lie one behind the other. */
static void fill_writer(const struct ring *r, bool guids)
{
	uint64_t bat = r->offset + (uint64_t)r->sectors * VL_SECTOR;
	uint64_t block = bat + 2 * VL_MIB; /* behind BAT and metadata */
	uint8_t page[VL_SECTOR] = { 0 };

	for (uint32_t i = 0; i < data_entries(r); i++, block += VL_MIB) {
		uint32_t index = i + i / 4096; /* the 4097th is a bitmap's */
		struct ring own = guids ? another(r, i) : *r;

		if (index % BAT_ENTRIES == 0)
			memset(page, 0, VL_SECTOR);
		vl_put_le64(page + index % BAT_ENTRIES * 8,
			    vl_bat_encode(VL_BLOCK_FULLY_PRESENT, block));
		own.last = block + VL_MIB;
		own.tail = guids ? 2 * i * VL_SECTOR : 0;
		put_data_entry(&own, 2 * i, i + 1,
			       bat + index / BAT_ENTRIES * VL_SECTOR, page);
	}
}

static void fill_between(const struct ring *r)
{
	uint64_t bat = r->offset + (uint64_t)r->sectors * VL_SECTOR;
	uint8_t page[VL_SECTOR], b[VL_SECTOR];

	for (uint32_t i = 0; 3 * i + 3 < r->sectors; i++) {
		allocate(page, i);
		put_data_entry(r, 3 * i, 2 * i + 1,
			       bat + i % 256 * VL_SECTOR, page);
		header(r, b, VL_SECTOR, 0, 2 * i + 2, 1);
		descriptor(b + VL_FIRST_DESCRIPTOR, "zero", bat, VL_MIB,
			   2 * i + 2);
		vl_seal(b, VL_SECTOR);
		put(r, 3 * i + 2, b, 1);
	}
}

/* What the entries with 126 descriptors have in common, and what not. */
struct kind {
	bool shuffled;	/* targets in no order */
	bool strangers; /* a LogGuid for each entry, one number for all */
};

static void fill_descriptors(const struct ring *r, struct kind kind)
{
	uint8_t b[VL_SECTOR];

	for (uint32_t s = 0; s < r->sectors; s++) {
		struct ring own = kind.strangers ? another(r, s) : *r;
		uint64_t sequence = kind.strangers ? 7 : s + 1;

		header(&own, b, VL_SECTOR, s * VL_SECTOR, sequence, PER_SECTOR);
		for (uint32_t i = 0; i < PER_SECTOR; i++) {
			uint32_t page = kind.shuffled ? i * 89 % 127 : i;

			descriptor(b + VL_FIRST_DESCRIPTOR +
					   i * VL_DESCRIPTOR_SIZE,
				   "zero", r->target + page * VL_SECTOR,
				   VL_SECTOR, sequence);
		}
		vl_seal(b, VL_SECTOR);
		put(r, s, b, 1);
	}
}

/* Zero descriptor i of n: pages two apart, each once, in no order. */
static void scattered(const struct ring *r, uint8_t *d, uint64_t i, uint64_t n,
		      uint64_t sequence)
{
	uint64_t page = i * UINT64_C(2654435761) % n; /* a prime */

	descriptor(d, "zero", r->target + 2 * page * VL_SECTOR, VL_SECTOR,
		   sequence);
}

static void fill_one_chain(const struct ring *r, uint32_t each)
{
	uint64_t n = (uint64_t)(r->sectors - 1) * each;
	uint8_t b[VL_SECTOR];

	for (uint32_t s = 0; s + 1 < r->sectors; s++) {
		header(r, b, VL_SECTOR, 0, s + 1, each);
		for (uint32_t i = 0; i < each; i++)
			scattered(r, b + VL_FIRST_DESCRIPTOR +
					     i * VL_DESCRIPTOR_SIZE,
				  (uint64_t)s * each + i, n, s + 1);
		vl_seal(b, VL_SECTOR);
		put(r, s, b, 1);
	}
}

static void fill_one_entry(const struct ring *r)
{
	uint32_t sectors = r->sectors - 1;
	size_t len = (size_t)sectors * VL_SECTOR;
	uint32_t n = sectors * (VL_SECTOR / VL_DESCRIPTOR_SIZE) - 2;
	uint8_t *b = calloc(1, len);

	if (!b)
		die("calloc");
	header(r, b, (uint32_t)len, 0, 1, n);
	for (uint32_t i = 0; i < n; i++)
		scattered(r, b + VL_FIRST_DESCRIPTOR +
				     (size_t)i * VL_DESCRIPTOR_SIZE,
			  i, n, 1);
	vl_seal(b, len);
	put(r, 0, b, sectors);
	free(b);
}

int main(int argc, char **argv)
{
	struct ring r;
	const char *kind;

	if (argc != 3) {
		fprintf(stderr, "usage: bench-ring IMAGE KIND\n");
		return 2;
	}
	kind = argv[2];
	open_ring(&r, argv[1]);
	if (strcmp(kind, "honest") == 0)
		fill_honest(&r);
	else if (strcmp(kind, "checksums") == 0)
		fill_checksums(&r);
	else if (strcmp(kind, "allocations") == 0)
		fill_allocations(&r);
	else if (strcmp(kind, "rewrites") == 0)
		fill_rewrites(&r);
	else if (strcmp(kind, "claims-wrong") == 0)
		fill_claims_wrong(&r);
	else if (strcmp(kind, "claims-right") == 0)
		fill_claims_right(&r);
	else if (strcmp(kind, "descriptors") == 0)
		fill_descriptors(&r, (struct kind){ 0 });
	else if (strcmp(kind, "shuffled") == 0)
		fill_descriptors(&r, (struct kind){ .shuffled = true });
	else if (strcmp(kind, "strangers") == 0)
		fill_descriptors(&r, (struct kind){ .strangers = true });
	else if (strcmp(kind, "writer") == 0)
		fill_writer(&r, false);
	else if (strcmp(kind, "writers") == 0)
		fill_writer(&r, true);
	else if (strcmp(kind, "between") == 0)
		fill_between(&r);
	else if (strcmp(kind, "one-chain") == 0)
		fill_one_chain(&r, PER_SECTOR);
	else if (strcmp(kind, "short-chain") == 0)
		fill_one_chain(&r, 1);
	else if (strcmp(kind, "one-entry") == 0)
		fill_one_entry(&r);
	else if (strcmp(kind, "empty") != 0)
		return 2;
	return close(r.fd) ? 3 : 0;
}
