/* SPDX-License-Identifier: MIT */
/*
 * Every page of the first MiB of an image overwritten with zeroes, with ones and
 * with random bytes, one at a time: no crash, and the report names the structure
 * that was hit.
 *
 * What "names" means, by what the page is in the report of the undamaged image:
 *
 *	unchanged bytes		the same report, to the byte
 *	identifier		ident-signature-bad fails
 *	reserved areas		header-reserved-area-nonzero fails, in that page
 *	header			header-signature-bad fails for that copy
 *	its slot, behind it	header-slot-slack-nonzero, that copy, that page
 *	region table, front	region-signature-bad fails for that copy
 *	region table, rest	region-checksum-bad fails for that copy
 *	log sector		the map has what it is now; an entry that owned it
 *				is invalid or gone, and one that is left fails a
 *				check of its own; else there is another finding
 *				about the log, or fewer entries, or more orphans
 *	metadata, front		metadata-signature-bad fails
 *	page of an item		some check of an item fails, in the region
 *	metadata, rest		metadata-slack-nonzero fails, in that page where it
 *				did not before
 *	entries of the BAT	zeroes: blocks are gone from `bat`, and what they
 *				had is room without owner; else a rule of the BAT
 *				names an entry of that page
 *	behind the last entry	bat-trailing-entry-nonzero fails, likewise
 *	payload, and the rest	the same findings: guest data is not judged
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "helpers.h"
#include "reports/report.h"
#include "scan.h"

#define PAGE 4096u
#define MOST_SWEPT (5 * VL_MIB)

enum fill { ZEROES, ONES, NOISE, FILLS };

/* What can be asked of a scan; the image is borrowed. */
struct told {
	struct scanned s;
	char *report; /* owned: as JSON */
	size_t length;
};

static const struct vhdxlog_options quick = {
	.size = sizeof(quick),
};

static struct told tell_image(const uint8_t *bytes, size_t len)
{
	struct told t = { .s = scan_memory(bytes, len, &quick) };
	struct report_subject subject = { t.s.source, t.s.scan };
	struct report_options options = { .path = "image" };
	FILE *out = open_memstream(&t.report, &t.length);

	cr_assert(out);
	cr_assert_eq(report_scan_json(out, &subject, &options, NULL), 0);
	cr_assert_eq(fclose(out), 0);
	return t;
}

static void forget(struct told *t)
{
	free(t->report);
	scan_release(&t->s);
}

/* A page of an image, before and after. */
struct hit {
	const struct told *was, *is;
	uint64_t offset;
	enum fill fill;
};

static const char *const fill_names[FILLS] = { "zeroes", "ones", "noise" };

#define expect(h, holds, ...)                                             \
	do {                                                              \
		if (!(holds))                                             \
			miss(h, __VA_ARGS__);                             \
	} while (0)

__attribute__((format(printf, 2, 3))) static void miss(const struct hit *h,
							const char *format, ...)
{
	char words[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	cr_expect_fail("0x%jx, %s: %s", (uintmax_t)h->offset,
		       fill_names[h->fill], words);
}

/* ----------------------------------------------------------------- verdicts */

static bool verdict_of(const struct told *t, enum vhdxlog_object object,
		       size_t which, const char *check,
		       struct vhdxlog_verdict *found)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(t->s.scan, object, which, v, NULL);

	for (int i = 0; i < n; i++) {
		if (strcmp(v[i].check->name, check) == 0) {
			*found = v[i];
			return v[i].status == VHDXLOG_FAIL;
		}
	}
	return false;
}

static void expect_fails(const struct hit *h, enum vhdxlog_object object,
			 size_t which, const char *check)
{
	struct vhdxlog_verdict v;

	expect(h, verdict_of(h->is, object, which, check, &v),
	       "%s %zu does not fail %s", vhdxlog_object_name(object), which,
	       check);
	expect(h, has_finding(h->is->s.scan, check), "no finding %s", check);
}

/* At an offset in the page: it is not about another one. */
static void expect_fails_there(const struct hit *h, enum vhdxlog_object object,
			       size_t which, const char *check)
{
	struct vhdxlog_verdict v;

	expect_fails(h, object, which, check);
	if (verdict_of(h->is, object, which, check, &v))
		expect(h, v.offset / PAGE * PAGE == h->offset,
		       "%s is at 0x%jx", check, (uintmax_t)v.offset);
}

/* The slack of a region, of which the first byte is told: there may have been one
 * before. */
static void expect_slack(const struct hit *h, const char *check)
{
	struct vhdxlog_verdict before;

	if (verdict_of(h->was, VHDXLOG_OBJECT_IMAGE, 0, check, &before))
		expect_fails(h, VHDXLOG_OBJECT_IMAGE, 0, check);
	else
		expect_fails_there(h, VHDXLOG_OBJECT_IMAGE, 0, check);
}

/* --------------------------------------------------------- header section */

/* Headers and region tables: 64 KiB each, from 64 KiB on, two and two. */
static void expect_header_section(const struct hit *h)
{
	size_t slot = (size_t)(h->offset / VL_SLOT_SIZE);
	bool front = h->offset % VL_SLOT_SIZE == 0;

	if (h->offset == 0)
		expect_fails(h, VHDXLOG_OBJECT_IMAGE, 0, "ident-signature-bad");
	else if (slot == 0 || slot > 4)
		expect_fails_there(h, VHDXLOG_OBJECT_IMAGE, 0,
				   "header-reserved-area-nonzero");
	else if (slot <= 2 && front)
		expect_fails(h, VHDXLOG_OBJECT_HEADER, slot,
			     "header-signature-bad");
	else if (slot <= 2)
		expect_fails_there(h, VHDXLOG_OBJECT_HEADER, slot,
				   "header-slot-slack-nonzero");
	else
		expect_fails(h, VHDXLOG_OBJECT_REGION_TABLE, slot - 2,
			     front ? "region-signature-bad" :
				     "region-checksum-bad");
}

/* --------------------------------------------------------------------- log */

static struct vhdxlog_map_run run_at(const struct told *t, uint32_t sector)
{
	struct vhdxlog_map_run run = { 0 };
	uint32_t cursor = 0;

	while (vhdxlog_map_next(t->s.scan, &cursor, &run) &&
	       run.first + run.count <= sector)
		;
	return run;
}

static bool fails_own_check(const struct told *t, uint32_t sector)
{
	char want[VHDXLOG_ID_TEXT], id[VHDXLOG_ID_TEXT];

	snprintf(want, sizeof(want), "E%u", sector);
	for (size_t i = 0; i < vhdxlog_finding_count(t->s.scan); i++) {
		const struct vhdxlog_check *c = vhdxlog_check_find(
			vhdxlog_finding_at(t->s.scan, i)->id);
		size_t cursor = 0;

		if (c->class_ != VHDXLOG_CLASS_E)
			continue;
		while (vhdxlog_finding_where(t->s.scan, i, &cursor, id)) {
			if (strcmp(id, want) == 0)
				return true;
		}
	}
	return false;
}

static void expect_owner_broken(const struct hit *h, uint32_t owner)
{
	size_t i = vhdxlog_entry_find(h->is->s.scan, owner);
	struct vhdxlog_entry e;

	if (i == SIZE_MAX)
		return; /* its first sector was hit: see the map */
	cr_assert_eq(vhdxlog_entry_at(h->is->s.scan, i, &e, NULL), 0);
	expect(h, e.verdict == VHDXLOG_INVALID, "E%u is %s", owner,
	       vhdxlog_soundness_name(e.verdict));
	expect(h, fails_own_check(h->is, owner), "E%u is in no finding", owner);
}

static void expect_log(const struct hit *h)
{
	uint64_t base = vhdxlog_log(h->was->s.scan)->offset;
	uint32_t sector = (uint32_t)((h->offset - base) / PAGE);
	struct vhdxlog_map_run was = run_at(h->was, sector);
	struct vhdxlog_map_run is = run_at(h->is, sector);
	enum vhdxlog_sector_kind kind = h->fill == ZEROES ?
						VHDXLOG_SECTOR_ZERO :
						VHDXLOG_SECTOR_FOREIGN;

	expect(h, is.kind == kind && is.owner == VHDXLOG_NO_SECTOR,
	       "the map has %s", vhdxlog_sector_kind_name(is.kind));
	if (kind == VHDXLOG_SECTOR_FOREIGN)
		expect(h, has_finding(h->is->s.scan, "log-sector-foreign"),
		       "no log-sector-foreign");
	if (was.owner != VHDXLOG_NO_SECTOR)
		expect_owner_broken(h, was.owner);
	if (was.kind == VHDXLOG_SECTOR_ENTRY)
		expect(h, vhdxlog_entry_find(h->is->s.scan, sector) == SIZE_MAX,
		       "E%u is still there", sector);
}

/* ---------------------------------------------------------------- metadata */

/* Whether the page has a byte of an item; of the image as it was. */
static bool has_item(const struct hit *h)
{
	const struct vl_metadata *m = &h->was->s.scan->image.metadata;

	for (size_t i = 0; i < m->n; i++) {
		if (vl_overlap(m->base + m->entries[i].offset,
			       m->entries[i].length, h->offset, PAGE))
			return true;
	}
	return false;
}

/* Of an item: any that fails now and did not, and stands in the region. */
static void expect_item_fails(const struct hit *h)
{
	const struct vl_metadata *m = &h->was->s.scan->image.metadata;
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS], before;
	int n = vhdxlog_verdicts(h->is->s.scan, VHDXLOG_OBJECT_IMAGE, 0, v,
				 NULL);
	bool any = false;

	for (int i = 0; i < n; i++) {
		const char *area = v[i].check->area;

		any |= v[i].status == VHDXLOG_FAIL &&
		       (strcmp(area, "metadata") == 0 ||
			strcmp(area, "locator") == 0) &&
		       v[i].offset - m->base < m->length &&
		       !verdict_of(h->was, VHDXLOG_OBJECT_IMAGE, 0,
				   v[i].check->name, &before);
	}
	expect(h, any, "no check of an item fails");
}

static void expect_metadata(const struct hit *h)
{
	const struct vl_metadata *m = &h->was->s.scan->image.metadata;

	if (h->offset == m->base)
		expect_fails(h, VHDXLOG_OBJECT_IMAGE, 0,
			     "metadata-signature-bad");
	else if (has_item(h))
		expect_item_fails(h);
	else
		expect_slack(h, "metadata-slack-nonzero");
}

/* --------------------------------------------------------------------- BAT */

/* Whether a finding names an entry of the page. */
static bool names_entry(const struct hit *h, uint64_t first, uint64_t end)
{
	for (size_t i = 0; i < vhdxlog_finding_count(h->is->s.scan); i++) {
		char id[VHDXLOG_ID_TEXT];
		size_t cursor = 0;

		while (vhdxlog_finding_where(h->is->s.scan, i, &cursor, id)) {
			uint64_t index;

			if (strncmp(id, "bat:", 4) != 0)
				continue;
			index = strtoull(id + 4, NULL, 10);
			if (index >= first && index < end)
				return true;
		}
	}
	return false;
}

static bool has_located(const struct told *t, uint64_t first, uint64_t end)
{
	struct vhdxlog_bat_entry e;
	bool any = false;

	for (uint64_t i = first; i < end && !any; i++) {
		cr_assert_eq(vhdxlog_bat_entry(t->s.scan, i, &e, NULL), 0);
		any = vl_bat_is_located(&e);
	}
	return any;
}

static void expect_zeroed_bat(const struct hit *h, uint64_t first, uint64_t end)
{
	const struct vhdxlog_bat *was = &vhdxlog_image(h->was->s.scan)->bat;
	const struct vhdxlog_bat *is = &vhdxlog_image(h->is->s.scan)->bat;

	expect(h, is->not_present > was->not_present, "nothing is gone");
	if (has_located(h->was, first, end))
		expect(h, is->unowned > was->unowned, "all has an owner");
}

static void expect_bat(const struct hit *h)
{
	const struct vl_image *i = &h->was->s.scan->image;
	uint64_t first = (h->offset - i->bat->offset) / 8;
	uint64_t end = vl_min64(first + PAGE / 8, i->geometry.entries);

	if (first >= end) {
		expect_slack(h, "bat-trailing-entry-nonzero");
		return;
	}
	if (h->fill == ZEROES)
		expect_zeroed_bat(h, first, end);
	else
		expect(h, names_entry(h, first, end),
		       "no finding names bat:%ju to %ju", (uintmax_t)first,
		       (uintmax_t)end - 1);
}

/* ----------------------------------------------------------------- the rest */

static void expect_same_findings(const struct hit *h)
{
	size_t n = vhdxlog_finding_count(h->was->s.scan);

	expect(h, vhdxlog_finding_count(h->is->s.scan) == n,
	       "other findings than before");
	for (size_t i = 0;
	     i < n && i < vhdxlog_finding_count(h->is->s.scan); i++)
		expect(h,
		       strcmp(vhdxlog_finding_at(h->was->s.scan, i)->message,
			      vhdxlog_finding_at(h->is->s.scan, i)->message) ==
			       0,
		       "%s is new", vhdxlog_finding_at(h->is->s.scan, i)->id);
}

/*
 * A page that waits in the log is not what is on the disk: reports are about the
 * file as the replay would leave it.
 */
static bool is_pending(const struct hit *h)
{
	const struct vl_overlay *o = &h->was->s.scan->overlay;
	struct vl_segment s;
	bool covered = false;

	return o->reader &&
	       vl_overlay_at(o, h->offset, &s, &covered, NULL) == 0 && covered;
}

static void expect_named(const struct hit *h)
{
	const struct vl_image *i = &h->was->s.scan->image;
	enum vhdxlog_area area = vl_areas_at(&i->areas, h->offset);

	if (h->offset < VL_HEADER_SECTION)
		expect_header_section(h);
	else if (area == VHDXLOG_AREA_LOG)
		expect_log(h);
	else if (is_pending(h))
		expect(h, vhdxlog_verdict(h->is->s.scan)->state ==
				  vhdxlog_verdict(h->was->s.scan)->state,
		       "another state");
	else if (area == VHDXLOG_AREA_METADATA)
		expect_metadata(h);
	else if (area == VHDXLOG_AREA_BAT)
		expect_bat(h);
	else
		expect_same_findings(h);
}

/* ------------------------------------------------------------------- sweep */

/* What an image must have, so that the sweep shows something. */
struct swept {
	unsigned pages, same, area[VHDXLOG_AREA_COUNT];
};

static bool is_zero(const uint8_t *page)
{
	size_t k = 0;

	while (k < PAGE && !page[k])
		k++;
	return k == PAGE;
}

static void hit_page(const struct buffer *image, const struct told *was,
		     uint64_t offset, enum fill fill, struct swept *swept)
{
	uint8_t *page = image->at + offset, saved[PAGE];
	struct rng r = rng_seed(offset);
	struct told is;
	struct hit h = { was, &is, offset, fill };

	memcpy(saved, page, PAGE);
	memset(page, fill == ONES ? 0xff : 0, PAGE);
	if (fill == NOISE)
		rng_fill(&r, page, PAGE);
	is = tell_image(image->at, image->len);
	swept->pages++;
	if (memcmp(saved, page, PAGE) == 0) {
		swept->same++;
		expect(&h, strcmp(was->report, is.report) == 0,
		       "another report of the same bytes");
	} else {
		swept->area[vl_areas_at(&was->s.scan->image.areas, offset)]++;
		expect_named(&h);
	}
	forget(&is);
	memcpy(page, saved, PAGE);
}

/* Under a checker, some of the pages that hold nothing are left out. */
static bool is_left_out(const struct buffer *image, uint64_t offset)
{
	return rounds(16) != 16 && is_zero(image->at + offset) &&
	       offset / PAGE % 64 != 5;
}

static struct swept sweep(const struct buffer *image)
{
	struct buffer copy = { malloc(image->len), image->len };
	struct swept swept = { 0 };
	struct told was;

	cr_assert(copy.at);
	memcpy(copy.at, image->at, image->len);
	was = tell_image(image->at, image->len);
	for (uint64_t off = 0; off + PAGE <= vl_min64(copy.len, MOST_SWEPT);
	     off += PAGE) {
		if (is_left_out(&copy, off))
			continue;
		for (enum fill f = ZEROES; f < FILLS; f++)
			hit_page(&copy, &was, off, f, &swept);
	}
	forget(&was);
	buffer_free(&copy);
	return swept;
}

/* A BAT of two pages, with blocks in both; entries of all kinds; payload. */
static const char busy[] =
	"{\"about\": \"Everything there is.\","
	" \"image\": {\"virtual_size\": \"1G\","
	"  \"metadata\": {\"offset\": \"2M\", \"length\": \"1M\"},"
	"  \"bat\": {\"offset\": \"3M\", \"length\": \"1M\"},"
	"  \"blocks\": {\"0\": \"present@4M\", \"600\": \"present@5M\"}},"
	" \"log\": {\"entries\": ["
	"  {\"guid\": \"older\", \"sequence\": 7, \"at\": 40, \"applied\": true,"
	"   \"writes\": [{\"bat\": {\"0\": \"present@4M\"}}]},"
	"  {\"guid\": \"older\", \"sequence\": 8},"
	"  {\"guid\": \"current\", \"at\": 0, \"sequence\": 100},"
	"  {\"writes\": [{\"bat\": {\"900\": \"zero\"}},"
	"                {\"zero\": \"3M+512K\", \"length\": \"8K\"}]},"
	"  {\"pad\": 1, \"writes\": [{\"bat\": {\"901\": \"zero\"}}]}]}}";

static const char idle[] =
	"{\"about\": \"The same at rest.\","
	" \"image\": {\"virtual_size\": \"1G\","
	"  \"metadata\": {\"offset\": \"2M\", \"length\": \"1M\"},"
	"  \"bat\": {\"offset\": \"3M\", \"length\": \"1M\"},"
	"  \"blocks\": {\"0\": \"present@4M\", \"600\": \"present@5M\"}},"
	" \"log\": {\"guid\": \"zero\", \"entries\": ["
	"  {\"guid\": \"older\", \"sequence\": 7, \"applied\": true,"
	"   \"writes\": [{\"bat\": {\"0\": \"present@4M\"}}]},"
	"  {\"writes\": [{\"bat\": {\"0\": \"present@4M\"}}],"
	"   \"applied\": true}]}}";

static void sweep_recipe(const char *recipe)
{
	struct buffer image = build_recipe(recipe);
	struct swept swept = sweep(&image);

	cr_expect_gt(swept.area[VHDXLOG_AREA_HEADERS], 0u);
	cr_expect_gt(swept.area[VHDXLOG_AREA_REGION_TABLES], 0u);
	cr_expect_gt(swept.area[VHDXLOG_AREA_LOG], 0u);
	cr_expect_gt(swept.area[VHDXLOG_AREA_METADATA], 0u);
	cr_expect_gt(swept.area[VHDXLOG_AREA_BAT], 0u);
	cr_expect_gt(swept.area[VHDXLOG_AREA_PAYLOAD], 0u);
	cr_expect_gt(swept.same, 0u);
	buffer_free(&image);
}

Test(damage_sweep, a_log_that_waits)
{
	sweep_recipe(busy);
}

Test(damage_sweep, a_log_that_is_done)
{
	sweep_recipe(idle);
}

/* For images of other programs: VHDXLOG_SWEEP_IMAGE names one. */
Test(damage_sweep, an_image_that_is_named)
{
	const char *path = getenv("VHDXLOG_SWEEP_IMAGE");
	FILE *file = path ? fopen(path, "rb") : NULL;
	struct buffer image = { malloc(64 * VL_MIB), 0 };

	if (!path) {
		buffer_free(&image);
		cr_skip_test("no image is named");
	}
	cr_assert(file && image.at, "%s", path);
	image.len = fread(image.at, 1, 64 * VL_MIB, file);
	fclose(file);
	cr_expect_gt(sweep(&image).pages, rounds(16) == 16 ? 3000u : 50u);
	buffer_free(&image);
}
