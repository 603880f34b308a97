/* SPDX-License-Identifier: MIT */
#include "log_case.h"

#include <criterion/criterion.h>
#include <string.h>

#include "ondisk/layout.h"
#include "scan.h"

void log_case_make(struct log_case *c, enum base_kind kind)
{
	struct scanned s;

	*c = (struct log_case){ .guid = { { 7, 7 } }, .number = 100 };
	base_make(&c->b, kind);
	s = scan_memory(c->b.image.at, c->b.image.len, NULL);
	c->bat = s.scan->image.bat->offset;
	c->chunk_ratio = s.scan->image.geometry.chunk_ratio;
	for (uint64_t off = VL_MIB; off < c->b.image.len; off += VL_MIB) {
		if (vl_areas_at(&s.scan->image.areas, off) ==
		    VHDXLOG_AREA_SECTOR_BITMAP)
			c->bitmap = off;
	}
	scan_release(&s);
	memset(c->b.image.at + c->b.log_offset, 0, c->b.log_length);
}

void log_case_dirty(struct log_case *c, bool dirty)
{
	static const uint8_t none[16];

	for (unsigned slot = 1; slot <= 2; slot++) {
		uint64_t at = VL_HEADER_OFFSET(slot) + VL_OFF_header_log_guid;

		memcpy(c->b.image.at + at, dirty ? c->guid.bytes : none, 16);
		base_seal(&c->b, c->b.image.at, at);
	}
}

bool log_case_put(struct log_case *c, const struct vl_record *records,
		  uint32_t n, uint64_t last)
{
	struct vl_entry_plan p = { .log_guid = c->guid,
				   .sequence_number = c->number,
				   .tail = 0,
				   .flushed_file_offset = 8 * VL_MIB,
				   .last_file_offset = last,
				   .records = records,
				   .record_count = n };
	uint64_t len = vl_entry_length(&p);

	if ((uint64_t)c->at * VL_SECTOR + len > c->b.log_length)
		return false;
	vl_entry_encode(&p, c->b.image.at + c->b.log_offset +
				    (uint64_t)c->at * VL_SECTOR);
	c->at += (uint32_t)(len / VL_SECTOR);
	c->number++;
	return true;
}

struct vl_record record_data(uint64_t off, const uint8_t *page)
{
	return (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA, off, VL_SECTOR,
				   page };
}

struct vl_record record_zero(uint64_t off, uint64_t len)
{
	return (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO, off, len, NULL };
}

void told_open(struct told *t, const struct log_case *c,
	       const struct vhdxlog_event_filter *filter)
{
	t->s = scan_memory(c->b.image.at, c->b.image.len, NULL);
	cr_assert_eq(vhdxlog_history_open(t->s.scan, &t->history, NULL), 0);
	cr_assert_eq(vhdxlog_events_open(t->history, filter, &t->events, NULL),
		     0);
}

void told_close(struct told *t)
{
	vhdxlog_events_close(t->events);
	vhdxlog_history_close(t->history);
	scan_release(&t->s);
}

struct vhdxlog_event told_next(struct told *t, enum vhdxlog_event_kind kind)
{
	struct vhdxlog_event e;

	cr_assert_eq(vhdxlog_events_next(t->events, &e, NULL), 0);
	cr_assert_eq(e.kind, kind, "%s: %s", vhdxlog_event_name(e.kind),
		     e.message);
	cr_assert(e.message[0]);
	return e;
}

void told_end(struct told *t)
{
	struct vhdxlog_event e;

	cr_assert_eq(vhdxlog_events_next(t->events, &e, NULL), 1, "%s",
		     e.message);
}
