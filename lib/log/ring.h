/* SPDX-License-Identifier: MIT */
/*
 * The ring of log sectors: read once, front to back, and remembered as a fixed
 * few bytes a sector; never kept as a whole.
 *
 * Of every sector is known: what it begins with, the CRC register over the ring
 * up to it (from which the CRC of any run of sectors follows, crc32c.h), and for
 * a data sector its sequence number. All further questions but those about
 * descriptors are answered from that without reading again.
 */
#ifndef VL_LOG_RING_H
#define VL_LOG_RING_H

#include "ondisk/logrecord.h"
#include "source/stream.h"

#define VL_STRETCH 64u /* sectors read at once: 256 KiB stay in the cache */

struct vl_ring {
	const struct vl_view *view; /* borrowed */
	uint64_t offset;	    /* of the ring in the image */
	uint32_t sectors;	    /* of the whole ring */
	uint32_t present;	    /* of those, inside the file */

	uint8_t *kind;	  /* owned [present]: enum vhdxlog_sector_kind, raw */
	uint32_t *prefix; /* owned [present + 1]: CRC register before a sector */
	/* owned [present]: of a data sector the sequence number, of one that
	 * begins an entry the entry's index */
	uint64_t *value;
	uint32_t *holes; /* owned: sectors that cannot be read, ascending */
	size_t n_holes, holes_cap;

	const uint8_t *held; /* the stretch at held_first: in buf or of walked */
	uint32_t held_first, held_count;
	uint8_t *buf;		  /* owned */
	struct vl_stream *walked; /* owned; while it is walked */
	uint32_t last_asked; /* to see that sectors are asked for in order */
	uint8_t *aside; /* owned: the sector that vl_ring_aside() gave last */
	uint32_t aside_sector;
	uint64_t bytes_read;
};

int vl_ring_init(struct vl_ring *ring, const struct vl_view *view,
		 const struct vhdxlog_log *place, struct vhdxlog_error *err);
void vl_ring_release(struct vl_ring *ring);

/*
 * Before the first stretch is walked, and after the last, which stays at hand.
 * ahead: a second thread is welcome.
 */
int vl_ring_begin(struct vl_ring *ring, bool ahead, struct vhdxlog_error *err);
void vl_ring_end(struct vl_ring *ring);

/*
 * Read and classify the stretch that begins at `first`, which must follow the
 * one before; *count gets how many sectors it has.
 */
int vl_ring_walk(struct vl_ring *ring, uint32_t first, uint32_t *count,
		 struct vhdxlog_error *err);

/*
 * The 4096 bytes of a sector, valid until the next call; NULL where it cannot
 * be read or is past the end of the file. Sectors asked for in order are read a
 * stretch at a time.
 */
const uint8_t *vl_ring_sector(struct vl_ring *ring, uint32_t sector);

/*
 * The same for one that is asked for again and again between others, as that with
 * the descriptors of data is: it is kept beside the stretch, which others come and
 * go in.
 */
const uint8_t *vl_ring_aside(struct vl_ring *ring, uint32_t sector);

/*
 * Whether every sector still holds what it held when it was walked: all are read
 * again and compared by the CRC register. Sectors that cannot be read, now or
 * then, say nothing.
 */
bool vl_ring_unchanged(struct vl_ring *ring);

/* By its first bytes; zero, if all of them are. */
enum vhdxlog_sector_kind vl_sector_kind(const uint8_t p[VL_SECTOR]);

static inline enum vhdxlog_sector_kind
vl_ring_kind(const struct vl_ring *ring, uint32_t sector)
{
	return sector < ring->present ?
		       (enum vhdxlog_sector_kind)ring->kind[sector] :
		       VHDXLOG_SECTOR_UNREADABLE;
}

/* The sector n behind `sector`, which may be past the end once. */
static inline uint32_t vl_ring_wrap(const struct vl_ring *ring,
				    uint64_t sector)
{
	return (uint32_t)(sector % ring->sectors);
}

static inline uint64_t vl_ring_at(const struct vl_ring *ring, uint32_t sector)
{
	return ring->offset + (uint64_t)sector * VL_SECTOR;
}

/* Whether all n sectors from `sector` on, wrapping, have been read. */
bool vl_ring_is_whole(const struct vl_ring *ring, uint32_t sector, uint32_t n);

/* Whether one of them cannot be read, those past the end of the file apart. */
bool vl_ring_has_hole(const struct vl_ring *ring, uint32_t sector, uint32_t n);

/*
 * The CRC-32C of n sectors from `sector` on, wrapping, with the four bytes at
 * offset 4 (whose value is `stored`) counted as zero. Sectors past the end of
 * the file count as zeroes, as some readers have it. No hole may be among them.
 */
uint32_t vl_ring_crc(const struct vl_ring *ring, uint32_t sector, uint32_t n,
		     uint32_t stored);

#endif
