/* SPDX-License-Identifier: MIT */
#include "laid.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "write/encode.h"
#include "write/entry.h"

#define MAX_PAGES 16u

struct vhdxlog_guid laid_guid(enum guid_kind kind, uint32_t n)
{
	struct vhdxlog_guid g = { { 1, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
				    (uint8_t)n } };

	if (kind == GUID_PLAIN)
		return g;
	g.bytes[8] = 0x80;
	g.bytes[kind == GUID_RFC ? 6 : 7] = 0x40;
	return g;
}

struct laid_ring laid_alone(void)
{
	struct laid_ring ring = { .bytes = calloc(LAID_SECTORS, VL_SECTOR) };

	cr_assert(ring.bytes);
	return ring;
}

struct laid_ring laid_in_image(void)
{
	struct laid_ring ring = {
		.image = build_recipe("{\"about\": \"a disk without a log\","
				      " \"image\": {\"virtual_size\": \"4G\","
				      "  \"file_size\": \"64M\"}}")
	};

	ring.bytes = ring.image.at + VL_MIB;
	return ring;
}

void laid_free(struct laid_ring *ring)
{
	if (!ring->image.at)
		free(ring->bytes);
	buffer_free(&ring->image);
}

/* A page of the BAT with so many blocks. */
static void fill_page(uint8_t page[VL_SECTOR], uint32_t blocks)
{
	memset(page, 0, VL_SECTOR);
	for (uint32_t i = 0; i < blocks; i++)
		vl_put_le64(page + 8 * i, (4 + i) * VL_MIB + 6);
}

uint32_t lay(struct laid_ring *ring, struct laid e)
{
	static uint8_t page[VL_SECTOR], flat[(1 + MAX_PAGES) * VL_SECTOR];
	struct vl_record v[MAX_PAGES];
	struct vl_entry_plan p = {
		.log_guid = e.guid,
		.sequence_number = e.number,
		.tail = (e.tail == SELF ? e.at : e.tail) * VL_SECTOR,
		.flushed_file_offset = e.flushed * VL_MIB,
		.last_file_offset = e.last * VL_MIB,
		.records = v,
		.record_count = e.pages,
	};
	uint32_t n;

	cr_assert_leq(e.pages, MAX_PAGES);
	fill_page(page, e.blocks);
	for (uint32_t i = 0; i < e.pages; i++)
		v[i] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA,
					   2 * VL_MIB + i * VL_SECTOR,
					   VL_SECTOR, page };
	n = (uint32_t)(vl_entry_length(&p) / VL_SECTOR);
	vl_entry_encode(&p, flat);
	for (uint32_t i = 0; i < n; i++)
		memcpy(ring->bytes +
			       (e.at + i) % LAID_SECTORS * (size_t)VL_SECTOR,
		       flat + i * VL_SECTOR, VL_SECTOR);
	return (e.at + n) % LAID_SECTORS;
}

void lay_opening(struct laid_ring *ring, uint32_t count, uint32_t *blocks,
		 bool grows)
{
	uint32_t at = 0;

	for (uint32_t i = 1; i <= count; i++) {
		uint32_t size = grows ? 8 + ++*blocks : 8;

		if (!grows)
			++*blocks;
		at = lay(ring, (struct laid){
				       .at = at,
				       .guid = laid_guid(GUID_RFC, *blocks),
				       .number = i,
				       .tail = SELF,
				       .flushed = size,
				       .last = size,
				       .pages = 1,
				       .blocks = *blocks,
			       });
	}
}

struct told tell(const struct laid_ring *ring, const struct vhdxlog_guid *guid)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct told t;

	o.raw_log = !ring->image.at;
	o.has_log_guid = guid;
	if (guid)
		o.log_guid = *guid;
	t.s = o.raw_log ? scan_memory(ring->bytes, LAID_SECTORS * VL_SECTOR, &o) :
			  scan_memory(ring->image.at, ring->image.len, &o);
	cr_assert_eq(vhdxlog_history_open(t.s.scan, &t.history, NULL), 0);
	return t;
}

void told_release(struct told *t)
{
	vhdxlog_history_close(t->history);
	scan_release(&t->s);
}

const struct vhdxlog_session *told_session(const struct told *t, size_t i)
{
	const struct vhdxlog_session *s = vhdxlog_session_at(t->history, i);

	cr_assert(s);
	cr_assert_eq(s->index, i);
	return s;
}

void expect_why(const struct told *t, size_t i, enum vhdxlog_certainty order,
		const char *why)
{
	const struct vhdxlog_session *s = told_session(t, i);

	cr_expect_eq(s->order, order, "%s", s->why);
	cr_expect(strstr(s->why, why), "\"%s\" has no \"%s\"", s->why, why);
}

void expect_order(const struct told *t, const char *want)
{
	char got[LAID_SECTORS * 6] = "";
	size_t n, len = 0;
	const uint32_t *e = vhdxlog_history_entries(t->history, &n);

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%sE%u",
					i ? " " : "", e[i]);
	cr_expect_str_eq(got, want);
}
