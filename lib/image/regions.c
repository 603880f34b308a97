/* SPDX-License-Identifier: MIT */
/* Region tables, [MS-VHDX] 2.2.3: where BAT and metadata are. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "base/zeroes.h"
#include "crc32c.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- one copy */

struct copy {
	const struct vhdxlog_region_table *t;
	const uint8_t *bytes; /* VL_SLOT_SIZE */
	struct vl_region_header header;
	bool in_file;
};

static enum vhdxlog_status region_signature_bad(const void *subject,
						struct vl_detail *d)
{
	const struct copy *c = subject;

	if (!c->in_file)
		return vl_fail(d, c->t->offset, "\"regi\"", "end of file");
	if (!c->t->readable)
		return vl_blocked(d, "unreadable");
	if (memcmp(c->bytes, vl_region_signature, 4) == 0)
		return vl_pass();
	return vl_fail_bytes(d, c->t->offset, "\"regi\"", c->bytes, 4);
}

static enum vhdxlog_status region_checksum_bad(const void *subject,
					       struct vl_detail *d)
{
	const struct copy *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (c->t->checksum_stored == c->t->checksum_computed)
		return vl_pass();
	snprintf(want, sizeof(want), "0x%08x", c->t->checksum_computed);
	return vl_fail(d, c->t->offset + VL_OFF_region_header_checksum, want,
		       "0x%08x", c->t->checksum_stored);
}

static enum vhdxlog_status region_entry_count_too_large(const void *subject,
							struct vl_detail *d)
{
	const struct copy *c = subject;

	if (c->t->entry_count <= VL_MAX_TABLE_ENTRIES)
		return vl_pass();
	return vl_fail(d, c->t->offset + VL_OFF_region_header_entry_count,
		       "at most 2047", "%u", c->t->entry_count);
}

static enum vhdxlog_status region_reserved_nonzero(const void *subject,
						   struct vl_detail *d)
{
	const struct copy *c = subject;

	if (!c->header.reserved)
		return vl_pass();
	return vl_fail(d, c->t->offset + VL_OFF_region_header_reserved, "0",
		       "0x%08x", c->header.reserved);
}

static enum vhdxlog_status region_slack_nonzero(const void *subject,
						struct vl_detail *d)
{
	const struct copy *c = subject;
	size_t i = VL_SIZE_region_header +
		   c->t->region_count * VL_SIZE_region_entry;

	i += vl_first_nonzero(c->bytes + i, VL_SLOT_SIZE - i);
	if (i == VL_SLOT_SIZE)
		return vl_pass();
	return vl_fail(d, c->t->offset + i, "0", "0x%02x", c->bytes[i]);
}

static const vl_check_fn copy_checks[VLC_COUNT] = {
	[VLC_region_signature_bad] = region_signature_bad,
	[VLC_region_checksum_bad] = region_checksum_bad,
	[VLC_region_entry_count_too_large] = region_entry_count_too_large,
	[VLC_region_reserved_nonzero] = region_reserved_nonzero,
	[VLC_region_slack_nonzero] = region_slack_nonzero,
};

static int decode_copy(struct copy *c, struct vhdxlog_region_table *t,
		       struct vhdxlog_error *err)
{
	struct vhdxlog_region *regions;

	vl_region_header_decode(c->bytes, &c->header);
	t->checksum_stored = c->header.checksum;
	t->checksum_computed = vl_crc32c_sealed(c->bytes, VL_SLOT_SIZE);
	t->entry_count = c->header.entry_count;
	if (memcmp(c->bytes, vl_region_signature, 4) != 0)
		return 0;
	t->region_count =
		(size_t)vl_min64(t->entry_count, VL_MAX_TABLE_ENTRIES);
	regions = vl_calloc(t->region_count, sizeof(*regions));
	if (!regions)
		return vl_nomem(err);
	for (size_t i = 0; i < t->region_count; i++)
		vl_region_decode(c->bytes + VL_SIZE_region_header +
					 i * VL_SIZE_region_entry,
				 &regions[i]);
	t->regions = regions;
	return 0;
}

static int read_copy(struct vl_image *image, const struct vl_view *view,
		     unsigned number, uint8_t *bytes,
		     struct vhdxlog_error *err)
{
	struct vhdxlog_region_table *t = &image->table[number - 1];
	struct vl_judgement *j = image->table_judgement[number - 1];
	struct copy c = { t, bytes, { 0 }, true };
	int rc;

	t->number = number;
	t->offset = VL_TABLE_OFFSET(number);
	c.in_file = view->size >= t->offset + VL_SLOT_SIZE;
	rc = vl_structure_read(image, view, t->offset, bytes, VL_SLOT_SIZE,
			       &t->readable, err);
	if (!rc && t->readable)
		rc = decode_copy(&c, t, err);
	if (rc)
		return rc;
	vl_judge(VHDXLOG_OBJECT_REGION_TABLE, copy_checks, &c, j);
	t->valid = vl_copy_is_valid(j, VHDXLOG_OBJECT_REGION_TABLE,
				    image->strict);
	return 0;
}

/* ------------------------------------------------------------- both copies */

const struct vhdxlog_region *
vl_region_first(const struct vhdxlog_region_table *t,
		const struct vhdxlog_guid *guid)
{
	for (size_t n = 0; n < t->region_count; n++) {
		if (vl_guid_equal(&t->regions[n].guid, guid))
			return &t->regions[n];
	}
	return NULL;
}

/* S is silent on which copy counts; readers take the first that is sound. */
static void choose(struct vl_image *i)
{
	unsigned n = i->table[0].valid ? 0 : 1;

	i->bat = i->metadata_region = NULL;
	if (!i->table[n].valid)
		return;
	i->table[n].chosen = true;
	i->chosen = &i->table[n];
	i->bat = vl_region_first(i->chosen, &vl_region_bat);
	i->metadata_region = vl_region_first(i->chosen, &vl_region_metadata);
}

/* What tables say is judged; what is assumed instead is only used. */
static void assume(struct vl_image *i)
{
	const struct vl_assumed *a = &i->assumed;

	if (!a->regions)
		return;
	i->bat = a->bat.length ? &a->bat : NULL;
	i->metadata_region = a->metadata.length ? &a->metadata : NULL;
}

static const struct vl_range header_section[] = {
	{ 0, VL_HEADER_OFFSET(1), VHDXLOG_AREA_IDENTIFIER },
	{ VL_HEADER_OFFSET(1), 2 * VL_SLOT_SIZE, VHDXLOG_AREA_HEADERS },
	{ VL_TABLE_OFFSET(1), 2 * VL_SLOT_SIZE, VHDXLOG_AREA_REGION_TABLES },
	{ VL_RESERVED_OFFSET, VL_HEADER_SECTION - VL_RESERVED_OFFSET,
	  VHDXLOG_AREA_RESERVED },
};

static struct vl_range area_of(const struct vl_image *i,
			       const struct vhdxlog_region *region)
{
	return (struct vl_range){
		region->offset, region->length,
		region == i->bat	     ? VHDXLOG_AREA_BAT :
		region == i->metadata_region ? VHDXLOG_AREA_METADATA :
					       VHDXLOG_AREA_OTHER_REGION
	};
}

/* The regions that count; r has room for two, and all of the chosen table. */
static size_t region_areas(const struct vl_image *i, struct vl_range *r)
{
	size_t n = 0;

	if (i->assumed.regions) {
		if (i->bat)
			r[n++] = area_of(i, i->bat);
		if (i->metadata_region)
			r[n++] = area_of(i, i->metadata_region);
		return n;
	}
	for (; i->chosen && n < i->chosen->region_count; n++)
		r[n] = area_of(i, &i->chosen->regions[n]);
	return n;
}

/* Header section, log and regions: what a byte belongs to. */
static int find_areas(struct vl_image *i, struct vhdxlog_error *err)
{
	size_t fixed = sizeof(header_section) / sizeof(*header_section);
	size_t most = i->chosen ? i->chosen->region_count : 0;
	struct vl_range *r = vl_calloc(fixed + 3 + most, sizeof(*r));
	size_t n;
	bool ok;

	if (!r)
		return vl_nomem(err);
	n = region_areas(i, r);
	if (i->log.known)
		r[n++] = (struct vl_range){ i->log.offset, i->log.length,
					    VHDXLOG_AREA_LOG };
	memcpy(r + n, header_section, sizeof(header_section));
	ok = vl_areas_init(&i->areas, r, n + fixed);
	free(r);
	return ok ? 0 : vl_nomem(err);
}

int vl_regions_settle(struct vl_image *i, struct vhdxlog_error *err)
{
	choose(i);
	vl_judge(VHDXLOG_OBJECT_IMAGE, vl_region_checks, i, i->judgement);
	assume(i);
	vl_areas_release(&i->areas);
	return find_areas(i, err);
}

int vl_regions_read(struct vl_image *i, const struct vl_view *view,
		    struct vhdxlog_error *err)
{
	uint8_t *bytes = vl_calloc(2, VL_SLOT_SIZE);
	int rc = 0;

	if (!bytes)
		return vl_nomem(err);
	for (unsigned n = 1; !rc && n <= 2; n++)
		rc = read_copy(i, view, n, bytes + (n - 1) * VL_SLOT_SIZE, err);
	i->tables_equal = memcmp(bytes, bytes + VL_SLOT_SIZE,
				 VL_SLOT_SIZE) == 0;
	free(bytes);
	return rc ? rc : vl_regions_settle(i, err);
}
