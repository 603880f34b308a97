/* SPDX-License-Identifier: MIT */
/*
 * What can still be proven of entries that fail as a whole.
 *
 * The entries that are looked at form a row: each begins where the one before
 * ends, has the next number and the LogGuid that the header names, and the first
 * of them fails. Behind the last entry of a sequence the row goes on from there;
 * where there is no sequence, it is what the newest entry's Tail begins.
 *
 * Of an entry that fails the header is taken for what it says where its number
 * and LogGuid follow from the row, and its EntryLength is just what its descriptors
 * need. Then each descriptor by itself:
 *
 *	descriptor	signature, the entry's number, a target that an entry may
 *			have, in a structure, which no other descriptor writes
 *	data sector	signature, and the entry's number at its beginning and
 *			its end
 *	checksum	why it is wrong; what is known of that tells where the
 *			damage is, or at least whether it may be in this page
 *	page		it makes sense where it goes
 *
 * All pages of a sound entry of the row are applied: nothing speaks against them.
 *
 *	salvage_row.c	   which entries
 *	salvage_entry.c	   descriptors and data sectors of one
 *	salvage_checksum.c why its checksum is wrong
 *	salvage_place.c	   where its pages go
 *	salvage_bat.c	   pages of the BAT, and sector bitmaps
 *	salvage_tables.c   pages of region tables and metadata
 *	salvage_sound.c	   sound entries in between
 *	salvage_list.c	   what was found
 *	salvage.c	   the row from its first entry to its last
 */
#ifndef VL_VIEW_SALVAGE_H
#define VL_VIEW_SALVAGE_H

#include "overlay/overlay.h"

/* What is known of the damage to the entry of a page, the best first. */
enum vl_salvage_proof {
	VL_SALVAGE_SOUND, /* there is none */
	/* It is in bytes of which the value is known, or in the checksum. */
	VL_SALVAGE_CHECKSUM,
	VL_SALVAGE_TORN, /* a part that is not whole can be seen elsewhere */
	VL_SALVAGE_BYTE, /* one byte elsewhere, changed, would make it right */
	VL_SALVAGE_UNEXPLAINED,
};

/* A page, or a range of zeroes, that is proven. */
struct vl_salvaged {
	uint32_t entry;	     /* index */
	uint32_t descriptor; /* index */
	uint64_t offset, length;
	bool zero;
	bool same;     /* of a page: it is what was there before */
	uint8_t proof; /* enum vl_salvage_proof */
	uint8_t area;  /* enum vhdxlog_area, of the first byte */
};

/* One that is not; VL_NONE as descriptor: the entry as a whole. */
struct vl_unsalvaged {
	uint32_t entry, descriptor;
	const char *reason; /* static */
};

struct vl_salvage {
	struct vl_salvaged *pages; /* owned */
	size_t n_pages, pages_cap;
	struct vl_unsalvaged *left; /* owned */
	size_t n_left, left_cap;
	uint32_t *entries; /* owned: indices of those of which any is applied */
	size_t n_entries, entries_cap;
	struct vl_pile pile; /* owned: the base's layers, and those above */
	size_t pile_cap;
	uint64_t size;	   /* of the file then */
	uint64_t declared; /* how far entries that are proven say it reaches */
	/* An entry that declares more, which nothing confirms; or VL_NONE. */
	uint32_t growth_unproven;
};

/* What it is laid over. */
struct vl_salvage_base {
	struct vl_log *log;
	const struct vl_view *disk;
	struct vl_pile pile; /* borrowed */
	uint64_t size;	     /* of the file with that applied */
	const struct vl_image *image; /* examined in that state */
	uint32_t last; /* the last entry that is applied, or VL_NONE */
};

/*
 * Look for all of it. Nothing found is an empty list, and what is found in part
 * and not proven is among what is left. Layers are made as for entries that are
 * not sound (overlay/decode.h): vl_log_forget() ends the pile's life. Release
 * also after a failure.
 */
int vl_salvage_find(struct vl_salvage *s, const struct vl_salvage_base *base,
		    struct vhdxlog_error *err);
void vl_salvage_release(struct vl_salvage *s);

/* Static sentences on what proves a page, ended by NULL. */
void vl_salvage_evidence(const struct vl_salvaged *page, bool behind_sequence,
			 const char *evidence[8]);

#endif
