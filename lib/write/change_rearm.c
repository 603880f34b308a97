/* SPDX-License-Identifier: MIT */
/*
 * A choice as a log that waits to be replayed: its entries sealed again under a
 * LogGuid of their own, from the first sector of a clean ring on, each with the
 * first as its Tail. They come through the log writer, onto a medium that holds
 * one entry, so a ring of any length takes no more than that.
 *
 * Entries stay what they were, where they fit and all readers can take them.
 * Else what is seen of them in the end is packed into as few as possible.
 */
#include "write/replay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "write/log_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What fits in the first sector of an entry; QEMU reads no more. */
#define RECORDS 126u

struct rearm {
	struct vhdxlog_scan *scan;	 /* borrowed */
	struct vhdxlog_overlay *overlay; /* borrowed */
	const struct vhdxlog_replay *about;
	const struct vl_new_headers *headers; /* borrowed */
	bool packed;
	struct vhdxlog_guid guid;
	uint64_t first_sequence;
	struct vl_entry_sizes sizes;

	struct vl_log_ring ring;
	struct vl_medium medium; /* takes what the ring writes */
	struct vl_piece written; /* by the last append */
	uint8_t entry[(1 + RECORDS) * VL_SECTOR];

	unsigned slot;	   /* the header that comes next, 3: none */
	uint64_t next;	   /* entry: index in the list of the choice */
	bool cleared;	   /* the rest of the ring was given out */
	struct vl_record records[RECORDS];
	uint8_t pages[RECORDS][VL_SECTOR];
};

/* ------------------------------------------------------------ the medium */

static int take(void *ctx, uint64_t off, const void *buf, size_t len,
		struct vhdxlog_error *err)
{
	struct rearm *r = ctx;

	(void)err;
	memcpy(r->entry, buf, len);
	r->written = (struct vl_piece){ off, len, r->entry,
					VHDXLOG_NO_SECTOR, VHDXLOG_AREA_LOG };
	return 0;
}

static int nothing_to_flush(void *ctx, struct vhdxlog_error *err)
{
	(void)ctx;
	(void)err;
	return 0;
}

/* --------------------------------------------------------------- records */

static void add_record(struct rearm *r, uint32_t i, bool zero, uint64_t off,
		       uint64_t len)
{
	r->records[i] = (struct vl_record){
		.kind = zero ? VHDXLOG_DESCRIPTOR_ZERO :
			       VHDXLOG_DESCRIPTOR_DATA,
		.file_offset = off,
		.length = len,
		.page = zero ? NULL : r->pages[i],
	};
}

/* Those of one entry as it was. */
static int gather_entry(struct rearm *r, size_t index, uint32_t *n,
			struct vhdxlog_error *err)
{
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;
	int rc = vhdxlog_descriptors_open(r->scan, index, &it, err);

	*n = 0;
	if (rc)
		return rc;
	while (*n < RECORDS &&
	       (rc = vhdxlog_descriptors_next(it, &d, err)) == 0) {
		bool zero = d.kind == VHDXLOG_DESCRIPTOR_ZERO;

		if (!zero)
			rc = vhdxlog_descriptor_page(r->scan, &d,
						     r->pages[*n], err);
		if (rc)
			break;
		add_record(r, (*n)++, zero, d.file_offset, d.length);
	}
	vhdxlog_descriptors_close(it);
	return rc < 0 ? rc : 0;
}

/* As many segments as an entry has room for. */
static int gather_segments(struct rearm *r, uint32_t *n,
			   struct vhdxlog_error *err)
{
	struct vhdxlog_segment s;
	int rc = 0;

	*n = 0;
	while (*n < RECORDS &&
	       (rc = vhdxlog_overlay_next(r->overlay, &s, err)) == 0) {
		if (!s.zero)
			rc = vhdxlog_overlay_read(r->overlay, s.offset,
						  r->pages[*n], VL_SECTOR, err);
		if (rc)
			return rc;
		add_record(r, (*n)++, s.zero, s.offset, s.length);
	}
	return rc < 0 ? rc : 0;
}

/* 0: *n records of the next entry; 1: there is none. */
static int gather(struct rearm *r, uint32_t *n, struct vhdxlog_error *err)
{
	uint64_t i = r->next++;
	int rc;

	if (r->packed) {
		rc = gather_segments(r, n, err);
		/* One entry there must be, also of a choice that writes
		 * nothing. */
		return rc ? rc : *n == 0 && i > 0;
	}
	if (i == r->about->entry_count)
		return 1;
	return gather_entry(r, vhdxlog_entry_find(r->scan, r->about->entries[i]),
			    n, err);
}

/* ---------------------------------------------------------------- pieces */

static int rewind_rearm(void *ctx, struct vhdxlog_error *err)
{
	struct rearm *r = ctx;

	(void)err;
	vhdxlog_overlay_rewind(r->overlay);
	vl_log_ring_start(&r->ring, &r->guid, r->first_sequence);
	r->slot = 1;
	r->next = 0;
	r->cleared = false;
	return 0;
}

static int next_entry(struct rearm *r, struct vl_piece *piece,
		      struct vhdxlog_error *err)
{
	uint32_t n;
	int rc = gather(r, &n, err);

	if (rc)
		return rc;
	rc = vl_log_ring_append(&r->ring, r->records, n, &r->sizes, err);
	if (rc > 0) /* it was counted that all fits */
		rc = vl_error(err, VHDXLOG_E_IO, 0, r->ring.log_offset,
			      "the log changed while it was read");
	*piece = r->written;
	return rc;
}

static int next_rearm(void *ctx, struct vl_piece *piece,
		      struct vhdxlog_error *err)
{
	struct rearm *r = ctx;
	int rc;

	if (r->slot < 3) {
		*piece = (struct vl_piece){ VL_HEADER_OFFSET(r->slot),
					    VL_SIZE_header,
					    r->headers->page[r->slot - 1],
					    VHDXLOG_NO_SECTOR,
					    VHDXLOG_AREA_HEADERS };
		r->slot++;
		return 0;
	}
	if (r->cleared)
		return 1;
	rc = next_entry(r, piece, err);
	if (rc <= 0)
		return rc;
	r->cleared = true;
	*piece = (struct vl_piece){ r->ring.log_offset + r->ring.head,
				    r->ring.log_length - r->ring.head, NULL,
				    VHDXLOG_NO_SECTOR, VHDXLOG_AREA_LOG };
	return 0;
}

static void close_rearm(void *ctx)
{
	struct rearm *r = ctx;

	vl_log_ring_release(&r->ring);
	free(r);
}

/* ------------------------------------------------------------------ plan */

/* What is seen of the choice in the end. */
struct count {
	uint64_t records, pages;
	uint64_t end; /* of the last */
	const char *unfit; /* why no log can say it, or NULL */
};

static const char *unfit(const struct vhdxlog_segment *s,
			 const struct vhdxlog_header *h)
{
	if (s->offset % VL_SECTOR || s->length % VL_SECTOR)
		return "it writes parts of pages, which no log can say";
	if (s->offset < VL_TABLE_OFFSET(1))
		return "it writes over the headers, which no log may";
	if (vl_overlap(s->offset, s->length, h->log_offset, h->log_length))
		return "it writes over the log, which no log may";
	return NULL;
}

static int count_segments(struct vhdxlog_overlay *o,
			  const struct vhdxlog_header *h, struct count *c,
			  struct vhdxlog_error *err)
{
	struct vhdxlog_segment s;
	int rc;

	*c = (struct count){ 0 };
	vhdxlog_overlay_rewind(o);
	while ((rc = vhdxlog_overlay_next(o, &s, err)) == 0) {
		c->records++;
		c->pages += !s.zero;
		c->end = s.offset + s.length;
		if (!c->unfit)
			c->unfit = unfit(&s, h);
	}
	return rc < 0 ? rc : 0;
}

/*
 * Whether all readers carry out an entry alike: some take its zero ranges first,
 * and one of no length is not nothing to all of them.
 */
static int is_plain(struct vhdxlog_scan *scan, size_t index, bool *plain,
		    struct vhdxlog_error *err)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(scan, VHDXLOG_OBJECT_ENTRY, index, v, err);

	*plain = true;
	for (int i = 0; i < n; i++) {
		bool matters =
			strcmp(v[i].check->name, "desc-duplicate-target") == 0 ||
			strcmp(v[i].check->name, "zero-length-zero") == 0;

		if (matters && (v[i].status == VHDXLOG_FAIL ||
				v[i].status == VHDXLOG_BLOCKED))
			*plain = false;
	}
	return n < 0 ? n : 0;
}

/* Sectors that the entries take as they were; 0: they cannot stay so. */
static int count_entries(struct vhdxlog_scan *scan,
			 const struct vhdxlog_replay *about, uint64_t *sectors,
			 struct vhdxlog_error *err)
{
	*sectors = 0;
	if (!about->has_sequence || about->outcome != VHDXLOG_OUTCOME_REPLAY)
		return 0;
	for (uint64_t i = 0; i < about->entry_count; i++) {
		size_t index = vhdxlog_entry_find(scan, about->entries[i]);
		struct vhdxlog_entry e;
		bool plain;
		int rc = vhdxlog_entry_at(scan, index, &e, err);

		if (!rc)
			rc = is_plain(scan, index, &plain, err);
		if (rc)
			return rc;
		if (!plain || e.descriptor_count > RECORDS) {
			*sectors = 0;
			return 0;
		}
		*sectors += e.sectors;
	}
	return 0;
}

static void refuse(struct vl_replay_plan *plan, const char *why)
{
	snprintf(plan->refusal, sizeof(plan->refusal), "%s", why);
}

/* Whether the header names a log that can be written anew. */
static const char *log_unfit(struct vhdxlog_scan *scan,
			     const struct vhdxlog_header *h,
			     const struct vhdxlog_replay *about)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	if (log->offset != h->log_offset || log->length != h->log_length)
		return "the log that was looked at is not the one that the "
		       "header names";
	if (h->log_offset < VL_MIB || h->log_offset % VL_MIB ||
	    h->log_length < VL_MIB || h->log_length % VL_MIB ||
	    vl_end(h->log_offset, h->log_length) > about->size_before)
		return "the header names no log of whole MiB inside the file";
	if (h->log_version || h->version != 1)
		return "the header is of an unknown version";
	if (about->size < about->size_before)
		return "the file would become shorter, which no log can say";
	return NULL;
}

/* How the entries are to come, or why they cannot. */
static int settle(struct rearm *r, struct vl_replay_plan *plan,
		  const struct count *c, struct vhdxlog_error *err)
{
	/* The writer keeps a sector open, so that head never meets tail; with
	 * no more than that QEMU's search goes round for ever. */
	uint64_t room = plan->headers.header[0].log_length / VL_SECTOR - 2;
	uint64_t kept, packed = c->pages + vl_div_up(c->records, RECORDS);
	int rc = count_entries(r->scan, r->about, &kept, err);

	if (rc)
		return rc;
	packed += !packed;
	r->packed = plan->packed = !kept || kept > room;
	if (r->packed && packed > room)
		snprintf(plan->refusal, sizeof(plan->refusal),
			 "the log has room for %" PRIu64
			 " sectors, and the sequence takes %" PRIu64
			 " however it is packed",
			 room, packed);
	return 0;
}

static uint64_t first_sequence(struct vhdxlog_scan *scan,
			       const struct vhdxlog_replay *about)
{
	struct vhdxlog_entry e;
	uint64_t room = UINT64_MAX - (uint64_t)vhdxlog_log(scan)->sectors;

	/* Numbers stay what they were; a forged one may leave no room. */
	if (vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, about->entries[0]),
			     &e, NULL) ||
	    !e.sequence_number || e.sequence_number > room)
		return 1;
	return e.sequence_number;
}

/*
 * How long the file is, for readers that ask before or grow it after. It has its
 * length already, as not all of them make it longer, or only by whole MiB. What
 * does not end with one is said exactly only where that is needed.
 */
static struct vl_entry_sizes sizes_of(const struct vhdxlog_replay *about,
				      uint64_t end)
{
	uint64_t whole = about->size / VL_MIB * VL_MIB;

	return (struct vl_entry_sizes){
		.flushed_file_offset = whole,
		.last_file_offset = end > whole ? about->size : whole,
	};
}

static void open_rearm(struct rearm *r, const struct vl_replay_plan *plan,
		      const struct vhdxlog_guid *guid, uint64_t end)
{
	static const struct vl_medium_ops take_ops = {
		.write = take,
		.flush = nothing_to_flush,
	};
	const struct vhdxlog_header *h = &plan->headers.header[0];

	r->headers = &plan->headers;
	r->guid = *guid;
	r->first_sequence = first_sequence(r->scan, r->about);
	r->sizes = sizes_of(r->about, end);
	r->medium = (struct vl_medium){ &take_ops, r };
	vl_log_ring_init(&r->ring, &r->medium, h->log_offset, h->log_length);
}

int vl_change_rearm(struct vhdxlog_scan *scan, struct vhdxlog_overlay *overlay,
		    const struct vhdxlog_guid *log_guid,
		    struct vl_replay_plan *plan, struct vhdxlog_error *err)
{
	static const struct vl_change_ops ops = { rewind_rearm, next_rearm,
						  close_rearm };
	const struct vhdxlog_replay *about = vhdxlog_overlay_about(overlay);
	const struct vhdxlog_header *h = &plan->headers.header[0];
	const char *why = log_unfit(scan, h, about);
	struct count c;
	struct rearm *r;
	int rc = count_segments(overlay, h, &c, err);

	if (rc)
		return rc;
	if (why || c.unfit) {
		refuse(plan, why ? why : c.unfit);
		return 0;
	}
	r = vl_calloc(1, sizeof(*r));
	if (!r)
		return vl_nomem(err);
	r->scan = scan;
	r->overlay = overlay;
	r->about = about;
	rc = settle(r, plan, &c, err);
	if (rc || *plan->refusal) {
		free(r);
		return rc;
	}
	open_rearm(r, plan, log_guid, c.end);
	plan->change = (struct vl_change){ about->size_before, about->size,
					   &ops, r };
	return vl_change_rewind(&plan->change, err);
}
