/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.carve/1, as one document or as one record a line. Items are written as
 * they are found, so what is known of the whole pass stands behind them, and of
 * records one before them says what it is that follows.
 */
#include "reports/carve.h"

#include <stdlib.h>

#include "reports/json_parts.h"

#define SCHEMA "vhdxlog.carve/1"

static void put_source(struct rj_out *out, const struct report_carve *c,
		       const struct report_options *options)
{
	const struct vhdxlog_source *s = c->source;
	struct rj_record r = rj_object(), member = rj_object();

	rj_text_twin(&r, "path", "path_hex", options->path);
	rj_maybe_decimal(&r, "offset", s, s ? vhdxlog_source_offset(s) : 0);
	rj_maybe_decimal(&r, "size", s, s ? vhdxlog_source_size(s) : 0);
	rj_words(&r, "kind",
		 s ? vhdxlog_source_kind_name(vhdxlog_source_kind(s)) : NULL);
	rj_put(&member, "source", r);
	rj_members(out, member);
}

/* ------------------------------------------------------------------- items */

static bool has_number(const struct vhdxlog_carved *item)
{
	return item->kind == VHDXLOG_CARVE_HEADER ||
	       item->kind == VHDXLOG_CARVE_ENTRY ||
	       item->kind == VHDXLOG_CARVE_LOG ||
	       (item->kind == VHDXLOG_CARVE_IMAGE && item->has_header);
}

static bool has_count(enum vhdxlog_carve_kind kind)
{
	return kind == VHDXLOG_CARVE_DATA || kind == VHDXLOG_CARVE_BAT ||
	       kind == VHDXLOG_CARVE_LOG || kind == VHDXLOG_CARVE_IMAGE;
}

static void put_next(struct rj_record *r, const struct vhdxlog_carved *item,
		     const char *path)
{
	char *command = report_carve_command(item, path);

	if (!command)
		r->failed = true;
	rj_maybe_text(r, "next", command);
	free(command);
}

static struct rj_record record(const struct vhdxlog_carved *item,
			       const char *path)
{
	const struct vhdxlog_guid *guid = carve_guid(item);
	struct rj_record r = rj_object();

	rj_number(&r, "number", item->number);
	rj_words(&r, "kind", vhdxlog_carve_kind_name(item->kind));
	rj_decimal(&r, "offset", item->offset);
	rj_decimal(&r, "length", item->length);
	rj_maybe_bool(&r, "sound", carve_is_judged(item->kind), item->sound);
	rj_maybe_number(&r, "count", has_count(item->kind), item->count);
	rj_maybe_decimal(&r, "sequence_number", has_number(item),
			 item->sequence_number);
	rj_maybe_guid(&r, "guid", guid, guid);
	rj_maybe_decimal(&r, "base", item->has_base, item->base);
	rj_maybe_decimal(&r, "log_offset", item->has_log, item->log_offset);
	rj_maybe_number(&r, "log_length", item->log_length, item->log_length);
	rj_maybe_number(&r, "image", item->image, item->image);
	rj_maybe_text(&r, "detail", item->detail);
	put_next(&r, item, path);
	return r;
}

/* Without room for them they are only counted. */
static int put_items(struct rj_out *out, struct report_carve *c,
		     const char *path, struct vhdxlog_error *err)
{
	bool open = rj_open_list(out, "items", "item");
	struct vhdxlog_carved item;
	int rc;

	while ((rc = carve_next(c, &item, err)) == 0) {
		if (!open)
			continue;
		rj_retype(out, vhdxlog_carve_kind_name(item.kind));
		rj_element(out, record(&item, path));
		/* A record out of memory ends the walk, not a pass of hours. */
		if (out->failed)
			break;
	}
	if (open)
		rj_close(out);
	return rc < 0 ? rc : 0;
}

/* ---------------------------------------------------------------- the whole */

static void put_end(struct rj_out *out, const struct report_carve *c)
{
	struct rj_record r = rj_object(), counts = rj_object();

	rj_maybe_text(&r, "error", c->error);
	rj_bool(&r, "done", c->done);
	rj_decimal(&r, "position", c->position);
	rj_decimal(&r, "bytes_read", c->bytes_read);
	for (int i = 0; i < VHDXLOG_CARVE_KINDS; i++)
		rj_number(&counts,
			  vhdxlog_carve_kind_name((enum vhdxlog_carve_kind)i),
			  c->counts[i]);
	rj_put(&r, "counts", counts);
	rj_number(&r, "sound_logs", c->sound_logs);
	rj_members(out, r);
}

static void put_limitations(struct rj_out *out, const struct report_carve *c)
{
	const char *words;

	if (!rj_open_list(out, "limitations", "limitation"))
		return;
	for (size_t i = 0; (words = carve_limitation(c, i)); i++)
		rj_element(out, rj_string(words));
	rj_close(out);
}

/* items: NULL, or where they are to come from. */
static int pass(FILE *file, enum rj_pass which, struct report_carve *c,
		bool with_items, const struct report_options *options,
		struct vhdxlog_error *err)
{
	struct rj_view view = { .options = options };
	struct rj_out out;
	int rc = 0;

	rj_begin_as(&out, file, which, SCHEMA, options->path, "pass");
	rj_tool(&out);
	put_source(&out, c, options);
	if (with_items)
		rc = put_items(&out, c, options->path, err);
	if (rc == 0) {
		put_end(&out, c);
		put_limitations(&out, c);
		rj_custody(&out, &view);
		rc = rj_end(&out, err);
	}
	rj_release(&out);
	return rc;
}

/* What is known before the pass: that it is one, and over what. */
static int put_start(FILE *file, const struct report_carve *c,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct rj_out out;
	int rc;

	rj_begin_as(&out, file, RJ_SUMMARY, SCHEMA, options->path, "start");
	rj_tool(&out);
	put_source(&out, c, options);
	rc = rj_end(&out, err);
	rj_release(&out);
	return rc;
}

int report_carve_json(FILE *out, struct report_carve *carve,
		      const struct report_options *options,
		      struct vhdxlog_error *err)
{
	return pass(out, options->quiet ? RJ_SUMMARY : RJ_DOCUMENT, carve, true,
		    options, err);
}

int report_carve_jsonl(FILE *out, struct report_carve *carve,
		       const struct report_options *options,
		       struct vhdxlog_error *err)
{
	int rc;

	if (options->quiet)
		return report_carve_json(out, carve, options, err);
	rc = put_start(out, carve, options, err);
	if (rc == 0)
		rc = pass(out, RJ_RECORDS, carve, true, options, err);
	return rc < 0 ? rc : pass(out, RJ_SUMMARY, carve, false, options, err);
}
