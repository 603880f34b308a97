/* SPDX-License-Identifier: MIT */
/* The ring as it lies: what no sound entry owns of it, or all. */
#include "match/matches.h"

#include <string.h>

void vl_match_long(struct vl_match_pass *pass, struct vl_stretch like,
		   uint64_t from, uint64_t length, vl_match_read *read,
		   void *ctx)
{
	uint64_t at = 0;

	/* Ends: each turn goes on by the bytes that are its own, a page at least. */
	while (at < length && !pass->failed && !vl_match_is_late(pass)) {
		struct vl_stretch s = like;
		const uint64_t left = length - at;
		uint8_t *to;

		s.length = (size_t)(left < VL_STRETCH_MOST ? left :
							     VL_STRETCH_MOST);
		s.own = s.length == left ? s.length :
					   s.length - VL_STRETCH_OVERLAP;
		s.later = at != 0;
		s.file_offset += at;
		s.log_offset += at;
		s.target += at;
		s.virtual_offset += at;
		to = vl_match_room(pass, s.length);
		if (!to)
			return;
		if (read(ctx, from + at, to, s.length) == 0)
			vl_match_put(pass, s);
		else
			pass->unread += s.own;
		at += s.own;
	}
}

/* Unreadable sectors are what the map knows as such, and come in no run. */
static int read_ring(void *ctx, uint64_t from, uint8_t *to, size_t length)
{
	struct vhdxlog_scan *scan = ctx;
	int rc = 0;

	for (size_t i = 0; i < length && rc == 0; i += VL_PAGE)
		rc = vhdxlog_log_sector(scan, (uint32_t)((from + i) / VL_PAGE),
					to + i, NULL);
	return rc;
}

static void put_sectors(struct vl_match_pass *pass,
			enum vhdxlog_match_scope scope, uint32_t first,
			uint32_t count)
{
	struct vl_stretch s = {
		.scope = scope,
		.has_file_offset = true,
		.has_log_offset = true,
		.log_offset = (uint64_t)first * VL_PAGE,
	};

	s.file_offset = vhdxlog_log(pass->scan)->offset + s.log_offset;
	vl_match_long(pass, s, s.log_offset, (uint64_t)count * VL_PAGE,
		      read_ring, pass->scan);
}

/* Neighbouring runs of the map that are wanted, as one. */
static void put_runs(struct vl_match_pass *pass, enum vhdxlog_match_scope scope,
		     bool (*wanted)(const struct vhdxlog_map_run *run))
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0, first = 0, count = 0;

	while (!pass->failed && !pass->over &&
	       vhdxlog_map_next(pass->scan, &cursor, &run)) {
		if (wanted(&run)) {
			first = count ? first : run.first;
			count += run.count;
			continue;
		}
		if (count)
			put_sectors(pass, scope, first, count);
		count = 0;
	}
	if (count)
		put_sectors(pass, scope, first, count);
}

static bool is_foreign(const struct vhdxlog_map_run *run)
{
	return run->owner == VHDXLOG_NO_SECTOR &&
	       run->kind != VHDXLOG_SECTOR_ZERO &&
	       run->kind != VHDXLOG_SECTOR_UNREADABLE;
}

static bool is_readable(const struct vhdxlog_map_run *run)
{
	return run->kind != VHDXLOG_SECTOR_UNREADABLE;
}

void vl_match_foreign(struct vl_match_pass *pass)
{
	if (vl_match_wants(pass, VHDXLOG_MATCH_FOREIGN))
		put_runs(pass, VHDXLOG_MATCH_FOREIGN, is_foreign);
}

void vl_match_raw(struct vl_match_pass *pass)
{
	if (vl_match_wants(pass, VHDXLOG_MATCH_RAW))
		put_runs(pass, VHDXLOG_MATCH_RAW, is_readable);
}
