/* SPDX-License-Identifier: MIT */
/* Region tables: from the other copy, or from what was found. [MS-VHDX] 2.2.3 */
#include "write/fix.h"

#include "base/alloc.h"
#include "base/error.h"
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

/* A region as it was guessed, or as the table that counts has it. */
static bool find_region(const struct vl_fix *f, enum vhdxlog_guess_kind kind,
			const struct vhdxlog_guid *guid,
			struct vhdxlog_region *region)
{
	size_t guess = vl_fix_guess(f->scan, kind);
	const struct vhdxlog_guess *g;

	*region = (struct vhdxlog_region){ .guid = *guid, .required = 1 };
	if (guess == SIZE_MAX)
		return false;
	g = vhdxlog_guess_at(f->scan, guess);
	region->offset = g->offset;
	region->length = (uint32_t)g->length;
	return g->length && g->length <= UINT32_MAX;
}

static bool cite_region(struct vl_fix *f, const char *name,
			const struct vhdxlog_region *r,
			enum vhdxlog_guess_kind kind)
{
	char size[VHDXLOG_SIZE_TEXT];

	return vl_fix_evidence(&f->record, "%s at 0x%" PRIx64 ", %s", name,
			       r->offset, vhdxlog_size_format(r->length, size)) &&
	       vl_fix_cite(f, vl_fix_guess(f->scan, kind));
}

static int rebuild(struct vl_fix *f, uint8_t *b, struct vhdxlog_error *err)
{
	struct vhdxlog_region r[2];
	int rc = 0;

	if (!find_region(f, VHDXLOG_GUESS_BAT, &vl_region_bat, &r[0]))
		return vl_fix_refuse(f, "no region table is usable, and where "
					"the BAT is cannot be told");
	if (!find_region(f, VHDXLOG_GUESS_METADATA, &vl_region_metadata, &r[1]))
		return vl_fix_refuse(f, "no region table is usable, and where "
					"the metadata is cannot be told");
	vl_region_table_encode(r, 2, b);
	for (unsigned number = 1; !rc && number <= 2; number++)
		rc = put_table(f, number, b, err);
	if (!rc && (!vl_fix_message(&f->record,
				    "both region tables were made anew from "
				    "where BAT and metadata were found") ||
		    !cite_region(f, "BAT", &r[0], VHDXLOG_GUESS_BAT) ||
		    !cite_region(f, "metadata", &r[1], VHDXLOG_GUESS_METADATA)))
		rc = vl_nomem(err);
	return rc;
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
	return vl_fix_pass(f, "both region tables are usable");
}

int vl_fix_regions(struct vl_fix *f, struct vhdxlog_error *err)
{
	uint8_t *b = vl_calloc(1, VL_SLOT_SIZE);
	int rc = b ? mend(f, b, err) : vl_nomem(err);

	free(b);
	return rc;
}
