/* SPDX-License-Identifier: MIT */
#include "guess/log_find.h"

#include "base/bytes.h"
#include "guess/log_blocks.h"
#include "guess/log_layout.h"
#include "guess/log_length.h"
#include "guess/log_survey.h"

#include <inttypes.h>
#include <string.h>

#define MOST_STRETCHES 8u
/* Beyond the last MiB that begins with a record: of a ring that was gone round, in
 * which such starts are missing. */
#define FURTHER_ON (16 * VL_MIB)

/* What the evidence is worth; together, with that of the length, at most 100. */
enum {
	WORTH_ENTRIES = 40,
	WORTH_TAILS = 15,
	WORTH_RECORDS = 10,
	WORTH_EMPTY = 5,
	WORTH_USUAL = 10,
	WORTH_HEADER = 20,
	WORTH_NESTED = -60,
	WORTH_BLOCK = -60,
};

struct finder {
	struct vl_guesses *g;
	const struct vl_log_wanted *wanted;
	struct vl_laid_out layout;
	struct vl_blocks blocks;
	uint64_t seen[MOST_STRETCHES]; /* where rings begin that were looked at */
	size_t n_seen;
	uint64_t budget; /* bytes of stretches that may still be read */
};

static const struct vl_log_hint *hint_for(const struct finder *f,
					  uint64_t offset)
{
	for (size_t i = 0; i < f->wanted->n_hints; i++) {
		if (f->wanted->hints[i].offset == offset)
			return &f->wanted->hints[i];
	}
	return NULL;
}

/* ---------------------------------------------------------------- evidence */

static void say_entries(struct vl_guess *c, const struct vl_survey *s)
{
	if (s->right) {
		vl_guess_say(c, WORTH_ENTRIES,
			     "%" PRIu32 " log %s with a right checksum %s there",
			     s->right, s->right == 1 ? "entry" : "entries",
			     s->right == 1 ? "is" : "are");
		if (s->begun)
			vl_guess_say(c, WORTH_TAILS,
				     "if the log begins here, the Tail of %"
				     PRIu32 " names the start of such an entry",
				     s->begun);
	} else if (s->records) {
		vl_guess_say(c, WORTH_RECORDS,
			     "%" PRIu32 " sector%s as those of logs do, "
			     "but no entry is right",
			     s->records, s->records == 1 ? " begins" : "s begin");
	} else {
		vl_guess_say(c, WORTH_EMPTY, "there is no log record%s",
			     s->foreign ? "" : ", and nothing else");
	}
}

/* An image inside the guest's disk has a log of its own. */
static void look_for_nested(const struct finder *f, struct vl_guess *c,
			    uint64_t offset)
{
	uint8_t begin[8];

	if (offset < 2 * VL_HEADER_SECTION ||
	    vl_view_read(f->layout.disk, offset - VL_HEADER_SECTION, begin,
			 sizeof(begin), NULL) ||
	    memcmp(begin, vl_identifier_signature, sizeof(begin)) != 0)
		return;
	c->contradicted = true;
	vl_guess_say(c, WORTH_NESTED,
		     "another VHDX begins 1 MiB before it, at 0x%" PRIx64
		     ": it is that one's",
		     offset - VL_HEADER_SECTION);
}

/* A guest's file may be a log, or a whole image. */
static void look_for_block(const struct finder *f, struct vl_guess *c,
			   const struct vl_survey *s)
{
	if (!vl_blocks_have(&f->blocks, s->offset, vl_max64(s->least, VL_MIB)))
		return;
	c->contradicted = true;
	vl_guess_say(c, WORTH_BLOCK, "against it: the BAT has a block there, so "
				     "that a guest wrote it");
}

static void say_place(const struct finder *f, struct vl_guess *c,
		      const struct vl_survey *s)
{
	const struct vl_log_hint *hint = hint_for(f, s->offset);

	if (f->wanted->has_offset)
		vl_guess_say(c, WORTH_HEADER, "--log-offset names the place");
	if (hint)
		vl_guess_say(c, WORTH_HEADER,
			     "header %u names the place, though %s",
			     hint->slot, hint->why);
	if (s->offset == VL_HEADER_SECTION)
		vl_guess_say(c, WORTH_USUAL, "it is where every known writer "
					     "puts its log");
	look_for_nested(f, c, s->offset);
	look_for_block(f, c, s);
	c->apart = !hint && !f->wanted->has_offset &&
		   s->offset != VL_HEADER_SECTION;
	if (!c->apart || !f->blocks.broken)
		return;
	c->contradicted = true;
	vl_guess_say(c, 0, "the BAT, which would tell that no guest wrote it, is "
			   "damaged");
}

static int add_guess(struct finder *f, const struct vl_survey *s,
		     struct vhdxlog_error *err)
{
	struct vl_guess *c = vl_guess_add(f->g, VHDXLOG_GUESS_LOG, err);
	struct vl_log_length l;

	if (!c)
		return VHDXLOG_E_NOMEM;
	vl_log_length_find(&l, &f->layout, hint_for(f, s->offset), s);
	c->pub.offset = s->offset;
	c->pub.length = l.bytes;
	say_entries(c, s);
	say_place(f, c, s);
	vl_guess_say(c, l.worth, "length: %.*s", VL_GUESS_SENTENCE - 9, l.why);
	c->pub.certain = s->right && s->begun && l.only && !c->contradicted &&
			 (!c->apart || f->blocks.known);
	if (!l.other || l.other == l.bytes)
		return 0;
	c = vl_guess_add(f->g, VHDXLOG_GUESS_LOG, err);
	if (!c)
		return VHDXLOG_E_NOMEM;
	c->pub.offset = s->offset;
	c->pub.length = l.other;
	say_entries(c, s);
	say_place(f, c, s);
	vl_guess_say(c, -2, l.other > l.bytes ?
				    "length: there is room for it, but no "
				    "record further on" :
				    "length: its records need no more");
	return 0;
}

/* ------------------------------------------------------------------ places */

static bool is_seen(const struct finder *f, uint64_t offset)
{
	for (size_t i = 0; i < f->n_seen; i++) {
		if (f->seen[i] == offset)
			return true;
	}
	return f->n_seen == MOST_STRETCHES;
}

/* Look at what begins at an offset. */
static int look_at(struct finder *f, uint64_t offset, uint64_t length,
		   struct vhdxlog_error *err)
{
	uint64_t bound = vl_layout_bound(&f->layout, offset).at, room;
	struct vl_survey s;
	int rc;

	length = vl_min64(length, VL_LONGEST_LOG);
	room = vl_max64(length, bound > offset ? vl_min64(bound - offset,
							  FURTHER_ON) :
						 0);
	if (is_seen(f, offset) || offset >= f->layout.disk->size ||
	    length < VL_MIB || room > f->budget)
		return 0;
	f->budget -= room;
	f->seen[f->n_seen++] = offset;
	rc = vl_survey_make(&s, f->layout.disk, offset, length, room, err);
	if (rc || (s.offset != offset && is_seen(f, s.offset)))
		return rc;
	if (s.offset != offset)
		f->seen[f->n_seen++] = s.offset;
	/* Where nothing is, nothing is guessed of a file that may be anything. */
	if (!s.records && !f->layout.is_vhdx && !f->wanted->has_offset)
		return 0;
	return add_guess(f, &s, err);
}

static int look_at_hints(struct finder *f, struct vhdxlog_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < f->wanted->n_hints; i++) {
		const struct vl_log_hint *h = &f->wanted->hints[i];
		uint64_t end = vl_layout_stretch(&f->layout, h->offset);

		rc = look_at(f, h->offset,
			     vl_max64(h->length, end - h->offset), err);
	}
	return rc;
}

/* Those that a block has, or those that none has: these come first, as there may be
 * more of the others than are looked at. The usual place is looked at after all of
 * them, and one stretch can be two places. */
static int look_at_runs(struct finder *f, bool in_block,
			struct vhdxlog_error *err)
{
	uint64_t end = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < f->layout.starts.n &&
			   f->n_seen + 2 < MOST_STRETCHES;
	     i++) {
		uint64_t at = f->layout.starts.list[i].offset;

		if (at < end || !vl_layout_has_record(&f->layout, at))
			continue;
		if (vl_blocks_have(&f->blocks, at, VL_MIB) != in_block)
			continue;
		end = vl_layout_stretch(&f->layout, at);
		rc = look_at(f, at, end - at, err);
	}
	return rc;
}

/* The usual place, unless something else is there. */
static int look_at_usual(struct finder *f, struct vhdxlog_error *err)
{
	const struct vl_start *s = vl_starts_at(&f->layout.starts,
						VL_HEADER_SECTION);

	if ((s && (s->kind == VL_START_METADATA || s->kind == VL_START_BAT)) ||
	    vl_layout_has_region(&f->layout, VL_HEADER_SECTION, VL_MIB))
		return 0;
	return look_at(f, VL_HEADER_SECTION,
		       vl_layout_stretch(&f->layout, VL_HEADER_SECTION) -
			       VL_HEADER_SECTION,
		       err);
}

int vl_log_find(struct vl_guesses *g, struct vl_image *image,
		const struct vl_view *disk, const struct vl_log_wanted *wanted,
		struct vhdxlog_error *err)
{
	struct finder f = { .g = g, .wanted = wanted,
			    .budget = 4 * VL_GIB };
	int rc = vl_layout_find(&f.layout, image, disk, err);

	image->assumed.is_vhdx = !rc && f.layout.is_vhdx;
	if (!rc)
		rc = vl_blocks_find(&f.blocks, &f.layout, err);
	if (!rc && wanted->has_offset)
		rc = look_at(&f, wanted->offset,
			     vl_layout_stretch(&f.layout, wanted->offset) -
				     wanted->offset,
			     err);
	else if (!rc)
		rc = look_at_hints(&f, err);
	if (!rc && !wanted->has_offset)
		rc = look_at_runs(&f, false, err);
	if (!rc && !wanted->has_offset)
		rc = look_at_runs(&f, true, err);
	if (!rc && !wanted->has_offset)
		rc = look_at_usual(&f, err);
	vl_blocks_release(&f.blocks);
	vl_layout_release(&f.layout);
	return rc;
}
