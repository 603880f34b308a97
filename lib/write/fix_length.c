/* SPDX-License-Identifier: MIT */
/*
 * A file that was cut, made as long again as its BAT, its regions and its log
 * need it. What was cut off is gone: it reads as zero, and each block that had
 * anything there is named.
 */
#include "write/fix.h"

#include "base/bytes.h"
#include "base/error.h"
#include "ondisk/bat.h"

#include <inttypes.h>
#include <stdio.h>

#define RESTS_ON                                                          \
	(1u << VHDXLOG_GUESS_BAT | 1u << VHDXLOG_GUESS_METADATA |         \
	 1u << VHDXLOG_GUESS_BLOCK_SIZE)

struct length_case {
	struct vl_fix *f;
	struct vl_bat_geometry geometry;
	struct vhdxlog_overlay *disk; /* owned */
	uint64_t size;		      /* of the file before */
	uint64_t need;		      /* ... and to be */
	uint64_t farthest;	      /* entry, whose block ends there */
};

static uint64_t whole(const struct length_case *c,
		      const struct vhdxlog_bat_entry *e)
{
	return e->is_bitmap ? VL_MIB : c->geometry.block_size;
}

/* Call for every block that has a place in the file. */
static int each_block(struct length_case *c,
		      bool (*look)(struct length_case *c,
				   const struct vhdxlog_bat_entry *e,
				   const void *ctx),
		      const void *ctx, struct vhdxlog_error *err)
{
	enum vhdxlog_certainty certainty;
	struct vhdxlog_bat_entry e;
	uint64_t cursor = 0;
	int rc;

	/* Ends: the cursor goes up, to the end of the region. */
	while ((rc = vhdxlog_overlay_bat_next(c->disk, &cursor, &e,
					      &certainty, err)) == 0) {
		if (e.index >= c->geometry.entries)
			break;
		if (VL_BAT_HAS_PLACE(e.raw) && !look(c, &e, ctx))
			return vl_nomem(err);
	}
	return rc < 0 ? rc : 0;
}

static bool reach(struct length_case *c, const struct vhdxlog_bat_entry *e,
		  const void *ctx)
{
	uint64_t end = vl_end(e->file_offset, whole(c, e));

	(void)ctx;
	/* The last block may end with the disk: then it is whole. */
	if (vl_end(e->file_offset, vl_bat_room(&c->geometry, e)) <= c->size ||
	    end <= c->need)
		return true;
	c->need = end;
	c->farthest = e->index;
	return true;
}

static uint64_t common(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
	uint64_t from = vl_max64(a, b), to = vl_min64(a_end, b_end);

	return to > from ? to - from : 0;
}

static bool lose(struct length_case *c, const struct vhdxlog_bat_entry *e,
		 const void *ctx)
{
	const struct vl_fix_cut *cut = ctx;
	uint64_t end = vl_end(e->file_offset, vl_bat_room(&c->geometry, e));
	uint64_t gone = common(e->file_offset, end, cut->from, cut->to) +
			common(e->file_offset, end,
			       vl_max64(c->size, cut->to), UINT64_MAX);
	const struct vl_fix_lost lost = {
		.block = e->block,
		.is_bitmap = e->is_bitmap,
		.index = e->index,
		.file_offset = e->file_offset,
		.virtual_offset = e->virtual_offset,
		.virtual_length = e->virtual_length,
		.bytes = gone,
	};

	return !gone || vl_fix_lose(&c->f->record, &lost);
}

/* Where the regions and the log end. */
static void reach_regions(struct length_case *c)
{
	const struct vhdxlog_log *log = vhdxlog_log(c->f->scan);

	c->need = c->size;
	for (unsigned n = 1; n <= 2; n++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(c->f->scan, n);

		for (size_t i = 0; t->chosen && i < t->region_count; i++)
			c->need = vl_max64(c->need,
					   vl_end(t->regions[i].offset,
						  t->regions[i].length));
	}
	if (log->known)
		c->need = vl_max64(c->need, vl_end(log->offset, log->length));
}

/*
 * More than twice what the disk and all that describes it come to no writer
 * reaches: an entry is damaged, and the file would grow without end.
 */
bool vl_fix_is_too_long(struct vhdxlog_scan *scan, uint64_t size, bool force)
{
	struct vl_bat_geometry g;

	if (force || !vl_fix_geometry(scan, &g))
		return size > INT64_MAX || !force;
	return size > 2 * (g.blocks * g.block_size + g.entries * 8 + VL_GIB);
}

static int tell(struct length_case *c, const struct vl_fix_cut *cut,
		struct vhdxlog_error *err)
{
	const struct vl_fix_record *r = &c->f->record;
	uint64_t blocks = r->lost_count + r->lost_left;
	uint64_t before = cut->to > cut->from ? cut->from : c->size;
	bool ok = vl_fix_message(&c->f->record,
				 "the file was made %" PRIu64 " bytes long, "
				 "from %" PRIu64 "; what is new is zero, and "
				 "%" PRIu64 " block%s lost bytes there",
				 c->need, before, blocks,
				 blocks == 1 ? "" : "s");

	if (ok && cut->to > cut->from)
		ok = vl_fix_evidence(&c->f->record,
				     "FlushedFileOffset of the newest entry "
				     "says that the file was %" PRIu64
				     " bytes long on the disk",
				     cut->to);
	if (ok && c->farthest != UINT64_MAX)
		ok = vl_fix_evidence(&c->f->record,
				     "BAT entry %" PRIu64 " has a block that "
				     "ends at %" PRIu64,
				     c->farthest, c->need);
	else if (ok && c->need > c->size)
		ok = vl_fix_evidence(&c->f->record,
				     "a region or the log ends at %" PRIu64,
				     c->need);
	return ok ? 0 : vl_nomem(err);
}

static int refuse_length(struct length_case *c)
{
	char what[64] = "what says where a region or the log is";

	if (c->farthest != UINT64_MAX)
		snprintf(what, sizeof(what), "BAT entry %" PRIu64, c->farthest);
	return vl_fix_refuse(c->f,
			     "the file would have to be %" PRIu64 " bytes long, "
			     "which is more than such a disk can need; %s is "
			     "damaged rather%s",
			     c->need, what,
			     c->f->force ? "" : " (or give --force)");
}

static int extend(struct length_case *c, const struct vl_fix_cut *cut,
		  struct vhdxlog_error *err)
{
	int rc;

	reach_regions(c);
	rc = each_block(c, reach, NULL, err);
	if (rc)
		return rc;
	if (c->need == c->size && cut->from >= cut->to)
		return vl_fix_pass(c->f, "the file is as long as its BAT needs");
	if (vl_fix_doubts(c->f, RESTS_ON))
		return 0;
	if (c->need > c->size &&
	    vl_fix_is_too_long(c->f->scan, c->need, c->f->force))
		return refuse_length(c);
	c->f->size = c->need;
	rc = each_block(c, lose, cut, err);
	return rc ? rc : tell(c, cut, err);
}

int vl_fix_length(struct vl_fix *f, const struct vl_fix_cut *cut,
		  struct vhdxlog_error *err)
{
	struct length_case c = { .f = f,
				 .size = f->view->size,
				 .farthest = UINT64_MAX };
	int rc;

	if (!vl_fix_geometry(f->scan, &c.geometry))
		return vl_fix_refuse(f, "the BAT cannot be read as a whole, so "
					"how long the file has to be cannot be "
					"told");
	rc = vhdxlog_overlay_disk(f->scan, &c.disk, err);
	if (!rc)
		rc = extend(&c, cut, err);
	vhdxlog_overlay_close(c.disk);
	return rc;
}

/* -------------------------------------------------- what is to be replayed */

/* The sector of the head of the active sequence. */
static bool find_head(struct vhdxlog_scan *scan, uint32_t *sector)
{
	struct vhdxlog_sequence q;

	for (size_t i = 0; i < vhdxlog_sequence_count(scan); i++) {
		if (vhdxlog_sequence_at(scan, i, &q, NULL) == 0 && q.active) {
			*sector = q.id.head;
			return true;
		}
	}
	return false;
}

bool vl_fix_flushed(struct vhdxlog_scan *scan,
		    const struct vhdxlog_range *sequence, uint64_t *flushed)
{
	uint32_t sector = sequence ? sequence->head : 0;
	struct vhdxlog_entry e;

	if (!sequence && !find_head(scan, &sector))
		return false;
	if (vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, sector), &e, NULL))
		return false;
	*flushed = e.flushed_file_offset;
	return true;
}
