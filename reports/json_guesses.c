/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static struct rj_record evidence(const struct vhdxlog_scan *scan, size_t index)
{
	struct rj_record list = rj_list();
	const char *sentence;
	size_t k = 0;

	while ((sentence = vhdxlog_guess_evidence(scan, index, k++)))
		rj_text(&list, NULL, sentence);
	return list;
}

static struct rj_record guess(const struct vhdxlog_scan *scan, size_t index)
{
	const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, index);
	const bool has_guid = g->kind == VHDXLOG_GUESS_LOG_GUID;
	const bool has_offset = g->kind == VHDXLOG_GUESS_LOG ||
				g->kind == VHDXLOG_GUESS_BAT ||
				g->kind == VHDXLOG_GUESS_METADATA;
	struct rj_record r = rj_object();

	rj_words(&r, "what", vhdxlog_guess_kind_name(g->kind));
	rj_bool(&r, "assumed", g->assumed);
	rj_bool(&r, "certain", g->certain);
	rj_number(&r, "score", g->score);
	rj_maybe_decimal(&r, "offset", has_offset, g->offset);
	rj_maybe_decimal(&r, "length", !has_guid, g->length);
	rj_maybe_guid(&r, "guid", has_guid, &g->guid);
	rj_put(&r, "evidence", evidence(scan, index));
	return r;
}

void rj_guesses(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_scan *scan = rj_scan(view);
	const size_t n = scan ? vhdxlog_guess_count(scan) : 0;

	if (!rj_open_list(out, "guesses", "guess"))
		return;
	for (size_t i = 0; i < n; i++)
		rj_element(out, guess(scan, i));
	rj_close(out);
}
