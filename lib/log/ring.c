/* SPDX-License-Identifier: MIT */
#include "log/ring.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "crc32c.h"

#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>

#define NOT_READ UINT32_MAX

int vl_ring_init(struct vl_ring *r, const struct vl_view *view,
		 const struct vhdxlog_log *place, struct vhdxlog_error *err)
{
	size_t n = place->present;

	*r = (struct vl_ring){
		.view = view,
		.offset = place->offset,
		.sectors = place->sectors,
		.present = place->present,
		.kind = vl_calloc(n, sizeof(*r->kind)),
		.prefix = vl_calloc(n + 1, sizeof(*r->prefix)),
		.value = vl_calloc(n, sizeof(*r->value)),
		.buf = vl_calloc(VL_STRETCH, VL_SECTOR),
		.aside = vl_calloc(1, VL_SECTOR),
		.held_first = NOT_READ,
		.last_asked = NOT_READ,
		.aside_sector = NOT_READ,
	};
	if (!r->kind || !r->prefix || !r->value || !r->buf || !r->aside)
		return vl_nomem(err);
	return 0;
}

void vl_ring_release(struct vl_ring *r)
{
	free(r->kind);
	free(r->prefix);
	free(r->value);
	free(r->holes);
	free(r->buf);
	vl_stream_close(r->walked);
	free(r->aside);
	*r = (struct vl_ring){ 0 };
}

/* One bad sector must not hide its neighbours: each of a stretch on its own. */
static uint64_t read_each(struct vl_ring *r, uint32_t first, uint32_t n,
			  uint8_t *buf)
{
	uint64_t bad = 0;

	_Static_assert(VL_STRETCH <= 64, "one bit for each sector");
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *p = buf + (size_t)i * VL_SECTOR;

		r->bytes_read += VL_SECTOR;
		if (vl_view_read(r->view, vl_ring_at(r, first + i), p,
				 VL_SECTOR, NULL)) {
			memset(p, 0, VL_SECTOR);
			bad |= UINT64_C(1) << i;
		}
	}
	return bad;
}

static void hold(struct vl_ring *r, const uint8_t *bytes, uint32_t first,
		 uint32_t n)
{
	r->held = bytes;
	r->held_first = first;
	r->held_count = n;
}

/* Read n sectors into the buffer. Returns a bit for each that is a hole. */
static uint64_t fill(struct vl_ring *r, uint32_t first, uint32_t n)
{
	hold(r, r->buf, first, n);
	r->bytes_read += (uint64_t)n * VL_SECTOR;
	if (vl_view_read(r->view, vl_ring_at(r, first), r->buf,
			 (size_t)n * VL_SECTOR, NULL) == 0)
		return 0;
	return read_each(r, first, n, r->buf);
}

enum vhdxlog_sector_kind vl_sector_kind(const uint8_t p[VL_SECTOR])
{
	if (memcmp(p, vl_entry_signature, 4) == 0)
		return VHDXLOG_SECTOR_ENTRY;
	if (memcmp(p, vl_data_signature, 4) == 0)
		return VHDXLOG_SECTOR_DATA;
	if (memcmp(p, vl_data_descriptor_signature, 4) == 0 ||
	    memcmp(p, vl_zero_descriptor_signature, 4) == 0)
		return VHDXLOG_SECTOR_DESCRIPTORS;
	/* ISA-L takes a pointer that it does not write through. */
	if (isal_zero_detect((void *)p, VL_SECTOR) == 0)
		return VHDXLOG_SECTOR_ZERO;
	return VHDXLOG_SECTOR_FOREIGN;
}

static int add_hole(struct vl_ring *r, uint32_t sector,
		    struct vhdxlog_error *err)
{
	void *array = r->holes;

	if (!vl_reserve(&array, &r->holes_cap, r->n_holes + 1,
			sizeof(*r->holes)))
		return vl_nomem(err);
	r->holes = array;
	r->holes[r->n_holes++] = sector;
	return 0;
}

/*
 * What is known of sectors by their bytes alone; those of different stretches are
 * looked at by different threads. The registers begin anew with each stretch.
 */
static void look(void *ctx, uint64_t off, const uint8_t *bytes, size_t len)
{
	struct vl_ring *r = ctx;
	uint32_t s = (uint32_t)((off - r->offset) / VL_SECTOR);
	uint32_t crc = 0;

	for (size_t at = 0; at < len; at += VL_SECTOR, s++) {
		crc = vl_crc32c_uncounted(crc, bytes + at, VL_SECTOR);
		r->prefix[s + 1] = crc;
		r->kind[s] = (uint8_t)vl_sector_kind(bytes + at);
		if (r->kind[s] == VHDXLOG_SECTOR_DATA)
			r->value[s] = vl_data_number(bytes + at);
	}
}

int vl_ring_begin(struct vl_ring *r, bool ahead, struct vhdxlog_error *err)
{
	const struct vl_stream_plan plan = {
		.view = r->view,
		.off = r->offset,
		.len = (uint64_t)r->present * VL_SECTOR,
		.piece = VL_STRETCH * VL_SECTOR,
		.ahead = ahead,
		.look = look,
		.ctx = r,
	};

	return vl_stream_open(&plan, &r->walked, err);
}

void vl_ring_end(struct vl_ring *r)
{
	if (r->held_first != NOT_READ && r->held != r->buf) {
		memcpy(r->buf, r->held, (size_t)r->held_count * VL_SECTOR);
		r->held = r->buf;
	}
	vl_stream_close(r->walked);
	r->walked = NULL;
}

/* The next stretch, looked at. Returns a bit for each sector of it that is a hole;
 * those count as zeroes. */
static uint64_t next_stretch(struct vl_ring *r, uint32_t first)
{
	uint8_t *bytes;
	size_t len;
	int rc = vl_stream_next(r->walked, &bytes, &len, NULL);
	uint64_t bad = 0;

	hold(r, bytes, first, (uint32_t)(len / VL_SECTOR));
	r->bytes_read += len;
	if (rc) {
		bad = read_each(r, first, r->held_count, bytes);
		look(r, vl_ring_at(r, first), bytes, len);
	}
	vl_crc32c_bytes += len;
	return bad;
}

int vl_ring_walk(struct vl_ring *r, uint32_t first, uint32_t *count,
		 struct vhdxlog_error *err)
{
	uint64_t bad = next_stretch(r, first);
	uint32_t before = r->prefix[first];

	*count = r->held_count;
	for (uint32_t s = first; s < first + r->held_count; s++, bad >>= 1) {
		before = vl_crc32c_shift_sector(before);
		r->prefix[s + 1] ^= before;
		if (!(bad & 1))
			continue;
		r->kind[s] = VHDXLOG_SECTOR_UNREADABLE;
		if (add_hole(r, s, err))
			return VHDXLOG_E_NOMEM;
	}
	return 0;
}

bool vl_ring_unchanged(struct vl_ring *r)
{
	for (uint32_t first = 0; first < r->present; first += VL_STRETCH) {
		uint32_t n = (uint32_t)vl_min64(r->present - first, VL_STRETCH);
		uint64_t bad = fill(r, first, n);

		for (uint32_t i = 0; i < n; i++) {
			uint32_t s = first + i;

			if (bad >> i & 1 ||
			    r->kind[s] == VHDXLOG_SECTOR_UNREADABLE)
				continue;
			if (vl_crc32c_raw(r->prefix[s],
					  r->buf + (size_t)i * VL_SECTOR,
					  VL_SECTOR) != r->prefix[s + 1])
				return false;
		}
		r->held_first = NOT_READ; /* a hole may be among them */
	}
	return true;
}

static bool is_buffered(const struct vl_ring *r, uint32_t sector)
{
	return r->held_first != NOT_READ && sector >= r->held_first &&
	       sector - r->held_first < r->held_count;
}

const uint8_t *vl_ring_sector(struct vl_ring *r, uint32_t sector)
{
	uint32_t n = 1;
	uint64_t bad;

	if (vl_ring_kind(r, sector) == VHDXLOG_SECTOR_UNREADABLE)
		return NULL;
	if (!is_buffered(r, sector)) {
		/* Twice as far ahead each time that it goes on, so that no order
		 * of asking reads much more than is asked for. */
		if (r->last_asked != NOT_READ && sector >= r->last_asked &&
		    sector - r->last_asked <= 2)
			n = (uint32_t)vl_min64(2 * r->held_count, VL_STRETCH);
		n = (uint32_t)vl_min64(n, r->present - sector);
		/* What could be read once and now cannot is a hole for this
		 * call; the walk's verdicts stand. */
		bad = fill(r, sector, n);
		r->held_count = bad ? 1 : n;
		if (bad & 1) {
			r->held_first = NOT_READ;
			return NULL;
		}
	}
	r->last_asked = sector;
	return r->held + (size_t)(sector - r->held_first) * VL_SECTOR;
}

const uint8_t *vl_ring_aside(struct vl_ring *r, uint32_t sector)
{
	const uint8_t *p;

	if (r->aside_sector == sector)
		return r->aside;
	p = vl_ring_sector(r, sector);
	if (!p)
		return NULL;
	memcpy(r->aside, p, VL_SECTOR);
	r->aside_sector = sector;
	return r->aside;
}

/* Whether a hole lies in [first, end). */
static bool has_hole(const struct vl_ring *r, uint32_t first, uint32_t end)
{
	size_t low = 0, high = r->n_holes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->holes[mid] < first)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n_holes && r->holes[low] < end;
}

bool vl_ring_has_hole(const struct vl_ring *r, uint32_t sector, uint32_t n)
{
	uint32_t before_end = (uint32_t)vl_min64(n, r->sectors - sector);

	return has_hole(r, sector, sector + before_end) ||
	       has_hole(r, 0, n - before_end);
}

bool vl_ring_is_whole(const struct vl_ring *r, uint32_t sector, uint32_t n)
{
	uint32_t before_end = (uint32_t)vl_min64(n, r->sectors - sector);
	uint32_t last = before_end < n ? r->sectors : sector + before_end;

	return last <= r->present && !vl_ring_has_hole(r, sector, n);
}

/* The register before a sector. */
static uint32_t prefix(const struct vl_ring *r, uint32_t sector)
{
	if (sector <= r->present)
		return r->prefix[sector];
	return vl_crc32c_shift_sectors(r->prefix[r->present],
				       sector - r->present);
}

/* The register after [first, first + n), which does not wrap, from `start`. */
static uint32_t run(const struct vl_ring *r, uint32_t start, uint32_t first,
		    uint32_t n)
{
	return prefix(r, first + n) ^
	       vl_crc32c_shift_sectors(prefix(r, first) ^ start, n);
}

uint32_t vl_ring_crc(const struct vl_ring *r, uint32_t sector, uint32_t n,
		     uint32_t stored)
{
	/* The stored checksum, at offset 4 of the first sector, is taken out of the
	 * register behind it. */
	uint32_t crc = run(r, ~0u, sector, 1) ^ vl_crc32c_at_4(stored);
	uint32_t rest = vl_ring_wrap(r, (uint64_t)sector + 1);
	uint32_t before_end = (uint32_t)vl_min64(n - 1, r->sectors - rest);

	crc = run(r, crc, rest, before_end);
	if (before_end < n - 1)
		crc = run(r, crc, 0, n - 1 - before_end);
	return ~crc;
}
