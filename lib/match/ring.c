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

/* A page at most, or whole pages. Those that cannot be read are mostly known to
 * the map, and come in no run. */
static int read_ring(void *ctx, uint64_t from, uint8_t *to, size_t length)
{
	struct vhdxlog_scan *scan = ctx;
	const uint32_t sectors = vhdxlog_log(scan)->sectors;
	uint8_t page[VL_PAGE];
	size_t n;

	for (size_t at = 0; at < length; at += n, from += n) {
		const size_t skip = from % VL_PAGE;
		int rc = vhdxlog_log_sector(
			scan, (uint32_t)(from / VL_PAGE % sectors), page, NULL);

		if (rc)
			return rc;
		n = VL_PAGE - skip < length - at ? VL_PAGE - skip : length - at;
		memcpy(to + at, page + skip, n);
	}
	return 0;
}

void vl_match_ring(struct vl_match_pass *pass, struct vl_stretch s,
		   uint64_t from, uint64_t length)
{
	s.has_file_offset = s.has_log_offset = true;
	s.log_offset = from;
	s.file_offset = vhdxlog_log(pass->scan)->offset + from;
	vl_match_long(pass, s, from, length, read_ring, pass->scan);
}

/* Sectors, one behind the other. */
struct run {
	uint32_t first, count;
};

static void put_run(struct vl_match_pass *pass, enum vhdxlog_match_scope scope,
		    struct run run)
{
	if (run.count)
		vl_match_ring(pass, (struct vl_stretch){ .scope = scope },
			      (uint64_t)run.first * VL_PAGE,
			      (uint64_t)run.count * VL_PAGE);
}

/* The next neighbouring runs of the map that are wanted, as one; false: none. */
static bool next_run(struct vl_match_pass *pass, uint32_t *cursor,
		     bool (*wanted)(const struct vhdxlog_map_run *run),
		     struct run *run)
{
	struct vhdxlog_map_run r;

	run->count = 0;
	while (vhdxlog_map_next(pass->scan, cursor, &r)) {
		if (wanted(&r)) {
			run->first = run->count ? run->first : r.first;
			run->count += r.count;
		} else if (run->count) {
			break;
		}
	}
	return run->count;
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

/* Entries go round: a run at the beginning goes on where one at the end ends. */
void vl_match_foreign(struct vl_match_pass *pass)
{
	struct run first = { 0, 0 }, run;
	uint32_t cursor = 0;

	if (!vl_match_wants(pass, VHDXLOG_MATCH_FOREIGN))
		return;
	while (!pass->failed && !pass->over &&
	       next_run(pass, &cursor, is_foreign, &run)) {
		if (run.first == 0) {
			first = run;
			continue;
		}
		if (run.first + run.count == vhdxlog_log(pass->scan)->sectors) {
			run.count += first.count;
			first.count = 0;
		}
		put_run(pass, VHDXLOG_MATCH_FOREIGN, run);
	}
	put_run(pass, VHDXLOG_MATCH_FOREIGN, first);
}

/* As it lies: its end is no neighbour of its beginning. */
void vl_match_raw(struct vl_match_pass *pass)
{
	uint32_t cursor = 0;
	struct run run;

	if (!vl_match_wants(pass, VHDXLOG_MATCH_RAW))
		return;
	while (!pass->failed && !pass->over &&
	       next_run(pass, &cursor, is_readable, &run))
		put_run(pass, VHDXLOG_MATCH_RAW, run);
}
