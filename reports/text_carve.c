/* SPDX-License-Identifier: MIT */
/*
 * A pass for a person, told while it goes: each image and log with the command
 * to go on with, and at the end what it comes to.
 */
#include "reports/carve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/phrase.h"
#include "reports/text.h"

#define MARGIN	      10 /* where text_label() ends */
#define SENTENCE_SIZE 512

struct told {
	struct text t;
	uint64_t nameless; /* number of the last image that has no command */
};

/* --------------------------------------------------------------- sentences */

static void say_guid(struct phrase *p, const struct vhdxlog_carved *item)
{
	const struct vhdxlog_guid *guid = carve_guid(item);
	char text[VHDXLOG_GUID_TEXT];

	if (guid)
		phrase_add(p, "; LogGuid %s", vhdxlog_guid_format(guid, text));
}

static void say_detail(struct phrase *p, const struct vhdxlog_carved *item)
{
	if (*item->detail)
		phrase_add(p, "; %s", item->detail);
}

static void say_log_place(struct phrase *p, const struct vhdxlog_carved *item)
{
	char size[32];

	phrase_add(p, "%s at 0x%" PRIx64 " of the image",
		   report_size(item->log_length, size), item->log_offset);
}

/* Behind the size of a structure. */
static void say_structure(struct phrase *p, const struct vhdxlog_carved *item)
{
	if (carve_is_judged(item->kind))
		phrase_add(p, "%s", item->sound ? "sound" : "unsound");
	if (item->kind == VHDXLOG_CARVE_DATA)
		phrase_add(p, "; %" PRIu64 " sector%s", item->count,
			   item->count == 1 ? "" : "s");
	if (item->kind == VHDXLOG_CARVE_BAT)
		phrase_add(p, "; %" PRIu64 " page%s", item->count,
			   item->count == 1 ? "" : "s");
	if (item->kind == VHDXLOG_CARVE_HEADER ||
	    item->kind == VHDXLOG_CARVE_ENTRY)
		phrase_add(p, "; number %" PRIu64, item->sequence_number);
	say_guid(p, item);
	if (item->kind == VHDXLOG_CARVE_HEADER && item->has_log) {
		phrase_add(p, "; log ");
		say_log_place(p, item);
	}
	say_detail(p, item);
}

static void say_image(struct phrase *p, const struct vhdxlog_carved *item)
{
	char size[32];

	phrase_add(p, "%" PRIu64 " at 0x%" PRIx64 ": ", item->number,
		   item->has_base ? item->base : item->offset);
	phrase_count(p, item->count, "structure", "structures", false);
	phrase_add(p, " in %s", report_size(item->length, size));
	if (!item->has_base)
		phrase_add(p, "; a fragment, whose beginning is not there");
	say_detail(p, item);
}

static void say_log(struct phrase *p, const struct vhdxlog_carved *item)
{
	char size[32];

	phrase_add(p, "%" PRIu64 " at 0x%" PRIx64 ": ", item->number,
		   item->has_base ? item->base : item->offset);
	phrase_count(p, item->count, "entry", "entries", false);
	phrase_add(p, " in %s", report_size(item->length, size));
	if (item->count)
		phrase_add(p, ", numbers up to %" PRIu64,
			   item->sequence_number);
	say_guid(p, item);
	if (item->image)
		phrase_add(p, "; of image %" PRIu64, item->image);
	else
		phrase_add(p, "; of no image that was found");
	say_detail(p, item);
}

/* What they hold is told where it is less than their number promises. */
static void say_sound_logs(struct phrase *p, const struct report_carve *c)
{
	uint64_t logs = c->counts[VHDXLOG_CARVE_LOG];

	if (c->sound_logs == logs)
		return;
	phrase_add(p, logs == 1 ? ", " : ", of which ");
	if (!c->sound_logs)
		phrase_add(p, logs == 1 ? "without a sound entry" :
					  "none has a sound entry");
	else
		phrase_count(p, c->sound_logs, "has a sound entry",
			     "have sound entries", false);
}

static void say_whole(struct phrase *p, const struct report_carve *c)
{
	uint64_t size = vhdxlog_source_size(c->source);
	char buf[32];

	phrase_count(p, c->counts[VHDXLOG_CARVE_IMAGE], "image", "images",
		     true);
	phrase_add(p, " and ");
	phrase_count(p, c->counts[VHDXLOG_CARVE_LOG], "log", "logs", false);
	say_sound_logs(p, c);
	phrase_add(p, "; looked at %s", report_size(c->bytes_read, buf));
	phrase_add(p, " of %s", report_size(size, buf));
	if (c->done && c->bytes_read < size)
		phrase_add(p, ", the rest is holes");
	if (c->counts[VHDXLOG_CARVE_UNREADABLE]) {
		phrase_add(p, "; ");
		phrase_count(p, c->counts[VHDXLOG_CARVE_UNREADABLE],
			     "stretch of it cannot be read",
			     "stretches of it cannot be read", false);
	}
	if (!c->done)
		phrase_add(p, "; NOT FINISHED: nothing is known from 0x%" PRIx64
			      " on",
			   c->position);
	phrase_add(p, ". Nothing was written to it.");
}

/* ------------------------------------------------------------------- items */

/*
 * A command is one line however long, so that it can be copied. Its path is quoted
 * for a shell, which leaves nothing in it that a terminal heeds; escaping it once
 * more would undo the quotes.
 */
static void put_command(struct text *t, const char *command)
{
	text_label(t, "next");
	fprintf(t->out, "%s\n", command);
}

/* A log is scanned with its image, if that can be. */
static void put_next(struct told *told, const struct vhdxlog_carved *item)
{
	char *command = report_carve_command(item, told->t.options->path);

	if (!command)
		text_fail(&told->t, VHDXLOG_E_NOMEM);
	else if (!*command)
		told->nameless = item->number;
	else if (!item->image || item->image == told->nameless)
		put_command(&told->t, command);
	free(command);
}

static void put_fact(struct text *t, const char *label, const char *words)
{
	char *shown = text_escaped(t, words);

	if (!shown)
		return;
	text_label(t, label);
	text_wrap(t, MARGIN, MARGIN, shown);
	free(shown);
}

static void put_gathered(struct told *told, const struct vhdxlog_carved *item)
{
	struct text *t = &told->t;
	char words[SENTENCE_SIZE] = "";
	struct phrase p = { words, sizeof(words), 0 };
	bool image = item->kind == VHDXLOG_CARVE_IMAGE;

	if (image)
		say_image(&p, item);
	else
		say_log(&p, item);
	putc('\n', t->out);
	put_fact(t, image ? "image" : "log", words);
	if (image && item->has_log) {
		p = (struct phrase){ words, sizeof(words), 0 };
		say_log_place(&p, item);
		say_guid(&p, item);
		if (!item->has_header)
			phrase_add(&p, "; told by no usable header: how long "
				       "it is, and which of its sessions waits, "
				       "is for scan to tell");
		put_fact(t, "its log", words);
	}
	put_next(told, item);
}

static void put_structure(struct text *t, const struct vhdxlog_carved *item)
{
	enum { AT = 56, HANG = 12 };
	char words[SENTENCE_SIZE] = "", size[32], *shown;
	struct phrase p = { words, sizeof(words), 0 };

	say_structure(&p, item);
	shown = text_escaped(t, words);
	fprintf(t->out, "%8" PRIu64 "  0x%012" PRIx64 "  %-10s  %-12s  ",
		item->number, item->offset, report_size(item->length, size),
		vhdxlog_carve_kind_name(item->kind));
	text_wrap(t, AT, HANG, shown ? shown : "");
	free(shown);
}

static void put_item(struct told *told, const struct vhdxlog_carved *item)
{
	struct text *t = &told->t;

	if (t->options->quiet)
		return;
	if (item->kind == VHDXLOG_CARVE_IMAGE ||
	    item->kind == VHDXLOG_CARVE_LOG)
		put_gathered(told, item);
	else if (t->options->verbose)
		put_structure(t, item);
}

/* ---------------------------------------------------------------- the whole */

static void put_head(struct text *t, const struct report_carve *c)
{
	char *path = text_escaped(t, t->options->path);
	char size[32];

	if (path && !t->options->quiet)
		fprintf(t->out, "%s: %s, as it is looked through\n", path,
			report_size(vhdxlog_source_size(c->source), size));
	free(path);
}

static void put_whole(struct text *t, const struct report_carve *c)
{
	char words[SENTENCE_SIZE] = "";
	struct phrase p = { words, sizeof(words), 0 };
	char *path = text_escaped(t, t->options->path);

	say_whole(&p, c);
	if (path && t->options->quiet)
		fprintf(t->out, "%s: %s\n", path, words);
	if (path && !t->options->quiet) {
		fprintf(t->out, "\n%s: ", path);
		text_wrap(t, text_columns(path) + 2, 2, words);
	}
	free(path);
}

static void put_limitations(struct text *t, const struct report_carve *c)
{
	const char *words = carve_limitation(c, 0);

	if (!t->options->verbose || t->options->quiet || !words)
		return;
	text_put(t, TEXT_STRONG, "\n  what this cannot tell\n");
	for (size_t i = 0; (words = carve_limitation(c, i)); i++) {
		fputs("  - ", t->out);
		text_wrap(t, 4, 4, words);
	}
}

int report_carve_text(FILE *out, struct report_carve *carve,
		      const struct report_options *options,
		      struct vhdxlog_error *err)
{
	struct told told = { .t = text_begin(out, NULL, options, err) };
	struct text *t = &told.t;
	struct vhdxlog_carved item;
	int rc;

	if (carve->source)
		put_head(t, carve);
	while ((rc = carve_next(carve, &item, err)) == 0)
		put_item(&told, &item);
	if (rc < 0)
		return rc;
	if (carve->source) {
		put_whole(t, carve);
		put_limitations(t, carve);
	}
	if (!options->quiet)
		text_custody(t);
	return t->failed;
}
