/* SPDX-License-Identifier: MIT */
/*
 * The file as it stood after an entry: its structures, the BAT as runs of
 * blocks, and the blocks that can be got back.
 */
#include "reports/text_timeline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/phrase.h"

#define SENTENCE_SIZE 512

/* States from here on have a place in the file. [MS-VHDX] 2.5.1.1 */
#define FIRST_LOCATED 6

/* ----------------------------------------------------------------- summary */

struct tally {
	uint64_t located, inferred;
	uint64_t ghosts, whole; /* ... inside the file and under nothing */
};

static int count_bat(struct text *t, const struct report_timeline *timeline,
		     struct tally *n)
{
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = 0;
	int rc;

	while ((rc = timeline_bat_next(timeline, &cursor, &entry, &certainty,
				       t->err)) == 0) {
		n->located += !entry.is_bitmap && entry.state >= FIRST_LOCATED;
		n->inferred += certainty == VHDXLOG_INFERRED;
	}
	return rc < 0 ? rc : 0;
}

static int count_ghosts(struct text *t, const struct report_timeline *timeline,
			struct tally *n)
{
	struct vhdxlog_ghost g;
	uint64_t cursor = 0;
	int rc;

	while ((rc = timeline_ghost_next(timeline, &cursor, &g, t->err)) == 0) {
		n->ghosts++;
		n->whole += g.inside_file && !g.overlapped;
	}
	return rc < 0 ? rc : 0;
}

static void say_summary(struct phrase *p, const struct report_timeline *t,
			const struct tally *n)
{
	const struct vhdxlog_session *s =
		timeline_session_of(t, t->as_of_entry);
	char word[24], size[32];

	phrase_add(p, "As of E%" PRIu32 " (", t->as_of_entry);
	if (s)
		phrase_add(p, "session %zu, order %s; ", s->index,
			   vhdxlog_certainty_name(s->order));
	phrase_add(p, "number %" PRIu64 "): file %s, ",
		   timeline_number_of(t, t->as_of_entry),
		   text_size(vhdxlog_overlay_about(t->as_of)->size, size));
	if (!timeline_bat_known(t)) {
		phrase_add(p, "the BAT cannot be read.");
		return;
	}
	phrase_count(p, n->located, "block", "blocks", false);
	phrase_add(p, " present");
	if (n->inferred)
		phrase_add(p, ", %s of the BAT inferred",
			   phrase_number(n->inferred, false, word));
	if (n->ghosts) {
		phrase_add(p, "; of %s that the BAT has lost since, ",
			   phrase_number(n->ghosts, false, word));
		if (n->whole == 0)
			phrase_add(p, "none is whole");
		else
			phrase_add(p, "%s %s whole",
				   phrase_number(n->whole, false, word),
				   n->whole == 1 ? "is" : "are");
	}
	phrase_add(p, ".");
}

/* --------------------------------------------------------------------- BAT */

/* Entries that follow one another in the BAT, the guest's disk and the file. */
struct run {
	struct vhdxlog_bat_entry first;
	uint64_t blocks, virtual_length;
	uint64_t last_index;
	enum vhdxlog_certainty certainty;
};

/* Whether the entry goes on where the run ends. */
static bool continues(const struct run *run, uint64_t block_size,
		      const struct vhdxlog_bat_entry *e,
		      enum vhdxlog_certainty certainty)
{
	const struct vhdxlog_bat_entry *f = &run->first;
	uint64_t distance = f->state >= FIRST_LOCATED ?
				    run->blocks * block_size :
				    0;

	return run->blocks && !f->is_bitmap && !e->is_bitmap &&
	       e->state == f->state && certainty == run->certainty &&
	       e->block == f->block + run->blocks &&
	       e->file_offset == f->file_offset + distance;
}

static void put_blocks(struct text_table *table, const struct run *run)
{
	const struct vhdxlog_bat_entry *f = &run->first;

	if (run->first.is_bitmap)
		text_cell(table, TEXT_PLAIN, "bitmap of chunk %" PRIu64,
			  f->block);
	else if (run->blocks == 1)
		text_cell(table, TEXT_PLAIN, "%" PRIu64, f->block);
	else
		text_cell(table, TEXT_PLAIN, "%" PRIu64 " to %" PRIu64,
			  f->block, f->block + run->blocks - 1);
}

static void put_run(struct text_table *table, const struct run *run,
		    uint64_t block_size)
{
	const struct vhdxlog_bat_entry *f = &run->first;
	char span[TEXT_SPAN], size[32];

	if (run->blocks == 0)
		return;
	put_blocks(table, run);
	if (run->blocks == 1)
		text_cell(table, TEXT_PLAIN, "%" PRIu64, f->index);
	else
		text_cell(table, TEXT_PLAIN, "%" PRIu64 " to %" PRIu64,
			  f->index, run->last_index);
	text_cell(table, TEXT_PLAIN, "%s", f->state_name);
	if (f->is_bitmap || f->state < FIRST_LOCATED)
		text_cell(table, TEXT_PLAIN, "%s",
			  f->file_offset ? text_size(f->file_offset, size) :
					   "-");
	else
		text_cell(table, TEXT_PLAIN, "%s",
			  text_span(f->file_offset, run->blocks * block_size,
				    span));
	if (run->virtual_length)
		text_cell(table, TEXT_PLAIN, "%s",
			  text_span(f->virtual_offset, run->virtual_length,
				    span));
	else
		text_cell(table, TEXT_WARN, "past the end");
	text_cell(table,
		  run->certainty == VHDXLOG_KNOWN ? TEXT_PLAIN : TEXT_WARN,
		  "%s", vhdxlog_certainty_name(run->certainty));
}

static const struct text_column bat_columns[] = {
	{ "blocks", false },	   { "BAT", false },	   { "state", false },
	{ "in the file", false }, { "guest", false }, { "is", false },
	{ NULL, false },
};

static int put_bat(struct text *t, const struct report_timeline *timeline,
		   uint64_t block_size)
{
	struct text_table *table = text_table_open(t, bat_columns);
	struct run run = { .blocks = 0 };
	struct vhdxlog_bat_entry e;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = 0;
	int rc = 0;

	text_table_part(table);
	while (!t->failed && (rc = timeline_bat_next(timeline, &cursor, &e,
						     &certainty, t->err)) ==
				     0) {
		if (!continues(&run, block_size, &e, certainty)) {
			put_run(table, &run, block_size);
			run = (struct run){ .first = e,
					    .certainty = certainty };
		}
		run.blocks++;
		run.last_index = e.index;
		run.virtual_length += e.virtual_length;
	}
	put_run(table, &run, block_size);
	if (!text_table_close(table) && rc >= 0)
		fprintf(t->out, "\n  every entry of the BAT is zero\n");
	return rc < 0 ? text_fail(t, rc) : t->failed;
}

/* ------------------------------------------------------------- recoverable */

static void put_ghost(struct text_table *table, const struct vhdxlog_ghost *g)
{
	char span[TEXT_SPAN];

	text_cell(table, TEXT_PLAIN, "%s%" PRIu64,
		  g->entry.is_bitmap ? "bitmap of chunk " : "",
		  g->entry.block);
	text_cell(table, TEXT_PLAIN, "%s",
		  text_span(g->entry.file_offset, g->length, span));
	text_cell(table, TEXT_PLAIN, "%s",
		  text_span(g->entry.virtual_offset, g->entry.virtual_length,
			    span));
	text_cell(table, TEXT_PLAIN, "%s",
		  vhdxlog_certainty_name(g->certainty));
	if (!g->inside_file)
		text_cell(table, TEXT_WARN,
			  "the file ends before it does");
	else if (g->overlapped)
		text_cell(table, TEXT_WARN, "%s lies on it, or on a part of it",
			  text_area(g->owner));
	else
		text_cell(table, TEXT_GOOD, "whole, and nothing lies on it");
}

static void put_extract(struct text *t, const struct report_timeline *timeline,
			uint64_t block)
{
	char *command = report_extract_block(timeline->subject, t->options,
					     block, timeline->as_of_entry);

	if (!command)
		text_fail(t, VHDXLOG_E_NOMEM);
	else
		fprintf(t->out, "  to write one out: %s\n", command);
	free(command);
}

static const struct text_column ghost_columns[] = {
	{ "recoverable", false }, { "in the file", false }, { "guest", false },
	{ "is", false },	  { "today", false },	    { NULL, false },
};

/* The one to write out in the example: the first that is whole, if any is. */
struct example {
	bool any, whole;
	uint64_t block;
};

static void consider(struct example *example, const struct vhdxlog_ghost *g)
{
	bool whole = g->inside_file && !g->overlapped;

	if (g->entry.is_bitmap || (example->any && (example->whole || !whole)))
		return;
	*example = (struct example){ true, whole, g->entry.block };
}

static int put_ghosts(struct text *t, const struct report_timeline *timeline)
{
	struct text_table *table = text_table_open(t, ghost_columns);
	struct example example = { .any = false };
	uint64_t cursor = 0;
	struct vhdxlog_ghost g;
	int rc = 0;

	text_table_part(table);
	while (!t->failed && (rc = timeline_ghost_next(timeline, &cursor, &g,
						       t->err)) == 0) {
		consider(&example, &g);
		put_ghost(table, &g);
	}
	text_table_close(table);
	if (rc < 0)
		return text_fail(t, rc);
	if (example.any)
		put_extract(t, timeline, example.block);
	return t->failed;
}

/* ------------------------------------------------------------------ report */

/* Said where it is not what one would think. */
static int put_certainty(struct text *t, const struct report_timeline *timeline)
{
	enum vhdxlog_certainty certainty;
	int rc = vhdxlog_overlay_image_certainty(timeline->as_of, &certainty,
						 t->err);

	if (rc == 0 && certainty == VHDXLOG_INFERRED)
		fprintf(t->out, "          (inferred)\n");
	return rc < 0 ? text_fail(t, rc) : 0;
}

static int put_body(struct text *t, const struct report_timeline *timeline)
{
	struct vhdxlog_error why = { .code = VHDXLOG_OK };
	const struct vhdxlog_image *image =
		vhdxlog_overlay_image(timeline->as_of, &why);
	int rc;

	if (!image && why.code == VHDXLOG_E_NOMEM)
		return text_fail(t, why.code);
	putc('\n', t->out);
	if (image && image->metadata_known) {
		text_disk(t, image);
	} else {
		text_label(t, "disk");
		fprintf(t->out, "its metadata cannot be made out\n");
	}
	rc = put_certainty(t, timeline);
	if (rc == 0 && !timeline_bat_known(timeline))
		fprintf(t->out, "\n  the BAT cannot be read: nothing says how "
				"large the disk and its blocks are\n");
	else if (rc == 0)
		rc = put_bat(t, timeline,
			     image && image->metadata.has_file_parameters ?
				     image->metadata.block_size :
				     0);
	if (rc == 0)
		rc = put_ghosts(t, timeline);
	if (rc == 0)
		text_timeline_limits(t, timeline, NULL);
	return rc;
}

int text_as_of(struct text *t, const struct report_timeline *timeline)
{
	struct tally n = { .located = 0 };
	char sentence[SENTENCE_SIZE];
	struct phrase p = { sentence, sizeof(sentence), 0 };
	int rc;

	if ((rc = count_bat(t, timeline, &n)) < 0 ||
	    (rc = count_ghosts(t, timeline, &n)) < 0)
		return text_fail(t, rc);
	say_summary(&p, timeline, &n);
	text_timeline_head(t, sentence);
	return t->options->quiet ? 0 : put_body(t, timeline);
}
