/* SPDX-License-Identifier: MIT */
/*
 * Whether pages of region tables and metadata make sense where they go. They are
 * laid there, and what they are pages of is read and judged anew: as a whole, as
 * one page of a table says nothing.
 *
 * A region table has a checksum of its own. Metadata has none: it is believed where
 * the damage was seen elsewhere, it keeps all its rules, and what no writer ever
 * changes is as it was: so is the disk's size, and what belongs to no item.
 */
#include "view/salvage_parts.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdlib.h>
#include <string.h>

static bool is_open(const struct vl_salvage_item *item, enum vhdxlog_area area)
{
	return !item->reason && item->area == area &&
	       item->d.kind == VHDXLOG_DESCRIPTOR_DATA;
}

static bool goes_to_tables(const struct vl_salvage_item *item)
{
	return is_open(item, VHDXLOG_AREA_REGION_TABLES);
}

static bool goes_to_metadata(const struct vl_salvage_item *item)
{
	return is_open(item, VHDXLOG_AREA_METADATA);
}

/* Tables as well: where they say that metadata is, it is looked for. */
static bool goes_to_either(const struct vl_salvage_item *item)
{
	return goes_to_tables(item) || goes_to_metadata(item);
}

static void refuse(struct vl_salvage_case *c,
		   bool (*which)(const struct vl_salvage_item *),
		   const char *reason)
{
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		if (which(&c->items[i]) && !c->items[i].same)
			c->items[i].reason = reason;
	}
}

/* -------------------------------------------------------------------- trial */

/* The file with the pages laid over it; release both. */
static int lay(const struct vl_salvage_case *c,
	       bool (*wanted)(const struct vl_salvage_item *),
	       struct vl_overlay *with, struct vhdxlog_error *err)
{
	const struct vl_overlay *before = c->before;
	struct vl_pile pile;
	struct vl_layers layers;
	int rc = vl_case_layers(c, wanted, &layers, err);

	if (rc)
		return rc;
	pile.n = before->pile.n + layers.count;
	pile.layer = vl_calloc(pile.n, sizeof(*pile.layer));
	if (!pile.layer)
		return vl_nomem(err);
	if (before->pile.n)
		memcpy(pile.layer, before->pile.layer,
		       before->pile.n * sizeof(*pile.layer));
	for (uint32_t k = 0; k < layers.count; k++)
		pile.layer[before->pile.n + k] = layers.first + k;
	return vl_overlay_of(with, before->disk, c->base->log, pile,
			     before->view.size, err);
}

/* What is read anew with them; *image is to be released, also after a failure. */
static int try_pages(const struct vl_salvage_case *c,
		     bool (*wanted)(const struct vl_salvage_item *),
		     struct vl_image *image, struct vhdxlog_error *err)
{
	struct vl_overlay with = { .log = NULL };
	int rc = lay(c, wanted, &with, err);

	if (!rc)
		rc = vl_image_reread(image, c->base->image, &with.view, err);
	vl_overlay_release(&with);
	return rc;
}

/* ------------------------------------------------------------------- judging */

/* Which of the two tables an item is for. */
static unsigned table_of(const struct vl_salvage_item *item)
{
	return item->d.file_offset >= VL_TABLE_OFFSET(2);
}

static void judge_region_tables(struct vl_salvage_case *c,
				const struct vl_image *with)
{
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		struct vl_salvage_item *item = &c->items[i];

		if (goes_to_tables(item) && !item->same &&
		    !with->table[table_of(item)].valid)
			item->reason = "the region table would not be sound "
				       "with it";
	}
}

/* The first rule of the metadata that is broken with the pages and was not. */
static bool breaks_rule(const struct vl_image *before,
			const struct vl_image *with)
{
	for (unsigned i = VLC_metadata_signature_bad; i < VLC_COUNT; i++) {
		const struct vhdxlog_check *check = vl_check((enum vl_check_id)i);

		if (strcmp(check->area, "metadata") != 0 &&
		    strcmp(check->area, "locator") != 0)
			continue;
		if (check->class_ != VHDXLOG_CLASS_W &&
		    with->judgement->status[i] != before->judgement->status[i] &&
		    with->judgement->status[i] != VHDXLOG_PASS &&
		    with->judgement->status[i] != VHDXLOG_NOT_APPLICABLE)
			return true;
	}
	return false;
}

/*
 * Whether what is given to a disk when it is made is still the same. Its size may
 * change, but a damaged one keeps all rules as well.
 */
static bool keeps_disk(const struct vhdxlog_metadata *a,
		       const struct vhdxlog_metadata *b)
{
	return a->block_size == b->block_size && a->fixed == b->fixed &&
	       a->virtual_disk_size == b->virtual_disk_size &&
	       a->has_parent == b->has_parent &&
	       a->logical_sector_size == b->logical_sector_size &&
	       a->physical_sector_size == b->physical_sector_size &&
	       vl_guid_equal(&a->virtual_disk_id, &b->virtual_disk_id);
}

/* Which bytes of the page at `at` of the metadata region its table or an item has;
 * linear in the items, however they overlap. */
static void find_owned(const struct vl_metadata *m, uint64_t at,
		       bool owned[VL_SECTOR])
{
	int32_t begin[VL_SECTOR + 1] = { 0 }, depth = 0;

	for (size_t i = 0; i <= m->n; i++) {
		uint64_t off = i < m->n ? m->entries[i].offset : 0;
		uint64_t len = i < m->n ? m->entries[i].length :
					  VL_SIZE_metadata_header +
						  m->n * VL_SIZE_metadata_entry;

		if (!vl_overlap(off, len, at, VL_SECTOR))
			continue;
		begin[vl_max64(off, at) - at]++;
		begin[vl_min64(off + len, at + VL_SECTOR) - at]--;
	}
	for (unsigned i = 0; i < VL_SECTOR; i++) {
		depth += begin[i];
		owned[i] = depth > 0;
	}
}

/* Nothing reads it, so nothing there can tell a damage from a change. */
static int refuse_changed_slack(const struct vl_salvage_case *c,
				struct vl_salvage_item *item,
				struct vhdxlog_error *err)
{
	const struct vl_metadata *m = &c->base->image->metadata;
	uint8_t old[VL_SECTOR], new[VL_SECTOR];
	bool owned[VL_SECTOR];
	int rc = vl_item_before(c, item, old, err);

	if (!rc)
		rc = vl_item_page(c, item, new, err);
	if (rc)
		return rc;
	find_owned(m, item->d.file_offset - m->base, owned);
	for (unsigned i = 0; i < VL_SECTOR && !item->reason; i++) {
		if (!owned[i] && old[i] != new[i])
			item->reason = "it changes bytes of the metadata that "
				       "belong to no item";
	}
	return 0;
}

static int judge_slack(struct vl_salvage_case *c, struct vhdxlog_error *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < c->h.descriptor_count; i++) {
		if (goes_to_metadata(&c->items[i]) && !c->items[i].same)
			rc = refuse_changed_slack(c, &c->items[i], err);
	}
	return rc;
}

static const char *judge_metadata(const struct vl_salvage_case *c,
				  const struct vl_image *with)
{
	const struct vl_image *before = c->base->image;

	if (c->proof == VL_SALVAGE_UNEXPLAINED)
		return "nothing in the metadata checks itself, and it is not "
		       "known where the entry is damaged";
	if (!before->pub.metadata_known || !with->pub.metadata_known)
		return "the metadata cannot be followed";
	if (breaks_rule(before, with))
		return "the metadata would break a rule with it";
	if (!keeps_disk(&before->pub.metadata, &with->pub.metadata))
		return "it changes what never changes in the metadata of a disk";
	return NULL;
}

/* --------------------------------------------------------------------- pages */

/* Whether each is what was there already; how many are not. */
static int find_same(struct vl_salvage_case *c, uint32_t *differ,
		     struct vhdxlog_error *err)
{
	for (uint32_t i = 0; i < c->h.descriptor_count; i++) {
		struct vl_salvage_item *item = &c->items[i];
		uint8_t old[VL_SECTOR], new[VL_SECTOR];
		int rc;

		if (!goes_to_either(item))
			continue;
		rc = vl_item_before(c, item, old, err);
		if (!rc)
			rc = vl_item_page(c, item, new, err);
		if (rc == VHDXLOG_E_IO) {
			item->reason = "it, or what was there, cannot be read";
			continue;
		}
		if (rc)
			return rc;
		item->same = memcmp(old, new, VL_SECTOR) == 0;
		*differ += !item->same;
	}
	return 0;
}

static int judge(struct vl_salvage_case *c, struct vhdxlog_error *err)
{
	struct vl_image with = { .strict = false };
	const char *reason;
	int rc = try_pages(c, goes_to_either, &with, err);

	if (!rc) {
		judge_region_tables(c, &with);
		reason = judge_metadata(c, &with);
		if (reason)
			refuse(c, goes_to_metadata, reason);
		else
			rc = judge_slack(c, err);
	}
	vl_image_release(&with);
	return rc;
}

int vl_case_tables(struct vl_salvage_case *c, struct vl_salvage_state *s,
		   struct vhdxlog_error *err)
{
	uint32_t differ = 0;
	int rc = find_same(c, &differ, err);

	if (rc || !differ || c->proof == VL_SALVAGE_CHECKSUM)
		return rc;
	if (s->trials++ >= VL_MAX_SALVAGE_TRIALS) {
		refuse(c, goes_to_either,
		       "tables were read again as often as is worth while");
		return 0;
	}
	rc = judge(c, err);
	if (rc != VHDXLOG_E_IO && rc != VHDXLOG_E_RANGE)
		return rc;
	refuse(c, goes_to_either, "what it is a part of cannot be read");
	return 0;
}
