/* SPDX-License-Identifier: MIT */
/* The ring as it lies: what no sound entry owns of it, or all. */
#include "match/matches.h"

#include <string.h>

/* What is to be read in pieces, and how far that went. */
struct stream {
	vl_match_read *read;
	void *ctx;
	uint64_t from, at, length;
	uint64_t apart; /* up to here each page is read by itself */
};

/* How many of `length` bytes can be read from here on, a page more or less. */
static size_t read_on(struct stream *in, uint8_t *to, size_t length)
{
	const uint64_t from = in->from + in->at;
	size_t n = 0;

	if (in->at >= in->apart) {
		if (in->read(in->ctx, from, to, length) == 0)
			return length;
		in->apart = in->at + length;
	}
	while (n < length) {
		size_t page = length - n < VL_PAGE ? length - n : VL_PAGE;

		if (in->read(in->ctx, from + n, to + n, page) != 0)
			break;
		n += page;
	}
	return n;
}

static void put_piece(struct vl_match_pass *pass, const struct stream *in,
		      struct vl_stretch s)
{
	s.file_offset += in->at;
	s.log_offset += in->at;
	s.target += in->at;
	s.virtual_offset += in->at;
	vl_match_put(pass, s);
}

void vl_match_long(struct vl_match_pass *pass, struct vl_stretch s,
		   uint64_t from, uint64_t length, vl_match_read *read,
		   void *ctx)
{
	struct stream in = { read, ctx, from, 0, length, 0 };

	/* Ends: each turn goes on by the bytes that are its own, or by a page. */
	while (in.at < length && !vl_match_is_late(pass)) {
		const uint64_t left = length - in.at;
		const size_t most = left < VL_STRETCH_MOST ? (size_t)left :
							     VL_STRETCH_MOST;
		uint8_t *to = vl_match_room(pass, most);

		if (!to)
			return;
		s.length = s.own = read_on(&in, to, most);
		if (s.length == VL_STRETCH_MOST && s.length < left)
			s.own -= VL_STRETCH_OVERLAP;
		if (s.length) {
			put_piece(pass, &in, s);
			in.at += s.own;
		} else {
			size_t page = most < VL_PAGE ? most : VL_PAGE;

			pass->unread += page;
			in.at += page;
		}
		s.later = s.own < s.length;
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
