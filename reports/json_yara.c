/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

#include <inttypes.h>

static struct rj_record tags(const struct vhdxlog_match *m)
{
	struct rj_record list = rj_list();
	const char *tag;

	for (size_t i = 0; (tag = vhdxlog_match_tag(m, i)); i++)
		rj_text(&list, NULL, tag);
	return list;
}

static struct rj_record meta_of(const struct vhdxlog_meta *meta)
{
	struct rj_record r = rj_object();
	char number[24];

	rj_text(&r, "name", meta->name);
	switch (meta->kind) {
	case VHDXLOG_META_INTEGER:
		snprintf(number, sizeof(number), "%" PRId64, meta->integer);
		rj_words(&r, "value", number);
		break;
	case VHDXLOG_META_BOOLEAN:
		rj_bool(&r, "value", meta->integer != 0);
		break;
	case VHDXLOG_META_STRING: rj_text(&r, "value", meta->string); break;
	}
	return r;
}

static struct rj_record metas(const struct vhdxlog_match *m)
{
	struct rj_record list = rj_list();
	struct vhdxlog_meta meta;

	for (size_t i = 0; vhdxlog_match_meta(m, i, &meta); i++)
		rj_put(&list, NULL, meta_of(&meta));
	return list;
}

static struct rj_record pieces(const struct vhdxlog_match *m)
{
	const size_t most = sizeof(m->pieces) / sizeof(*m->pieces);
	struct rj_record list = rj_list();

	for (size_t i = 0; i < m->piece_count && i < most; i++) {
		struct rj_record r = rj_object();

		rj_decimal(&r, "file_offset", m->pieces[i].file_offset);
		rj_decimal(&r, "length", m->pieces[i].length);
		rj_put(&list, NULL, r);
	}
	return list;
}

static void add_places(struct rj_record *r, const struct vhdxlog_match *m)
{
	rj_maybe_decimal(r, "file_offset", m->has_file_offset, m->file_offset);
	rj_maybe_decimal(r, "log_offset", m->has_log_offset, m->log_offset);
	rj_maybe_decimal(r, "target_offset", m->has_target, m->target_offset);
	rj_words(r, "target_region",
		 m->has_target ? vhdxlog_area_name(m->area) : NULL);
	rj_maybe_decimal(r, "virtual_offset", m->has_virtual,
			 m->virtual_offset);
	rj_number(r, "piece_count", m->piece_count);
	rj_put(r, "pieces", pieces(m));
	rj_id(r, "entry", 'E', m->entry);
	rj_maybe_decimal(r, "sequence_number", m->has_sequence_number,
			 m->sequence_number);
	rj_maybe_bool(r, "stale", m->entry != VHDXLOG_NO_SECTOR, m->stale);
	if (m->has_sequence)
		rj_range(r, "sequence", m->sequence);
	else
		rj_null(r, "sequence");
}

static struct rj_record hit(const struct vhdxlog_match *m)
{
	struct rj_record r = rj_object();

	rj_text(&r, "rule", m->rule);
	rj_text(&r, "namespace", m->namespace_);
	rj_put(&r, "tags", tags(m));
	rj_put(&r, "meta", metas(m));
	rj_maybe_text(&r, "string", m->string);
	rj_decimal(&r, "length", m->length);
	if (m->string)
		rj_hex(&r, "bytes", m->bytes, m->byte_count);
	else
		rj_null(&r, "bytes");
	rj_words(&r, "scope", vhdxlog_match_scope_name(m->scope));
	add_places(&r, m);
	return r;
}

void rj_yara(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_matches *matches = view->options->matches;
	const struct vhdxlog_match *m;

	if (!rj_open_list(out, "yara", "yara"))
		return;
	for (size_t i = 0; matches && (m = vhdxlog_match_at(matches, i)); i++)
		rj_element(out, hit(m));
	rj_close(out);
}

void rj_yara_limitations(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_matches *matches = view->options->matches;
	const char *text;

	for (size_t i = 0;
	     matches && (text = vhdxlog_match_limitation(matches, i)); i++)
		rj_element(out, rj_string(text));
}
