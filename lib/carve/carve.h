/* SPDX-License-Identifier: MIT */
/*
 * Structures of VHDX images anywhere in a source, in one pass.
 *
 *	read.c		stretches of the source, without its holes
 *	ahead.c		what is known of the units behind the one looked at
 *	recognise.c	the first 8 bytes of each unit: worth a look or not
 *	structure.c	is it an identifier, a header, a table
 *	entry.c		is it an entry, and sound
 *	run.c		data sectors, pages of a BAT, unreadable pages: told as runs
 *	group.c		what is open, what is to be told of it and when
 *	group_image.c	which structures make an image
 *	image_close.c	whether it is one, and what is told of it
 *	group_log.c	which ring an entry belongs to
 *	log_close.c	where a ring begins that no header names
 *	saved.h		the fields of all that
 *	save.c		... as a text
 *	restore.c	... and back
 *
 * A unit is 512 bytes: structures lie at multiples of 4096 from where their image
 * begins, and that is a multiple of 512.
 *
 * Every step of the pass is a function of what is open and of the bytes at the
 * position, so that a pass can stop between any two items and go on elsewhere.
 *
 * Cost: linear in what is read. A checksum over many bytes is put together from
 * the registers of units, so each byte goes through it once (ahead.c); walks over
 * descriptors and data sectors stop at the first that can not belong to the entry,
 * so at most eight of them, one for each phase of 512 bytes, see the same sector;
 * of tables a bounded number of entries is looked at; what is open is bounded.
 */
#ifndef VL_CARVE_CARVE_H
#define VL_CARVE_CARVE_H

#include "carve/ahead.h"
#include "carve/read.h"
#include "ondisk/header.h"
#include "ondisk/logrecord.h"
#include "ondisk/metadata.h"

#define VL_CARVE_PHASES (VL_SECTOR / VL_CARVE_UNIT)
#define VL_CARVE_IMAGES 1024u /* open at once */
#define VL_CARVE_LONE 64u     /* rings that no header names */
#define VL_CARVE_SEEN 64u     /* entries of such a ring that are remembered */
#define VL_CARVE_LOOSE 256u   /* metadata tables of no image */
#define VL_CARVE_QUEUE 4u

/* How far from another a structure may lie and yet belong to the same image. */
#define VL_CARVE_REACH VL_GIB
/* ... and members of a ring that no header names from the last one. */
#define VL_CARVE_GAP VL_MIB
#define VL_CARVE_PATIENCE (64 * VL_MIB)

/* -------------------------------------------------------------- recognise.c */

struct vhdxlog_carve;

enum vl_carve_look {
	VL_LOOK_NOTHING,
	VL_LOOK_STRUCTURE, /* or an entry */
	VL_LOOK_DATA,
	VL_LOOK_BAT,
};

/* Move the position to the next unit below `to` that is worth a look, or to `to`:
 * then NOTHING. All of it is in the reader's buffer, in whole units. */
enum vl_carve_look vl_recognise(struct vhdxlog_carve *c, uint64_t to);

/* ------------------------------------------------------------- what is found */

struct vl_carve_header {
	uint64_t sequence_number, log_offset;
	uint32_t log_length;
	struct vhdxlog_guid log_guid;
};

struct vl_carve_table {
	uint64_t bat_offset, metadata_offset; /* in the image; 0: not in it */
	uint32_t bat_length, metadata_length;
};

/* A structure, checked by itself. */
struct vl_carve_find {
	struct vhdxlog_carved item;
	struct vl_carve_header header;
	struct vl_carve_table table;
	uint32_t tail; /* ENTRY */
};

/*
 * What begins at the position, whose unit is at p; false: nothing that is to be
 * told.
 */
bool vl_carve_structure(struct vhdxlog_carve *c, const uint8_t *p,
			struct vl_carve_find *find);
bool vl_carve_entry(struct vhdxlog_carve *c, const uint8_t *p,
		    struct vl_carve_find *find);

/*
 * Whether an entry at off that goes on at the start of its ring [from, to) is
 * sound.
 */
bool vl_carve_entry_wraps(struct vhdxlog_carve *c, uint64_t off, uint64_t from,
			  uint64_t to);

/* ---------------------------------------------------------------------- runs */

/* Neighbours that are told as one item. */
struct vl_carve_run {
	uint32_t kind; /* DATA, BAT, UNREADABLE; VHDXLOG_CARVE_KINDS: none */
	uint64_t from, to;
	uint64_t count;
	uint64_t sequence_number; /* DATA: of the last */
	/* BAT: entries with a place; bits that are set in some of their offsets */
	uint64_t located, bits;
};

/* What a unit says as a part of a BAT; false: it is none. */
struct vl_carve_bat {
	uint64_t located, bits, last;
};
bool vl_carve_bat_unit(const uint8_t *p, struct vl_carve_bat *bat);

/* --------------------------------------------------------------- what is open */

/* Where an image has what: bits of found and sound. */
enum {
	VL_AT_IDENTIFIER = 1,
	VL_AT_HEADER_1 = 2,
	VL_AT_HEADER_2 = 4,
	VL_AT_TABLE_1 = 8,
	VL_AT_TABLE_2 = 16,
	VL_AT_METADATA = 32,
	VL_AT_BAT = 64,

	VL_AT_HEADERS = VL_AT_HEADER_1 | VL_AT_HEADER_2,
	VL_AT_TABLES = VL_AT_TABLE_1 | VL_AT_TABLE_2,
	VL_AT_ALL = 127,
};

/* Entries and data sectors of one ring. */
struct vl_carve_ring {
	uint64_t from, to; /* of all members; to 0: there is none */
	uint64_t entries, sound, data;
	uint64_t fits; /* entries whose Tail is their own place in it */
	uint64_t sequence_number; /* the highest of sound entries */
	struct vhdxlog_guid guid; /* of that one */
};

struct vl_carve_image {
	uint64_t base; /* below the source's start: modulo 2^64 */
	uint32_t found, sound;
	struct vl_carve_header header[2];
	struct vl_carve_table table[2];
	uint64_t metadata_at; /* in the source, where found says so */
	struct vl_carve_ring ring;
	bool assumed_log, assumed_base; /* no header told of it */
	uint64_t log_base; /* in the source, where assumed_log */
	unsigned tied; /* the score with which it could as well begin 64 KiB
			  earlier */
	uint64_t close_at; /* nothing behind belongs to it */
};

struct vl_carve_seen {
	uint64_t offset, sequence_number;
	uint32_t tail;
	struct vhdxlog_guid guid;
};

struct vl_carve_lone {
	struct vl_carve_ring ring;
	uint64_t last_damaged; /* where the last entry that is not sound lies */
	uint32_t n;
	struct vl_carve_seen seen[VL_CARVE_SEEN];
};

struct vl_carve_loose {
	uint64_t offset;
	bool sound;
};

enum {
	VL_CARVE_LIMIT_IMAGES = 1,
	VL_CARVE_LIMIT_LOGS = 2,
	VL_CARVE_LIMIT_WRAPS = 4,
	VL_CARVE_LIMIT_LONG = 8,
	VL_CARVE_LIMIT_TABLE = 16,
	VL_CARVE_LIMITS = 31,
};

struct vhdxlog_carve {
	struct vl_carve_reader in;
	struct vl_ahead ahead;
	struct vhdxlog_carve_options options;
	uint64_t source_offset;
	uint32_t fingerprint; /* of the first bytes */
	uint64_t position;
	uint64_t number; /* of the last item */
	uint64_t passed; /* bytes that were looked at before the stretch */
	uint64_t wrap_bytes; /* read again for entries that wrap */
	uint32_t limits;     /* VL_CARVE_LIMIT_* that were reached */
	uint64_t next_close; /* nothing is to be closed before */
	uint64_t owned[VL_CARVE_PHASES]; /* sectors of a sound entry, until */
	uint64_t no_bat;		 /* nor pages of a BAT, until */
	struct vl_carve_run run;

	size_t n_images, n_lone;
	uint64_t loose_count; /* that there ever were; the last ones are kept */
	struct vl_carve_image *images; /* owned, VL_CARVE_IMAGES */
	struct vl_carve_lone *lone;    /* owned, VL_CARVE_LONE */
	struct vl_carve_loose loose[VL_CARVE_LOOSE];

	struct vhdxlog_carved queue[VL_CARVE_QUEUE];
	unsigned queued;
};

/* Bytes that were looked at, but for holes. */
static inline uint64_t vl_carve_passed(const struct vhdxlog_carve *c)
{
	uint64_t to = c->position < c->in.to ? c->position : c->in.to;

	return c->passed + (to - c->in.from);
}

static inline bool vl_run_is_open(const struct vhdxlog_carve *c)
{
	return c->run.kind != VHDXLOG_CARVE_KINDS;
}

/* ------------------------------------------------------------------ run.c */

void vl_carve_tell(struct vhdxlog_carve *c, const struct vhdxlog_carved *item);

/* Add to the run, or begin one; false: something else is to be told first. */
/* p: all of the sector. */
bool vl_run_data(struct vhdxlog_carve *c, const uint8_t *p);
bool vl_run_bat(struct vhdxlog_carve *c, const struct vl_carve_bat *bat);
bool vl_run_unreadable(struct vhdxlog_carve *c, uint64_t to);

/* End the run; it is told where there is enough to it. */
void vl_run_close(struct vhdxlog_carve *c);
/* The same where nothing at off or behind it could belong to it any more. */
void vl_run_pass(struct vhdxlog_carve *c, uint64_t off);

/* ---------------------------------------------------------------- group.c */

/* Close what ends before off; false: something is told, ask again. */
bool vl_group_pass(struct vhdxlog_carve *c, uint64_t off);
/* ... and make room for what was found there. */
bool vl_group_prepare(struct vhdxlog_carve *c, uint64_t off);
/* Put it where it belongs; may correct what is told of it. */
void vl_group_add(struct vhdxlog_carve *c, struct vl_carve_find *find);
/* Data sectors; false: there is no ring that they might belong to. */
bool vl_group_data(struct vhdxlog_carve *c, uint64_t from, uint64_t to,
		   uint64_t count);
/* Close one that is open; false: there is none. */
bool vl_group_finish(struct vhdxlog_carve *c);

/* ---------------------------------------------------------- group_image.c */

/* Where its log is, in the source; false: no header tells. */
bool vl_image_ring(const struct vl_carve_image *i, uint64_t *from,
		   uint64_t *to);

/* The header, the table that counts, or NULL. */
const struct vl_carve_header *
vl_image_header(const struct vl_carve_image *i);
const struct vl_carve_table *vl_image_table(const struct vl_carve_image *i);

/* Whether it begins in the source, and not before. */
static inline bool vl_base_is_known(const struct vl_carve_image *i)
{
	return i->base <= INT64_MAX;
}

/* How much speaks for an image. */
unsigned vl_image_score(const struct vl_carve_image *i);

/* An identifier, header, table or metadata table. */
void vl_image_add(struct vhdxlog_carve *c, const struct vl_carve_find *find);

/*
 * The open image that is nearest below off and might have something there, a
 * multiple of 1 MiB from its start; NULL: there is none, or it has some of what is
 * in `lacks`.
 */
struct vl_carve_image *vl_image_below(struct vhdxlog_carve *c, uint64_t off,
				      uint32_t lacks);

/* The image whose table says that a BAT is at off, or NULL. */
struct vl_carve_image *vl_image_of_bat(struct vhdxlog_carve *c, uint64_t off);

/* Recompute close_at. */
void vl_image_expect(struct vhdxlog_carve *c, struct vl_carve_image *i);

/* ---------------------------------------------------------- image_close.c */

/* Close the image of that index and tell of it, where it is one. */
void vl_image_close(struct vhdxlog_carve *c, size_t index);
/* Tell of one that is not among those that are open. */
void vl_image_tell(struct vhdxlog_carve *c, const struct vl_carve_image *i);

/* ------------------------------------------------------------ group_log.c */

void vl_log_add(struct vhdxlog_carve *c, struct vl_carve_find *find);

/* ------------------------------------------------------------ log_close.c */

uint64_t vl_lone_close_at(const struct vl_carve_lone *l);
/* Close one that no header names: it goes to an image, or is told. */
void vl_lone_close(struct vhdxlog_carve *c, size_t index);

/* What is told of a ring; length 0: not known. */
struct vl_carve_place {
	bool has_base;
	uint64_t base;
	uint64_t length;
};
void vl_log_tell(struct vhdxlog_carve *c, const struct vl_carve_ring *r,
		 const struct vl_carve_place *place, uint64_t image);

/* What is known of one that begins at base: it is whole MiB long. */
struct vl_carve_place vl_ring_place(const struct vl_carve_ring *r,
				    uint64_t base);

#endif
