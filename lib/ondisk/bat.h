/* SPDX-License-Identifier: MIT */
/*
 * The block allocation table: little-endian u64 entries. [MS-VHDX] 2.5
 *
 *	bits 0..2	state
 *	bits 3..19	reserved
 *	bits 20..63	file offset in MiB
 *
 * With R = 2^23 * LogicalSectorSize / BlockSize payload blocks to a chunk, every
 * R payload entries are followed by one sector bitmap entry:
 *
 *	payload block n	-> index n + n / R
 *	bitmap of chunk m -> index m * (R + 1) + R
 *
 * A disk of N = ceil(size / BlockSize) blocks needs N + (N - 1) / R entries, a
 * differencing one ceil(N / R) * (R + 1). (One edition of the specification
 * prints N + M, which contradicts its own text: vhdx-format notes, section 7.)
 */
#ifndef VL_ONDISK_BAT_H
#define VL_ONDISK_BAT_H

#include "ondisk/layout.h"

enum vl_block_state {
	VL_BLOCK_NOT_PRESENT = 0,
	VL_BLOCK_UNDEFINED = 1,
	VL_BLOCK_ZERO = 2,
	VL_BLOCK_UNMAPPED = 3,
	VL_BLOCK_RESERVED_4 = 4,
	VL_BLOCK_RESERVED_5 = 5,
	VL_BLOCK_FULLY_PRESENT = 6,
	VL_BLOCK_PARTIALLY_PRESENT = 7,
};

#define VL_BAT_STATE(raw) ((unsigned)((raw) & 7))
#define VL_BAT_RESERVED(raw) ((raw) & UINT64_C(0xffff8))
#define VL_BAT_OFFSET(raw) ((raw) & ~UINT64_C(0xfffff))

/* Whether it is in a state that has a place in the file: 6 or 7. */
#define VL_BAT_IS_LOCATED(raw) (VL_BAT_STATE(raw) >= VL_BLOCK_FULLY_PRESENT)

/* ... and says where: no block is where the file begins. */
#define VL_BAT_HAS_PLACE(raw) (VL_BAT_IS_LOCATED(raw) && VL_BAT_OFFSET(raw))

static inline bool vl_bat_is_located(const struct vhdxlog_bat_entry *e)
{
	return VL_BAT_IS_LOCATED(e->raw);
}

/* States 4 and 5 do not exist. */
static inline bool vl_block_state_exists(unsigned state)
{
	return state != VL_BLOCK_RESERVED_4 && state != VL_BLOCK_RESERVED_5;
}

/* Whether some BAT may hold it: no bit and no state of it is reserved. */
static inline bool vl_bat_may_hold(uint64_t raw)
{
	return !VL_BAT_RESERVED(raw) &&
	       vl_block_state_exists(VL_BAT_STATE(raw));
}

/* Beyond any file: twice the largest disk. */
#define VL_BAT_FAR (128 * VL_TIB)

/* ... and no block lies on the header section, or where no file ends. */
static inline bool vl_bat_is_plausible(uint64_t raw)
{
	return vl_bat_may_hold(raw) && VL_BAT_OFFSET(raw) <= VL_BAT_FAR &&
	       (!VL_BAT_IS_LOCATED(raw) ||
		VL_BAT_OFFSET(raw) >= VL_HEADER_SECTION);
}

struct vl_bat_geometry {
	uint32_t block_size;
	uint32_t chunk_ratio; /* R */
	uint64_t disk_size;
	uint64_t blocks;  /* N */
	uint64_t entries; /* of the table */
	bool has_parent;
};

/*
 * block_size a power of two of 1 to 256 MiB, sector_size 512 or 4096, disk_size
 * 1 to 64 TiB: checked by the caller.
 */
void vl_bat_geometry(uint32_t block_size, uint32_t sector_size,
		     uint64_t disk_size, bool has_parent,
		     struct vl_bat_geometry *g);

bool vl_bat_is_bitmap(const struct vl_bat_geometry *g, uint64_t index);

/* The payload block, or the chunk of a bitmap entry, at an index. */
uint64_t vl_bat_block(const struct vl_bat_geometry *g, uint64_t index);
uint64_t vl_bat_index(const struct vl_bat_geometry *g, uint64_t block);
uint64_t vl_bat_bitmap_index(const struct vl_bat_geometry *g, uint64_t chunk);

/* Fills everything but offset. */
void vl_bat_decode(const struct vl_bat_geometry *g, uint64_t index,
		   uint64_t raw, struct vhdxlog_bat_entry *e);

/* What is wrong with an entry by itself, the first that is. */
enum vl_bat_fault {
	VL_BAT_GOOD,
	VL_BAT_FAULT_BITS,   /* reserved ones are set */
	VL_BAT_FAULT_BEYOND, /* the disk needs no such entry */
	VL_BAT_FAULT_STATE,  /* there is none such of what the entry is of */
	VL_BAT_FAULT_PARENT, /* ... on a disk without a parent */
	VL_BAT_FAULT_PLACE,  /* it has none and needs one, or the reverse */
};

enum vl_bat_fault vl_bat_judge(const struct vl_bat_geometry *g,
			       const struct vhdxlog_bat_entry *e);

/*
 * How many bytes of the file a block must have: all of it, but the last block of
 * the disk may end with the disk, as files of old QEMU do.
 */
uint64_t vl_bat_room(const struct vl_bat_geometry *g,
		     const struct vhdxlog_bat_entry *e);

const char *vl_block_state_name(unsigned state);

#endif
