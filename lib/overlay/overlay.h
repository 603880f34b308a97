/* SPDX-License-Identifier: MIT */
/*
 * The file as it would be if a sequence were applied: the only thing that knows.
 *
 * It is a pile of layers (log.h) on the disk, later ones above; what of them is
 * seen is found by sweeping (sweep.h). An overlay is a view, so an image is
 * examined through it as through a file. Without a sequence it is the disk.
 */
#ifndef VL_OVERLAY_OVERLAY_H
#define VL_OVERLAY_OVERLAY_H

#include "overlay/decode.h"
#include "overlay/sweep.h"

/* Where reading has got to: best from low offsets to high ones. */
struct vl_reader {
	bool begun; /* sweep is initialised */
	struct vl_sweep sweep;
	bool more;		   /* there is a segment at or behind `from` */
	struct vl_segment segment; /* the first of those */
	uint64_t from;
	uint32_t cached; /* the target whose page was last put together */
	uint8_t page[VL_SECTOR]; /* that page */
};

/* Indices of layers, in the order of replay. */
struct vl_pile {
	uint32_t *layer; /* owned by whoever has the pile */
	size_t n;
};

struct vl_overlay {
	struct vl_view view; /* first: an overlay is a view */
	const struct vl_view *disk;
	struct vl_log *log;
	struct vl_pile pile; /* owned */
	struct vl_reader *reader; /* owned; NULL: no layers */
};

/*
 * The entries from first to head (indices, neighbours; VL_NONE: none at all)
 * applied to the disk. [MS-VHDX] 2.3.3
 */
int vl_overlay_init(struct vl_overlay *o, const struct vl_view *disk,
		    struct vl_log *log, uint32_t first, uint32_t head,
		    struct vhdxlog_error *err);

/* Any pile, which becomes the overlay's also on failure, and a length. */
int vl_overlay_of(struct vl_overlay *o, const struct vl_view *disk,
		  struct vl_log *log, struct vl_pile pile, uint64_t size,
		  struct vhdxlog_error *err);
void vl_overlay_release(struct vl_overlay *o);

/* Give back what reading takes, until there is more to read. */
void vl_overlay_rest(struct vl_overlay *o);

/* The disk's bytes; what a replay would grow the file by reads as zeroes. */
int vl_overlay_disk(const struct vl_overlay *o, uint64_t off, uint8_t *buf,
		    size_t len, struct vhdxlog_error *err);

/*
 * The segment that holds the byte at off; *covered false: none does, it is the
 * disk's. Best asked from low offsets to high ones, as reading is.
 */
int vl_overlay_at(const struct vl_overlay *o, uint64_t off,
		  struct vl_segment *s, bool *covered,
		  struct vhdxlog_error *err);

/* All segments, from the beginning. Release the sweep. */
int vl_overlay_sweep(const struct vl_overlay *o, struct vl_sweep *sweep,
		     struct vhdxlog_error *err);

/* Bytes of a segment; off and len lie in it. */
int vl_segment_read(const struct vl_overlay *o, const struct vl_segment *s,
		    uint64_t off, uint8_t *buf, size_t len,
		    struct vhdxlog_error *err);

static inline bool vl_segment_is_zero(const struct vl_overlay *o,
				      const struct vl_segment *s)
{
	return vl_target_is_zero(&o->log->targets[s->target]);
}

/* The page that a data target writes, put together from the log. */
int vl_target_page(struct vl_log *log, uint32_t entry, uint32_t target,
		   uint8_t page[VL_SECTOR], struct vhdxlog_error *err);

#endif
