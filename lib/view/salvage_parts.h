/* SPDX-License-Identifier: MIT */
/* Between the files of salvage.h. */
#ifndef VL_VIEW_SALVAGE_PARTS_H
#define VL_VIEW_SALVAGE_PARTS_H

#include "image/claims.h"
#include "log/entry.h"
#include "view/salvage.h"

/*
 * How long an entry may be, bytes: in a longer one too many bytes would make the
 * checksum right by chance. And all together: each byte of them is asked.
 */
#define VL_MAX_SALVAGE_LENGTH (UINT32_C(1) << 20)
#define VL_MAX_SALVAGE_BYTES (UINT32_C(1) << 24)

/*
 * How long it may be for one byte, changed, to explain a wrong checksum, bytes: of
 * so many one does by chance in 256 entries, of a mebibyte in one of 16.
 */
#define VL_MAX_BYTE_PROOF (UINT32_C(1) << 16)

/* How many descriptors. */
#define VL_MAX_SALVAGE_ALL (UINT32_C(1) << 20)

/* How many entries that fail: for each the pile is gone through again. */
#define VL_MAX_SALVAGE_FAILED 256u

/* How often tables are read again to see whether a page fits. */
#define VL_MAX_SALVAGE_TRIALS 64u

/* How many blocks may come to be. */
#define VL_MAX_SALVAGE_BLOCKS (UINT32_C(1) << 20)

/* One descriptor of an entry that fails. */
struct vl_salvage_item {
	struct vl_descriptor d;
	const char *reason; /* why it is not proven; NULL: nothing says so yet */
	uint64_t end;	    /* BAT: where its last new block ends, or 0 */
	uint32_t sector;    /* of its data, or VL_NONE */
	uint8_t area;	    /* of the first byte of its target */
	bool same;	    /* the page is what was there before */
};

/* An entry that fails, while it is looked at. */
struct vl_salvage_case {
	const struct vl_salvage_base *base;
	uint32_t entry; /* index */
	struct vl_entry_header h;
	uint32_t descriptor_sectors;
	struct vl_salvage_item *items; /* owned: h.descriptor_count */
	bool seen; /* some part of it is not whole */
	enum vl_salvage_proof proof;
	const char *reason; /* why nothing of it is proven, or NULL */
	/* The file as it is up to here. */
	const struct vl_overlay *before;
	uint64_t size;
};

/* Over all entries that fail. */
struct vl_salvage_state {
	struct vl_claims placed; /* where blocks came to be in the row so far */
	uint32_t blocks;	 /* how many */
	uint32_t trials;	 /* tables read again */
	bool full;		 /* there were more than are kept */
};

static inline struct vl_entry *vl_case_entry(const struct vl_salvage_case *c)
{
	return &c->base->log->entries[c->entry];
}

/* ------------------------------------------------------- salvage_row.c */

struct vl_salvage_row {
	uint32_t *entries; /* owned: indices, in order of numbers */
	size_t n, cap;
	/* An entry that would be the next but for its header, or VL_NONE. */
	uint32_t broken;
};

int vl_salvage_row(const struct vl_salvage_base *base,
		   struct vl_salvage_row *row, struct vhdxlog_error *err);

/* ------------------------------------------------------ salvage_list.c */

/* VHDXLOG_E_NOMEM. */
int vl_salvage_leave(struct vl_salvage *s, uint32_t entry, uint32_t descriptor,
		     const char *reason, struct vhdxlog_error *err);
int vl_salvage_keep(struct vl_salvage *s, const struct vl_salvaged *page,
		    struct vhdxlog_error *err);
int vl_salvage_keep_entry(struct vl_salvage *s, uint32_t entry,
			  struct vhdxlog_error *err);
int vl_salvage_pile_up(struct vl_salvage *s, struct vl_layers layers,
		       struct vhdxlog_error *err);

/* ----------------------------------------------------- salvage_sound.c */

/* Keep all that a sound entry writes, and where its new blocks are.
 * VHDXLOG_E_NOMEM, VHDXLOG_E_IO. */
int vl_salvage_sound(struct vl_salvage *out, const struct vl_salvage_base *base,
		     struct vl_salvage_state *state, uint32_t entry,
		     struct vhdxlog_error *err);

/* ----------------------------------------------------- salvage_entry.c */

/* Fill items and reason; VHDXLOG_E_NOMEM. Release also after a failure. */
int vl_case_read(struct vl_salvage_case *c, struct vhdxlog_error *err);
void vl_case_release(struct vl_salvage_case *c);

/* -------------------------------------------------- salvage_checksum.c */

/* Find c->proof, and what the checksum says of single items. */
void vl_case_explain(struct vl_salvage_case *c);

/* ----------------------------------------------------- salvage_place.c */

/* Where each goes: what may not be written, or is written twice. */
int vl_case_place(struct vl_salvage_case *c, struct vhdxlog_error *err);

/* The page that an item of data writes. */
int vl_item_page(const struct vl_salvage_case *c,
		 const struct vl_salvage_item *item, uint8_t page[VL_SECTOR],
		 struct vhdxlog_error *err);

/* What is there before; zeroes behind the end of the file. */
int vl_item_before(const struct vl_salvage_case *c,
		   const struct vl_salvage_item *item, uint8_t page[VL_SECTOR],
		   struct vhdxlog_error *err);

/* Its target, as the log has them. */
struct vl_target vl_item_target(const struct vl_salvage_case *c,
				const struct vl_salvage_item *item);

/* Make one layer after another of the items for which wanted() holds. */
int vl_case_layers(const struct vl_salvage_case *c,
		   bool (*wanted)(const struct vl_salvage_item *),
		   struct vl_layers *layers, struct vhdxlog_error *err);

/* ------------------------------------------- salvage_bat.c, .._tables.c */

int vl_case_bat(struct vl_salvage_case *c, struct vl_salvage_state *s,
		struct vhdxlog_error *err);
/* Whether where its blocks are is known. */
bool vl_bat_is_followed(const struct vl_image *image);
int vl_case_tables(struct vl_salvage_case *c, struct vl_salvage_state *s,
		   struct vhdxlog_error *err);

#endif
