/* SPDX-License-Identifier: MIT */
/*
 * The log: its entries, how they follow one another, which sequence counts.
 *
 *	vl_log_walk()	 every sector classified, every entry gathered, judged
 *	vl_log_link()	 successor links, for each head its sequence
 *	vl_log_select()	 the active sequence, [MS-VHDX] 2.3.2
 *	vl_log_place()	 checks that need to know what the file would hold
 *
 * Memory is a fixed record for each sector and entry, a small one for each
 * layer (below; no more than twice as many as sectors), and 16 bytes for each
 * descriptor of a sound entry (while it is examined, of one with a right
 * checksum). What a report needs beyond that it reads again from the evidence,
 * through the same functions that judged it.
 */
#ifndef VL_LOG_LOG_H
#define VL_LOG_LOG_H

#include "check/check.h"
#include "image/image.h"
#include "log/ring.h"

#define VL_NONE UINT32_MAX

/* The checks of an entry stand together in the catalogue: one bit for each. */
#define VL_FIRST_ENTRY_CHECK VLC_entry_length_zero
#define VL_LAST_ENTRY_CHECK VLC_desc_targets_unowned
#define VL_ENTRY_CHECKS (VL_LAST_ENTRY_CHECK - VL_FIRST_ENTRY_CHECK + 1)
#define VL_BIT(id) (UINT64_C(1) << ((id) - VL_FIRST_ENTRY_CHECK))
_Static_assert(VL_ENTRY_CHECKS <= 64, "entry checks fit in a word");

enum {
	VL_ENTRY_IS_SOUND = 1,
	VL_ENTRY_IS_CURRENT = 2, /* its LogGuid is the header's */
	VL_ENTRY_IS_ACTIVE = 4,
	VL_ENTRY_IS_PENDING = 8,    /* not yet examined in full */
	VL_ENTRY_AFTER_GAP = 16,    /* the entry before it has another number */
	VL_ENTRY_TAIL_REACHED = 32, /* its Tail names a sequence of its own */
	VL_ENTRY_OVERLAPS = 64,	    /* that sequence is longer than the ring */
};

/* One sector that begins with "loge". */
struct vl_entry {
	uint64_t sequence_number;
	uint64_t failed, blocked; /* a bit for each check */
	struct vhdxlog_guid guid;
	uint32_t sector;
	uint32_t sectors; /* EntryLength, 0 where that is not sane */
	uint32_t needed;  /* of those, by its descriptors; sound entries */
	uint32_t tail;	  /* bytes */
	uint32_t descriptor_count;
	uint32_t layers; /* sound entries: index of its first layer */
	uint32_t layer_count;
	/* FlushedFileOffset and LastFileOffset in MiB, rounded up; the greatest
	 * number for all that are as large. See vl_entry_offsets(). */
	uint32_t flushed, last;
	uint32_t flags;

	/* The forest of successor links; see links.c. */
	uint32_t next;	/* index of the entry that follows, or VL_NONE */
	uint32_t jump;	/* an ancestor, for steps of more than one */
	uint32_t depth; /* how many entries follow */
	uint32_t backward; /* tails that go backwards, from here to the root */
	uint32_t before; /* the predecessor with the longest run, or VL_NONE */
	uint32_t first;	 /* where the sequence that it heads begins */
	uint64_t path;	 /* sectors from here to the root, both included */
};

#define VL_TARGET_ZERO (UINT64_C(1) << 63)

/* What one descriptor of a sound entry writes: 16 bytes. */
struct vl_target {
	uint64_t place; /* FileOffset; top bit set: zeroes */
	/* zeroes: bytes; data: log sector of the data, above that whether the
	 * page begins with a place, and in the upper half the descriptor's
	 * index */
	uint64_t value;
};

/* The first 8 bytes of a page are in its descriptor; as an entry of a BAT they
 * name a place in the file. Of sound entries. */
#define VL_TARGET_PLACE	 (UINT64_C(1) << 31)
#define VL_TARGET_SECTOR (VL_TARGET_PLACE - 1)

/*
 * Neighbouring descriptors of an entry that are of one kind, sorted by offset:
 * the order in which they are applied is that of layers. Ranges of zeroes do not
 * overlap within a layer; of data for one page the last counts.
 */
struct vl_layer {
	uint32_t entry; /* index */
	uint32_t first; /* index of its first target */
	uint32_t count;
};

static inline bool vl_target_is_zero(const struct vl_target *t)
{
	return t->place & VL_TARGET_ZERO;
}

static inline uint64_t vl_target_offset(const struct vl_target *t)
{
	return t->place & ~VL_TARGET_ZERO;
}

static inline uint64_t vl_target_length(const struct vl_target *t)
{
	return vl_target_is_zero(t) ? t->value : VL_SECTOR;
}

static inline uint64_t vl_target_end(const struct vl_target *t)
{
	return vl_target_offset(t) + vl_target_length(t);
}

/*
 * Of a data target: where its bytes are in the log, and its descriptor. A page
 * that no sector holds has VL_NONE, and its number among those that are kept.
 */
static inline uint32_t vl_target_sector(const struct vl_target *t)
{
	uint32_t low = (uint32_t)t->value;

	return low == VL_NONE ? VL_NONE : low & (uint32_t)VL_TARGET_SECTOR;
}

static inline bool vl_target_begins_with_place(const struct vl_target *t)
{
	return t->value & VL_TARGET_PLACE;
}

static inline uint32_t vl_target_descriptor(const struct vl_target *t)
{
	return (uint32_t)(t->value >> 32);
}

struct vl_log {
	struct vhdxlog_log pub;
	struct vl_ring ring;
	uint64_t disk_size; /* UINT64_MAX where only the ring is at hand */
	struct vl_range own; /* where the ring lies; empty likewise */
	uint64_t sound_mask; /* checks that must pass for an entry to be sound */
	uint64_t blocked_by[VL_ENTRY_CHECKS]; /* prerequisites of each check */
	/* Set by vl_log_place(): then targets can be told apart. Borrowed. */
	const struct vl_image *image;

	struct vl_entry *entries; /* owned, in order of sectors */
	size_t n_entries, entries_cap;
	struct vl_target *targets; /* owned */
	size_t n_targets, targets_cap;
	struct vl_layer *layers; /* owned */
	size_t n_layers, layers_cap;
	/* Those of sound entries; others are made, and forgotten, as they are
	 * needed: overlay/decode.h. */
	size_t sound_targets, sound_layers;
	uint8_t (*kept)[VL_SECTOR]; /* owned: pages made along with those */
	size_t n_kept, kept_cap;
	uint32_t *owner; /* owned [present]: index of an entry, or VL_NONE */

	uint32_t active_first, active_head; /* indices, or VL_NONE */
	uint64_t declared; /* LastFileOffset of the active head, or 0 */
	uint32_t tie; /* head of another valid sequence as high, or VL_NONE */
	uint64_t zeroed; /* bytes of the file that zero descriptors of sound
			    entries name, each as often as it is named */
	uint64_t orphans;
	uint64_t tally[3]; /* by enum vhdxlog_soundness */

	struct vl_judgement *judgement; /* owned; of the log */
	struct vhdxlog_cost cost;
};

int vl_log_init(struct vl_log *log, const struct vl_view *disk,
		const struct vhdxlog_log *place,
		const struct vhdxlog_options *options,
		struct vhdxlog_error *err);
void vl_log_release(struct vl_log *log);

int vl_log_walk(struct vl_log *log, const struct vhdxlog_options *options,
		void (*sector_bytes)(void *ctx, const void *buf, size_t len),
		void *ctx, struct vhdxlog_error *err);
int vl_log_link(struct vl_log *log, struct vhdxlog_error *err);
void vl_log_select(struct vl_log *log);
int vl_log_place(struct vl_log *log, const struct vl_image *image,
		 struct vhdxlog_error *err);

/* The checks that a target fails by what it lies on; after vl_log_place(). */
uint64_t vl_target_misplaced(const struct vl_log *log, uint64_t off,
			     uint64_t len);

/* Make room for one more target. */
int vl_targets_grow(struct vl_log *log, struct vhdxlog_error *err);

static inline int vl_target_add(struct vl_log *log, const struct vl_target *t,
				struct vhdxlog_error *err)
{
	int rc = 0;

	if (log->n_targets == log->targets_cap)
		rc = vl_targets_grow(log, err);
	if (!rc)
		log->targets[log->n_targets++] = *t;
	return rc;
}

/* Index of the entry whose header is in a sector, or VL_NONE. */
uint32_t vl_log_entry_at(const struct vl_log *log, uint32_t sector);

static inline bool vl_is_sound(const struct vl_entry *e)
{
	return e->flags & VL_ENTRY_IS_SOUND;
}

static inline bool vl_is_valid(const struct vl_entry *e)
{
	return (e->flags & (VL_ENTRY_IS_SOUND | VL_ENTRY_IS_CURRENT)) ==
	       (VL_ENTRY_IS_SOUND | VL_ENTRY_IS_CURRENT);
}

enum vhdxlog_soundness vl_soundness(const struct vl_entry *e);

/* The targets of a sound entry, as many as it has descriptors; NULL: none. */
static inline const struct vl_target *
vl_entry_targets(const struct vl_log *log, const struct vl_entry *e)
{
	return e->layer_count ? &log->targets[log->layers[e->layers].first] :
				NULL;
}

/* The ring's sector behind an entry. */
static inline uint32_t vl_entry_end(const struct vl_log *log,
				    const struct vl_entry *e)
{
	return vl_ring_wrap(&log->ring, (uint64_t)e->sector + e->sectors);
}

/* ------------------------------------------------------------- entry.c */

/*
 * Examine one entry: header, descriptors, data sectors, checksum. j, where it is
 * given, gets every verdict with its detail; targets are kept where `keep` and
 * the entry is sound.
 */
int vl_entry_examine(struct vl_log *log, uint32_t index, bool keep,
		     struct vl_judgement *j, struct vhdxlog_error *err);

/* Judge a sound entry anew, by what is known since vl_log_place(). */
int vl_entry_refresh(struct vl_log *log, uint32_t index,
		     struct vhdxlog_error *err);

/*
 * The header of an entry, read again, and its checksum as computed; *crc_known
 * false where that cannot be done. VHDXLOG_E_IO.
 */
int vl_entry_header_read(struct vl_log *log, uint32_t index,
			 struct vl_entry_header *h, bool *crc_known,
			 uint32_t *crc, struct vhdxlog_error *err);

/*
 * FlushedFileOffset and LastFileOffset of an entry, as they are: read again only
 * where they are no multiples of 1 MiB. VHDXLOG_E_IO.
 */
int vl_entry_offsets(struct vl_log *log, uint32_t index, uint64_t *flushed,
		     uint64_t *last, struct vhdxlog_error *err);

/* ------------------------------------------------------------ layers.c */

/* By offset; those of one offset by kind, then by descriptor or length. */
void vl_targets_sort(struct vl_target *t, size_t n);

/*
 * Make layers of the targets from `first` to the end of the array, which are
 * those of an entry in the order of its descriptors.
 */
int vl_layers_make(struct vl_log *log, uint32_t entry, size_t first,
		   struct vhdxlog_error *err);

/* ------------------------------------------------------------- links.c */

/*
 * The entry on the way from e (itself included) to the root behind which
 * `depth` more follow, or VL_NONE.
 */
uint32_t vl_link_ancestor(struct vl_log *log, uint32_t e, uint32_t depth);

/* Whether `head` is reached from `first` by following links. */
bool vl_link_reaches(struct vl_log *log, uint32_t first, uint32_t head);

/* The sound entry of the same LogGuid that starts where a sound one ends. */
uint32_t vl_link_neighbour(const struct vl_log *log, uint32_t entry);

/*
 * How many entries there are from first to head, each a neighbour of the one
 * before, whatever their numbers; 0: that way does not lead there.
 */
uint64_t vl_link_count(struct vl_log *log, uint32_t first, uint32_t head);

/* Sectors from first to head, which it reaches, both included. */
uint64_t vl_link_sectors(const struct vl_log *log, uint32_t first,
			 uint32_t head);

/* ---------------------------------------------------------- sequence.c */

/* The verdicts on the entries from first to head as a sequence. */
void vl_sequence_judge(struct vl_log *log, uint32_t first, uint32_t head,
		       struct vl_judgement *j);

/* Whether all checks of class Q pass for the head's own sequence. */
static inline bool vl_heads_valid(const struct vl_entry *e)
{
	return e->flags & VL_ENTRY_TAIL_REACHED;
}

/* ----------------------------------------------------------- map.c */

/* Which sound entry covers each sector; needs the examined entries. */
int vl_map_owners(struct vl_log *log, struct vhdxlog_error *err);
enum vhdxlog_sector_kind vl_map_kind(const struct vl_log *log,
				     uint32_t sector);
uint32_t vl_map_owner(const struct vl_log *log, uint32_t sector);

/* -------------------------------------------------------- log_checks.c */

struct vl_log_facts {
	bool changes_known, changes_bytes; /* of the active sequence */
	uint64_t budget; /* for comparing; 0: nothing can be compared */
};

void vl_log_judge(struct vl_log *log, const struct vl_log_facts *facts);

#endif
