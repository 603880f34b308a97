/* SPDX-License-Identifier: MIT */
/* Region tables: from the other copy, or from what was found. [MS-VHDX] 2.2.3 */
#include "write/fix_regions.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "write/encode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int put_table(struct vl_fix *f, unsigned number, const uint8_t *b,
		     struct vhdxlog_error *err)
{
	return vl_fix_put(f, VL_TABLE_OFFSET(number), b, VL_SLOT_SIZE,
			  VHDXLOG_AREA_REGION_TABLES, err);
}

static int copy_other(struct vl_fix *f, unsigned from, uint8_t *b,
		      struct vhdxlog_error *err)
{
	int rc = vl_view_read(f->view, VL_TABLE_OFFSET(from), b, VL_SLOT_SIZE,
			      err);

	if (!rc)
		rc = put_table(f, 3 - from, b, err);
	if (!rc && !vl_fix_message(&f->record,
				   "region table %u was made anew from region "
				   "table %u",
				   3 - from, from))
		rc = vl_nomem(err);
	if (!rc && !vl_fix_evidence(&f->record,
				    "region table %u is whole (checksum 0x%08x)",
				    from,
				    vhdxlog_region_table(f->scan, from)
					    ->checksum_stored))
		rc = vl_nomem(err);
	return rc;
}

/* As the table that counts has it, if one does. */
static bool find_named(const struct vl_fix *f, const struct vhdxlog_guid *guid,
		       struct vhdxlog_region *region)
{
	for (unsigned number = 1; number <= 2; number++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(f->scan, number);

		for (size_t i = 0; t->chosen && i < t->region_count; i++) {
			if (!vl_guid_equal(&t->regions[i].guid, guid))
				continue;
			*region = t->regions[i];
			return true;
		}
	}
	return false;
}

/* A region as it was guessed, or as the table that counts has it. */
static bool find_region(const struct vl_fix *f, enum vhdxlog_guess_kind kind,
			const struct vhdxlog_guid *guid,
			struct vhdxlog_region *region)
{
	size_t guess = vl_fix_guess(f->scan, kind);
	const struct vhdxlog_guess *g;

	*region = (struct vhdxlog_region){ .guid = *guid, .required = 1 };
	if (guess == SIZE_MAX)
		return find_named(f, guid, region);
	g = vhdxlog_guess_at(f->scan, guess);
	region->offset = g->offset;
	region->length = (uint32_t)g->length;
	return g->length && g->length <= UINT32_MAX;
}

/* Whether the table has the region where it is, and as long. */
static bool names(const struct vhdxlog_region_table *t,
		  const struct vhdxlog_region *r)
{
	for (size_t i = 0; i < t->region_count; i++) {
		if (vl_guid_equal(&t->regions[i].guid, &r->guid))
			return t->regions[i].offset == r->offset &&
			       t->regions[i].length == r->length;
	}
	return false;
}

static bool cite_region(struct vl_fix *f, const char *name,
			const struct vhdxlog_region *r,
			enum vhdxlog_guess_kind kind)
{
	char size[VHDXLOG_SIZE_TEXT];

	size_t guess = vl_fix_guess(f->scan, kind);

	return vl_fix_evidence(&f->record, "%s at 0x%" PRIx64 ", %s%s", name,
			       r->offset, vhdxlog_size_format(r->length, size),
			       guess == SIZE_MAX ? ": a region table that is "
						   "whole names it" :
						   "") &&
	       vl_fix_cite(f, guess);
}

/* ----------------------------------------------------------------- from neither */

static int put_both(struct vl_fix *f, struct vl_new_table *t, uint8_t *b,
		    struct vhdxlog_error *err)
{
	int rc = 0;

	if (!vl_fix_message(&f->record, "both region tables were made anew from "
					"where BAT and metadata were found") ||
	    !cite_region(f, "BAT", &t->list[0], VHDXLOG_GUESS_BAT) ||
	    !cite_region(f, "metadata", &t->list[1], VHDXLOG_GUESS_METADATA) ||
	    !vl_fix_keep_others(f, t))
		return vl_nomem(err);
	if (t->illegible && !f->force)
		return vl_fix_refuse(f, "the region tables name %zu more "
					"region%s which cannot be where they "
					"say, and would be lost; --force "
					"accepts that",
				     t->illegible, t->illegible == 1 ? "" : "s");
	if (t->illegible &&
	    !vl_fix_evidence(&f->record,
			     "%zu more region%s, of which the place cannot be "
			     "read any more, %s lost",
			     t->illegible, t->illegible == 1 ? "" : "s",
			     t->illegible == 1 ? "is" : "are"))
		return vl_nomem(err);
	vl_region_table_encode(t->list, t->n, b);
	for (unsigned number = 1; !rc && number <= 2; number++)
		rc = put_table(f, number, b, err);
	return rc;
}

/* The copy that is whole, does not count, and names what was found; 0: none. */
static unsigned find_right_copy(const struct vl_fix *f,
				const struct vhdxlog_region *bat,
				const struct vhdxlog_region *metadata)
{
	for (unsigned number = 1; number <= 2; number++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(f->scan, number);

		if (t->valid && !t->chosen && names(t, bat) &&
		    names(t, metadata))
			return number;
	}
	return 0;
}

/* All that it says, other regions as well. */
static int copy_right(struct vl_fix *f, unsigned from,
		      const struct vhdxlog_region *r, uint8_t *b,
		      struct vhdxlog_error *err)
{
	if (!cite_region(f, "BAT", &r[0], VHDXLOG_GUESS_BAT) ||
	    !cite_region(f, "metadata", &r[1], VHDXLOG_GUESS_METADATA) ||
	    !vl_fix_evidence(&f->record,
			     "region table %u, which readers take, says "
			     "otherwise, and does not fit the file",
			     3 - from))
		return vl_nomem(err);
	return copy_other(f, from, b, err);
}

static int rebuild(struct vl_fix *f, uint8_t *b, struct vhdxlog_error *err)
{
	struct vhdxlog_region r[2 + VL_FIX_MOST_OTHERS];
	struct vl_new_table t = { .list = r, .n = 2 };
	unsigned right;

	if (!find_region(f, VHDXLOG_GUESS_BAT, &vl_region_bat, &r[0]))
		return vl_fix_refuse(f, "no region table is usable, and where "
					"the BAT is cannot be told");
	if (!find_region(f, VHDXLOG_GUESS_METADATA, &vl_region_metadata, &r[1]))
		return vl_fix_refuse(f, "no region table is usable, and where "
					"the metadata is cannot be told");
	if (vl_fix_doubts(f, 1u << VHDXLOG_GUESS_BAT |
				     1u << VHDXLOG_GUESS_METADATA))
		return 0;
	right = vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE,
			     "region-tables-foreign") ?
			find_right_copy(f, &r[0], &r[1]) :
			0;
	return right ? copy_right(f, right, r, b, err) :
		       put_both(f, &t, b, err);
}

/* -------------------------------------------------------------------- the whole */

/* Nothing tells which of them is right. */
static bool is_unsure(const struct vl_fix *f)
{
	return vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE,
			    "region-tables-disagree");
}

/* The region of that kind in both copies is the same one. */
static bool agree_on(const struct vl_fix *f, const struct vhdxlog_guid *guid)
{
	const struct vhdxlog_region *found[2] = { NULL, NULL };

	for (unsigned k = 0; k < 2; k++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(f->scan, k + 1);

		for (size_t i = 0; !found[k] && i < t->region_count; i++) {
			if (vl_guid_equal(&t->regions[i].guid, guid))
				found[k] = &t->regions[i];
		}
	}
	return found[0] && found[1] && found[0]->offset == found[1]->offset &&
	       found[0]->length == found[1]->length;
}

/* Both are whole and say different things: readers take the one that counts. */
static int copy_chosen(struct vl_fix *f, uint8_t *b, struct vhdxlog_error *err)
{
	unsigned from = vhdxlog_region_table(f->scan, 1)->chosen ? 1 : 2;

	if (!f->force && is_unsure(f))
		return vl_fix_refuse(f, "both region tables are whole, and name "
					"different places for BAT or metadata; "
					"nothing tells which is right; --force "
					"takes region table %u, as readers do",
				     from);
	if (!f->force && agree_on(f, &vl_region_bat) &&
	    agree_on(f, &vl_region_metadata))
		return vl_fix_refuse(f, "both region tables are whole, and "
					"differ in more than where BAT and "
					"metadata are; --force takes region "
					"table %u, as readers do",
				     from);
	if (!vl_fix_evidence(&f->record,
			     "region table %u is whole, too, but says otherwise; "
			     "readers take region table %u, and the file is as "
			     "that says",
			     3 - from, from))
		return vl_nomem(err);
	return copy_other(f, from, b, err);
}

/* What neither copy says, none can be mended from. */
static int pass_or_refuse(struct vl_fix *f)
{
	static const char *const missing[] = {
		"region-bat-missing",
		"region-metadata-missing",
		"region-required-unknown",
	};

	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		if (vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, missing[i]))
			return vl_fix_refuse(f, "both region tables are whole, "
						"and neither can be mended from "
						"the other: %s",
					     missing[i]);
	}
	return vl_fix_pass(f, "both region tables are usable");
}

static int mend(struct vl_fix *f, uint8_t *b, struct vhdxlog_error *err)
{
	bool valid[2] = { vhdxlog_region_table(f->scan, 1)->valid,
			  vhdxlog_region_table(f->scan, 2)->valid };

	if ((!valid[0] && !valid[1]) ||
	    vl_fix_guess(f->scan, VHDXLOG_GUESS_BAT) != SIZE_MAX ||
	    vl_fix_guess(f->scan, VHDXLOG_GUESS_METADATA) != SIZE_MAX)
		return rebuild(f, b, err);
	if (!valid[0] || !valid[1])
		return copy_other(f, valid[0] ? 1 : 2, b, err);
	if (vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, "region-tables-differ"))
		return copy_chosen(f, b, err);
	return pass_or_refuse(f);
}

int vl_fix_regions(struct vl_fix *f, struct vhdxlog_error *err)
{
	uint8_t *b = vl_calloc(1, VL_SLOT_SIZE);
	int rc = b ? mend(f, b, err) : vl_nomem(err);

	free(b);
	return rc;
}
