/* SPDX-License-Identifier: MIT */
#include "salvage_case.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"
#include "scan.h"

#define LOG                                                                \
	" \"log\": {\"entries\": ["                                        \
	"  {\"sequence\": 7, \"applied\": true, \"writes\": [{\"bat\": {\"1\": \"present\"}}]}," \
	"  {\"applied\": true, \"writes\": [{\"bat\": {\"600\": \"present\"}}]}]}"

/* Of a user, from the end of the others up to the middle of the second page. */
#define ITEM \
	" \"items\": [{\"guid\": \"extra\", \"user\": true, \"zeroes\": 5500}],"

static const char dynamic[] =
	"{\"about\": \"eight pages of BAT\","
	" \"image\": {\"virtual_size\": \"4G\", \"file_size\": \"32M\","
	"  \"log\": {\"offset\": \"1M\", \"length\": \"2M\"}," ITEM
	"  \"blocks\": {\"0\": \"present\"}}," LOG "}";

static const char differencing[] =
	"{\"about\": \"eight pages of BAT\","
	" \"image\": {\"virtual_size\": \"4G\", \"file_size\": \"32M\","
	"  \"log\": {\"offset\": \"1M\", \"length\": \"2M\"}," ITEM
	"  \"blocks\": {\"0\": \"partial\"}, \"bitmaps\": {\"0\": \"present\"},"
	"  \"parent\": {\"parent_linkage\": \"guid:parent\","
	"   \"relative_path\": \"parent.vhdx\"}}," LOG "}";

/* ------------------------------------------------------------------- the image */

static void find_places(struct salvage_case *c)
{
	struct scanned s = scan_memory(c->image.at, c->image.len, NULL);
	const struct vl_image *image = &s.scan->image;

	c->log = vhdxlog_log(s.scan)->offset;
	c->guid = vhdxlog_log(s.scan)->guid;
	c->bat = image->bat->offset;
	c->metadata = image->metadata_region->offset;
	for (uint64_t off = VL_MIB; off < c->image.len; off += VL_MIB) {
		enum vhdxlog_area area = vl_areas_at(&image->areas, off);

		if (area == VHDXLOG_AREA_SECTOR_BITMAP)
			c->bitmap = off;
		if (area == VHDXLOG_AREA_PAYLOAD)
			c->payload = off;
		cr_assert(off < CASE_FREE_MIB * VL_MIB ||
			  area == VHDXLOG_AREA_UNOWNED);
	}
	cr_assert(c->payload);
	scan_release(&s);
}

void salvage_case_make(struct salvage_case *c, bool with_parent)
{
	*c = (struct salvage_case){ .number = 9,
				    .mib = CASE_FREE_MIB,
				    .last = CASE_SIZE_MIB * VL_MIB };
	c->image = build_recipe(with_parent ? differencing : dynamic);
	cr_assert_eq(c->image.len, CASE_SIZE_MIB * VL_MIB);
	find_places(c);
}

void salvage_case_free(struct salvage_case *c)
{
	buffer_free(&c->image);
}

/* --------------------------------------------------------------------- records */

/* A page as it is: the sound entries are applied. */
static uint8_t *add(struct salvage_case *c, enum page_kind kind, uint64_t off)
{
	uint8_t *page = c->pages[c->n];

	cr_assert_lt(c->n, CASE_MAX);
	memcpy(page, c->image.at + off, VL_SECTOR);
	c->records[c->n] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA, off,
					       VL_SECTOR, page };
	c->kinds[c->n++] = kind;
	return page;
}

void salvage_case_bat(struct salvage_case *c, uint32_t page, uint32_t slot,
		      uint64_t raw)
{
	uint8_t *p = add(c, PAGE_BAT, c->bat + (uint64_t)page * VL_SECTOR);

	vl_put_le64(p + 8 * slot, raw);
}

uint64_t salvage_case_block(struct salvage_case *c)
{
	return VL_BLOCK_FULLY_PRESENT | (uint64_t)c->mib++ * VL_MIB;
}

/* Items lie from 64 KiB on; the end of their first page is the user's. */
void salvage_case_metadata(struct salvage_case *c, uint8_t byte)
{
	add(c, PAGE_METADATA, c->metadata + 65536)[VL_SECTOR - 100] = byte;
}

/* One more region, which need not be known. */
void salvage_case_region_table(struct salvage_case *c, unsigned number)
{
	uint64_t off = VL_TABLE_OFFSET(number);
	uint8_t *p = add(c, PAGE_REGION_TABLE, off);
	uint32_t n = vl_le32(p + VL_OFF_region_header_entry_count);
	uint8_t *e = p + VL_SIZE_region_header + n * VL_SIZE_region_entry;
	uint8_t table[VL_SLOT_SIZE];

	memset(e, 0x5a, 16);
	vl_put_le64(e + VL_OFF_region_entry_file_offset,
		    (CASE_SIZE_MIB - 1) * VL_MIB);
	vl_put_le32(e + VL_OFF_region_entry_length, VL_MIB);
	vl_put_le32(p + VL_OFF_region_header_entry_count, n + 1);
	memcpy(table, c->image.at + off, sizeof(table));
	memcpy(table, p, VL_SECTOR);
	vl_put_le32(p + VL_OFF_region_header_checksum,
		    vl_crc32c_sealed(table, sizeof(table)));
}

void salvage_case_bitmap(struct salvage_case *c, uint32_t byte)
{
	uint8_t *p = add(c, PAGE_BITMAP, c->bitmap + VL_SECTOR);

	p[byte % VL_SECTOR] |= 0x81;
}

void salvage_case_payload(struct salvage_case *c)
{
	memset(add(c, PAGE_PAYLOAD, c->payload), 0x77, VL_SECTOR);
}

/* Behind the entries that the disk needs. */
void salvage_case_zeroes(struct salvage_case *c)
{
	add(c, PAGE_ZEROES, c->bat + 20 * VL_SECTOR);
	c->records[c->n - 1] = (struct vl_record){
		VHDXLOG_DESCRIPTOR_ZERO, c->bat + 20 * VL_SECTOR,
		2 * VL_SECTOR, NULL
	};
}

/* ------------------------------------------------------------------- the entry */

uint8_t *salvage_case_put(struct salvage_case *c)
{
	struct vl_entry_plan plan = {
		.log_guid = c->guid,
		.sequence_number = c->number,
		.tail = c->tail,
		.flushed_file_offset = CASE_SIZE_MIB * VL_MIB,
		.last_file_offset = c->last,
		.records = c->records,
		.record_count = c->n,
	};
	uint8_t *entry = c->image.at + c->log + CASE_SECTOR * VL_SECTOR;

	vl_entry_encode(&plan, entry);
	return entry;
}

uint8_t *salvage_case_descriptor(struct salvage_case *c, uint32_t i)
{
	return c->image.at + c->log + CASE_SECTOR * VL_SECTOR +
	       VL_FIRST_DESCRIPTOR + (size_t)i * VL_DESCRIPTOR_SIZE;
}

uint8_t *salvage_case_data(struct salvage_case *c, uint32_t i)
{
	uint64_t sector = CASE_SECTOR + vl_descriptor_sectors(c->n);

	for (uint32_t k = 0; k < i; k++)
		sector += c->records[k].kind == VHDXLOG_DESCRIPTOR_DATA;
	return c->image.at + c->log + sector * VL_SECTOR;
}

/* -------------------------------------------------------------------- salvaging */

/* What is to be read where it was salvaged. */
static void expect_page(const struct salvage_case *c,
			const struct salvage_result *r,
			const struct vhdxlog_salvaged *s)
{
	const struct vl_record *want = &c->records[s->descriptor];
	uint8_t got[VL_SECTOR], zero[VL_SECTOR] = { 0 };

	cr_assert_lt(s->descriptor, c->n);
	cr_assert_eq(s->file_offset, want->file_offset);
	cr_assert_eq(s->length, want->length);
	cr_assert_eq(s->zero, want->kind == VHDXLOG_DESCRIPTOR_ZERO);
	cr_assert_eq(vhdxlog_overlay_read(r->overlay, s->file_offset, got,
					  VL_SECTOR, NULL),
		     0);
	cr_assert_eq(memcmp(got, want->page ? want->page : zero, VL_SECTOR), 0,
		     "descriptor %u: not what was written", s->descriptor);
	cr_assert(s->evidence[0]);
}

static void list(struct salvage_case *c, struct salvage_result *r)
{
	struct vhdxlog_salvaged s;
	struct vhdxlog_unsalvaged u;

	for (size_t i = 0; vhdxlog_overlay_salvaged(r->overlay, i, &s); i++) {
		if (s.entry != CASE_SECTOR) {
			r->of_others++;
			continue;
		}
		expect_page(c, r, &s);
		r->salvaged[s.descriptor] = true;
		memcpy(r->evidence[s.descriptor], s.evidence,
		       sizeof(s.evidence));
	}
	for (size_t i = 0; vhdxlog_overlay_unsalvaged(r->overlay, i, &u); i++) {
		cr_assert(u.reason && *u.reason);
		if (u.descriptor == VHDXLOG_NO_DESCRIPTOR)
			r->whole = u.reason;
		else if (u.entry == CASE_SECTOR && u.descriptor < CASE_MAX)
			r->reason[u.descriptor] = u.reason;
	}
}

void salvage_case_run(struct salvage_case *c, struct salvage_result *r)
{
	enum vhdxlog_outcome_kind outcome;
	int rc;

	*r = (struct salvage_result){ 0 };
	r->s = scan_memory(c->image.at, c->image.len, NULL);
	outcome = vhdxlog_selection_at(r->s.scan, 0)->outcome;
	rc = outcome == VHDXLOG_OUTCOME_REPLAY ?
		     vhdxlog_overlay_policy(r->s.scan, 0, &r->overlay, NULL) :
		     vhdxlog_overlay_disk(r->s.scan, &r->overlay, NULL);
	cr_assert_eq(rc, 0);
	cr_assert_eq(vhdxlog_overlay_salvage(r->overlay, NULL), 0);
	list(c, r);
	for (uint32_t i = 0; i < c->n && !r->whole; i++)
		cr_assert(!(r->salvaged[i] && r->reason[i]));
}

void salvage_result_release(struct salvage_result *r)
{
	vhdxlog_overlay_close(r->overlay);
	scan_release(&r->s);
}
