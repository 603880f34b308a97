/* SPDX-License-Identifier: MIT */
/*
 * Pages of the BAT that QEMU shifted (view/shift.h): what went one slot up goes
 * back, blocks and all else alike. What was allocated since stays.
 *
 *	before	 a  b  c  d		O
 *	shifted	 N  a  b  c  (d lost)	N[i] = O[i - 1], N[0] new
 *	since	 N  a  E  c		slot 2 written anew: b is in none
 *	mended	 N  b  E  d
 *
 * (E took c's slot, and c is in the one behind: taken. Both cannot stay, so that
 * is refused, or with force the later one stays.)
 */
#include "write/fix.h"

#include "base/bytes.h"
#include "base/error.h"
#include "ondisk/bat.h"

#include <inttypes.h>
#include <string.h>

#define SLOTS (VL_SECTOR / 8)

struct page_case {
	struct vl_fix *f;
	struct vhdxlog_scan *scan; /* that knows of the shifts */
	uint64_t first;	 /* index of the page's first entry */
	uint64_t offset; /* of the page in the file */
	bool any;
	bool moved[SLOTS + 1];	/* what is in it belongs one slot down */
	uint64_t lost[SLOTS];	/* the entry that belongs in it and is in none */
	struct vhdxlog_shift belongs[SLOTS]; /* of either */
	uint64_t blocks;
	bool any_guessed; /* of a page, no earlier version is known */
};

/* What is in a slot was allocated there, before the shift or since. */
static bool is_own(const struct page_case *p, const uint8_t *now, unsigned slot)
{
	return VL_BAT_HAS_PLACE(vl_le64(now + 8 * slot)) && !p->moved[slot];
}

/* Entries of no block are of one kind mostly; those of bitmaps are zero. */
static uint64_t filler(const struct page_case *p, const uint8_t *now,
		       unsigned slot)
{
	struct vhdxlog_bat_entry e;

	if (vhdxlog_bat_entry(p->scan, p->first + slot, &e, NULL) ||
	    e.is_bitmap)
		return 0;
	for (unsigned i = 1; i < SLOTS; i++) {
		uint64_t raw = vl_le64(now + 8 * i);

		if (!VL_BAT_HAS_PLACE(raw))
			return raw;
	}
	return 0;
}

static uint64_t mended(const struct page_case *p, const uint8_t *now,
		       unsigned slot)
{
	if (is_own(p, now, slot))
		return vl_le64(now + 8 * slot);
	if (p->lost[slot])
		return p->lost[slot];
	if (slot + 1 < SLOTS && !is_own(p, now, slot + 1))
		return vl_le64(now + 8 * (slot + 1));
	return filler(p, now, slot);
}

/* ------------------------------------------------------- what is said of it */

static bool cite_block(struct vl_fix *f, const struct vhdxlog_shift *s)
{
	char from[64] = "in none";

	if (!s->lost)
		snprintf(from, sizeof(from), "in entry %" PRIu64, s->index);
	return vl_fix_evidence(&f->record,
			       "%s %" PRIu64 ", at 0x%" PRIx64 " of the file, "
			       "was %s and is in entry %" PRIu64 " now%s",
			       s->is_bitmap ? "the bitmap of chunk" : "block",
			       s->block, s->file_offset, from, s->belongs,
			       s->certainty == VHDXLOG_INFERRED ?
				       " (by the order of allocation)" :
				       "");
}

/* Its own entry was given another place since. */
static bool set_aside(struct vl_fix *f, const struct vhdxlog_shift *s)
{
	const struct vl_fix_lost lost = {
		.block = s->block,
		.is_bitmap = s->is_bitmap,
		.index = s->belongs,
		.file_offset = s->file_offset,
		.virtual_offset = s->virtual_offset,
		.virtual_length = s->virtual_length,
		.bytes = s->virtual_length,
	};

	return vl_fix_lose(&f->record, &lost) &&
	       vl_fix_evidence(&f->record,
			       "block %" PRIu64 " was written anew after the "
			       "shift, and stays where that was; what it held "
			       "before is at 0x%" PRIx64 " of the file, which "
			       "no entry names any more",
			       s->block, s->file_offset);
}

static bool cite_page(struct vl_fix *f, const struct vhdxlog_shift *s)
{
	static const char *const how[] = {
		[VHDXLOG_SHIFT_LOG] = "the log has it from before and shifted",
		[VHDXLOG_SHIFT_LOG_AND_DISK] =
			"the log, or the file, has it from before",
		[VHDXLOG_SHIFT_DISK] =
			("a block is where none may be, and QEMU allocates at "
			 "the end of the file"),
	};
	char by[32] = "";

	if (s->entry != VHDXLOG_NO_SECTOR)
		snprintf(by, sizeof(by), "; E%" PRIu32 " shifted it",
			 s->entry);
	return vl_fix_evidence(&f->record,
			       "the page of the BAT with entry %" PRIu64
			       ": %s%s",
			       s->belongs, how[s->source], by);
}

/* ---------------------------------------------------------------- one page */

/* Each block that was elsewhere, and those for which there is no room. */
static int cite_blocks(struct page_case *p, const uint8_t *now, uint64_t *aside,
		       struct vhdxlog_error *err)
{
	bool ok = true, first = true;

	for (unsigned i = 0; ok && i < SLOTS; i++) {
		const struct vhdxlog_shift *s = &p->belongs[i];

		if (!p->moved[i + 1] && !p->lost[i])
			continue;
		if (first)
			ok = cite_page(p->f, s);
		first = false;
		*aside += is_own(p, now, i);
		ok = ok && (is_own(p, now, i) ? set_aside(p->f, s) :
						cite_block(p->f, s));
	}
	return ok ? 0 : vl_nomem(err);
}

static int mend_page(struct page_case *p, uint64_t *aside,
		     struct vhdxlog_error *err)
{
	uint8_t now[VL_SECTOR], *page;
	int rc;

	if (!p->any)
		return 0;
	page = vl_pages_at(&p->f->pages, p->f->view, p->offset,
			   VHDXLOG_AREA_BAT, err);
	if (!page)
		return err && err->code ? (int)err->code : VHDXLOG_E_NOMEM;
	memcpy(now, page, sizeof(now));
	rc = cite_blocks(p, now, aside, err);
	for (unsigned i = 0; i < SLOTS; i++)
		vl_put_le64(page + 8 * i, mended(p, now, i));
	return rc;
}

static void begin_page(struct page_case *p, uint64_t first, uint64_t offset)
{
	p->any = true;
	p->first = first;
	p->offset = offset;
	memset(p->moved, 0, sizeof(p->moved));
	memset(p->lost, 0, sizeof(p->lost));
}

static void note(struct page_case *p, const struct vhdxlog_shift *s)
{
	unsigned slot = (unsigned)(s->belongs % SLOTS);

	p->belongs[slot] = *s;
	p->blocks++;
	p->any_guessed |= s->source == VHDXLOG_SHIFT_DISK;
	if (s->lost)
		p->lost[slot] = s->file_offset | s->state;
	else
		p->moved[slot + 1] = true;
}

static int mend_all(struct page_case *p, uint64_t *aside,
		    struct vhdxlog_error *err)
{
	struct vhdxlog_bat_entry e;
	struct vhdxlog_shift s;
	uint64_t cursor = 0;
	int rc = 0, more;

	/* Ends: the shifts are counted, and come in order of their pages. */
	while ((more = vhdxlog_shift_next(p->scan, &cursor, &s, err)) == 0) {
		uint64_t first = s.belongs / SLOTS * SLOTS;

		if (!p->any || p->first != first) {
			rc = mend_page(p, aside, err);
			if (!rc)
				rc = vhdxlog_bat_entry(p->scan, s.belongs, &e,
						       err);
			if (rc)
				return rc;
			begin_page(p, first, e.offset - 8 * (s.belongs - first));
		}
		note(p, &s);
	}
	return more < 0 ? more : mend_page(p, aside, err);
}

/* ---------------------------------------------------------------- the whole */

static int tell(struct vl_fix *f, uint64_t blocks, uint64_t aside,
		struct vhdxlog_error *err)
{
	bool ok = vl_fix_message(
		&f->record,
		"%" PRIu64 " block%s went back into %s own BAT entr%s%s",
		blocks - aside, blocks - aside == 1 ? "" : "s",
		blocks - aside == 1 ? "its" : "their",
		blocks - aside == 1 ? "y" : "ies",
		aside ? "; of blocks that were written anew since the shift, "
			"what they held before was set aside" :
			"");

	return ok && vl_fix_evidence(&f->record,
				     "what a guest wrote after the shift through "
				     "an entry that was not its own is where "
				     "that entry pointed: in another block") &&
			       vl_fix_evidence(&f->record,
					       "a guest reads other bytes now, "
					       "so DataWriteGuid is new") ?
		       0 :
		       vl_nomem(err);
}

/* Where what was replayed shifted the page, no scan finds it as it was before. */
static int ask_unreplayed(const struct vl_fix *f, bool *knows_more,
			  struct vhdxlog_error *err)
{
	struct vhdxlog_bat_entry a, b;
	struct vhdxlog_shift s;
	uint64_t cursor = 0;
	int rc;

	*knows_more = false;
	if (!f->unreplayed || !vhdxlog_image(f->unreplayed)->bat.known)
		return 0;
	rc = vhdxlog_bat_entry(f->unreplayed, 0, &a, err);
	if (!rc)
		rc = vhdxlog_bat_entry(f->scan, 0, &b, err);
	if (rc)
		return rc;
	if (a.offset != b.offset)
		return 0;
	rc = vhdxlog_shift_next(f->unreplayed, &cursor, &s, err);
	*knows_more = rc == 0;
	return rc < 0 ? rc : 0;
}

int vl_fix_shift(struct vl_fix *f, struct vhdxlog_error *err)
{
	struct page_case p = { .f = f, .scan = f->scan };
	uint64_t aside = 0;
	bool knows_more;
	int rc;

	if (!vhdxlog_image(f->scan)->bat.known)
		return vl_fix_refuse(f, "the BAT cannot be read as a whole");
	rc = ask_unreplayed(f, &knows_more, err);
	if (rc)
		return rc;
	if (knows_more)
		p.scan = f->unreplayed;
	rc = mend_all(&p, &aside, err);
	if (rc)
		return rc;
	if (!p.any)
		return vl_fix_pass(f, "no block is in the BAT entry behind its "
				      "own");
	if (vl_fix_doubts(f, 1u << VHDXLOG_GUESS_BAT |
				     1u << VHDXLOG_GUESS_METADATA |
				     1u << VHDXLOG_GUESS_BLOCK_SIZE))
		return 0;
	if (p.any_guessed && !f->force)
		return vl_fix_refuse(
			f, "that blocks were moved is inferred from one that is "
			   "where none may be, and from the order of offsets: no "
			   "version of the page from before is there, and "
			   "damaged metadata looks the same; --force moves them");
	if (aside && !f->force)
		return vl_fix_refuse(
			f,
			"%" PRIu64 " of the shifted blocks %s written anew "
			"since, and what %s before would be set aside; "
			"--force accepts that, and the record names %s",
			aside, aside == 1 ? "was" : "were",
			aside == 1 ? "it held" : "they held",
			aside == 1 ? "it" : "them");
	f->new_data_write = true;
	return tell(f, p.blocks, aside, err);
}
