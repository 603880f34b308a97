/* SPDX-License-Identifier: MIT */
/*
 * Stretches of bytes on their way to the rules. Sources (pages.c, ring.c, ...) put
 * bytes into the buffer of a pass and say what they are; the pass holds the rules
 * against many of them at a time.
 */
#ifndef VL_MATCH_MATCHES_H
#define VL_MATCH_MATCHES_H

#include "match/rules.h"

#include <string.h>
#include <time.h>

/* A longer stretch is looked at in pieces, which overlap by a page. */
#define VL_STRETCH_MOST (8u << 20)
#define VL_STRETCH_OVERLAP 4096u
#define VL_BATCH (4u << 20)
#define VL_PAGE 4096u

/* Where a reconstructed page comes from. */
struct vl_match_page {
	uint64_t target;     /* in the file */
	uint64_t descriptor; /* in the image */
	uint32_t data_sector;
	enum vhdxlog_area area;
	uint8_t leading[8], trailing[4];
};

/* What a stretch is; offsets of bytes that do not lie in pages. */
struct vl_stretch {
	enum vhdxlog_match_scope scope;
	bool has_file_offset, has_log_offset, has_target, has_entry, has_virtual;
	bool stale, has_sequence;
	bool later; /* a piece of a long one, and not its first */
	bool of_run; /* a page of a run that was looked at before */
	uint64_t number; /* the same for all pieces of a long one */
	enum vhdxlog_area area;
	uint64_t file_offset, log_offset, target, virtual_offset;
	uint64_t sequence_number;
	uint32_t entry;
	struct vhdxlog_range sequence;
	size_t length;
	/* A match that begins behind this is the next piece's to tell, if it
	 * finds it. */
	size_t own;
	/* PAGES: these, of the pass; else no pages. */
	size_t first_page, page_count;
	size_t at;   /* in the buffer of the pass */
	bool hot;    /* some string was found in it */
};

struct vl_match_pending {
	struct vhdxlog_match hit;
	size_t rule;
	uint64_t number; /* of the stretch */
};

/* Libyara's scanners for a set of rules. */
struct vl_match_scanner {
	YR_SCANNER *all, *free; /* owned; free: NULL where there is none */
	uint32_t *parts; /* strings of all that are parts of one; owned */
	size_t part_count;
};

struct vl_match_pass {
	struct vhdxlog_scan *scan;
	const struct vhdxlog_rules *rules;
	const struct vhdxlog_match_options *options;
	struct vhdxlog_matches *matches;
	struct vl_match_scanner *scanners; /* owned, one for each set */
	struct vl_stretch *stretches;	   /* owned */
	size_t stretch_count, stretch_room;
	struct vl_match_page *pages; /* owned */
	size_t page_count, page_room;
	uint8_t *bytes; /* owned */
	size_t byte_count, byte_room;
	bool has_deadline;
	struct timespec deadline;
	bool deadline_is_limit; /* it is that of the image, not of its rules */
	bool over; /* out of time: nothing more is looked at */
	/* Of each rule, the number of the last run that it held for, and of the
	 * last stretch that it was told of; owned. */
	uint64_t *held, *told;
	uint64_t runs, numbers;
	uint64_t cut; /* stretches that were looked at in pieces */
	/* Hits that the next piece may tell better: those of the piece before
	 * the one that is looked at, and behind them those of this; owned. */
	struct vl_match_pending *pending;
	size_t pending_count, pending_room, pending_old;
	size_t piece_items;  /* hits when this piece was begun */
	uint64_t piece_runs; /* runs then */
	uint64_t unread; /* bytes that could not be read */
	int failed;	 /* the first error, or 0 */
};

struct vhdxlog_matches {
	struct vhdxlog_match *items; /* owned */
	size_t count, room;
	char **limitations; /* owned, each */
	size_t limitation_count, limitation_room;
	uint32_t *told; /* owned: hits of each rule, told and not */
	size_t rule_count;
	uint64_t scans, bytes;
};

/* Room for length bytes at the end of the buffer; NULL: out of memory, noted. */
uint8_t *vl_match_room(struct vl_match_pass *pass, size_t length);

/*
 * The last stretch->length bytes that room was made for are this. Looked at now or
 * later; false: the pass is over.
 */
bool vl_match_put(struct vl_match_pass *pass, struct vl_stretch stretch);

/* Look at all that was put. */
void vl_match_flush(struct vl_match_pass *pass);

/* A sentence for the limitations. */
void vl_match_limit(struct vl_match_pass *pass, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* libyara counts no more matches of this string in a stretch. */
void vl_match_limit_string(struct vl_match_pass *pass, const char *rule,
			   const char *string);

/*
 * time.c: the time for the rules, and what may be spent on the image. Where that is
 * reached the pass fails; where those take too long it is over.
 */
void vl_match_begin_time(struct vl_match_pass *pass);

/* Whether the time is up; notes it. */
bool vl_match_is_late(struct vl_match_pass *pass);
void vl_match_be_late(struct vl_match_pass *pass);

/* Nanoseconds that are left, one at least; 0: there is no end. */
uint64_t vl_match_time_left(const struct vl_match_pass *pass);

/* engine.c: rules against one batch. */
int vl_match_batch(struct vl_match_pass *pass);

/* hit.c: what libyara found in a stretch. A rule that holds for a run is not told
 * again of its pages. false: out of memory. */
bool vl_match_tell(struct vl_match_pass *pass, const struct vl_stretch *stretch,
		   size_t set, YR_SCAN_CONTEXT *context, const YR_RULE *rule);

/*
 * pieces.c: matches in what two pieces share. They are the second one's to tell,
 * which may see more of them; where the rule does not hold of that one, they are
 * the first one's. Begin and end each piece, and stretches that are none.
 */
void vl_match_begin_piece(struct vl_match_pass *pass,
			  const struct vl_stretch *stretch);
void vl_match_end_piece(struct vl_match_pass *pass);
/* No next piece comes. */
void vl_match_end_stretch(struct vl_match_pass *pass);
/* A hit that waits; false: out of memory, noted. */
bool vl_match_wait(struct vl_match_pass *pass, size_t rule, uint64_t number,
		   const struct vhdxlog_match *hit);
/* hit.c: count a hit of a rule; false: no more of it are told. */
bool vl_match_count(struct vl_match_pass *pass, size_t rule);

/* One for each scope. */
void vl_match_entries(struct vl_match_pass *pass); /* PAGES and SLACK */
void vl_match_foreign(struct vl_match_pass *pass);
void vl_match_raw(struct vl_match_pass *pass);
void vl_match_replayed(struct vl_match_pass *pass);
void vl_match_ghosts(struct vl_match_pass *pass);

/* `length` bytes that `read` gives from `from` on, as one stretch in pieces. Ends
 * at what cannot be read, which is noted, and goes on behind it. */
typedef int vl_match_read(void *ctx, uint64_t from, uint8_t *to, size_t length);
void vl_match_long(struct vl_match_pass *pass, struct vl_stretch stretch,
		   uint64_t from, uint64_t length, vl_match_read *read,
		   void *ctx);

/* libyara keeps matches at any address, aligned or not. */
static inline YR_MATCH vl_match_found(const void *at)
{
	YR_MATCH m;

	memcpy(&m, at, sizeof(m));
	return m;
}

/* guest.c: where the guest's disk has what goes into its blocks. */
void vl_match_guest(struct vl_match_pass *pass);

/* ring.c: bytes of the ring, which begins again at its end, as one stretch. */
void vl_match_ring(struct vl_match_pass *pass, struct vl_stretch stretch,
		   uint64_t from, uint64_t length);

static inline bool vl_match_wants(const struct vl_match_pass *pass,
				  enum vhdxlog_match_scope scope)
{
	return pass->options->scopes >> scope & 1;
}

#endif
