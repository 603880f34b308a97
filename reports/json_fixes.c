/* SPDX-License-Identifier: MIT */
#include "reports/json_fixes.h"

static struct rj_record evidence(const struct report_fix *fix)
{
	struct rj_record list = rj_list();

	for (size_t i = 0; i < fix->evidence_count; i++)
		rj_text(&list, NULL, fix->evidence[i]);
	return list;
}

static struct rj_record lost_block(const struct report_fix *fix, size_t i)
{
	struct rj_record r = rj_object();
	struct report_lost lost;

	fix->lost(fix->ctx, i, &lost);
	rj_number(&r, "block", lost.block);
	rj_bool(&r, "is_bitmap", lost.is_bitmap);
	rj_number(&r, "index", lost.index);
	rj_decimal(&r, "file_offset", lost.file_offset);
	rj_decimal(&r, "virtual_offset", lost.virtual_offset);
	rj_decimal(&r, "virtual_length", lost.virtual_length);
	rj_decimal(&r, "lost_bytes", lost.bytes);
	return r;
}

static void put_fix(struct rj_out *out, const struct report_fix *fix)
{
	struct rj_record r = rj_object();

	rj_open(out, NULL);
	rj_words(&r, "name", fix->name);
	rj_text(&r, "message", fix->message);
	rj_put(&r, "evidence", evidence(fix));
	rj_number(&r, "evidence_left_out", fix->evidence_left);
	rj_members(out, r);
	if (rj_open_list(out, "lost", "lost")) {
		for (size_t i = 0; i < fix->lost_count; i++)
			rj_element(out, lost_block(fix, i));
		rj_close(out);
	}
	r = rj_object();
	rj_number(&r, "lost_left_out", fix->lost_left);
	rj_members(out, r);
	rj_close(out);
}

void rj_fixes(struct rj_out *out, const struct report_replay *replay)
{
	struct rj_record r = rj_object();

	if (rj_open_list(out, "fixes", "fix")) {
		for (size_t i = 0; i < replay->fix_count; i++)
			put_fix(out, &replay->fixes[i]);
		rj_close(out);
	}
	rj_words(&r, "state",
		 replay->has_state ? vhdxlog_state_name(replay->state) : NULL);
	rj_members(out, r);
}
