/* SPDX-License-Identifier: MIT */
/*
 * The order in which sound entries were written: sessions one after the other,
 * in each of them by number.
 *
 * The ring is read like the layers of an excavation. Every writer begins each of
 * its sessions at sector 0 and writes over what is there, so
 *
 *	1. what an entry says was in front of it, and is not, was written over
 *	   by the entry that lies there: known, where its Tail or its data say
 *	   so, inferred, where only its not being at sector 0 does
 *	   (order_edges.c);
 *	2. a session that begins behind another went on where that one ended;
 *	3. where nothing else tells, what is left further along is older;
 *	4. nothing comes after the session of the header's LogGuid.
 *
 * QEMU has a LogGuid for each entry, and a session is one LogGuid; those that
 * it wrote between opening and closing the file are put together first, and
 * placed as one (order_links.c). What contradicts itself, as no writer would, is
 * put in an order all the same, and said to (order_sort.c).
 */
#ifndef VL_VIEW_ORDER_H
#define VL_VIEW_ORDER_H

#include "view/writers.h"

/* Why a session comes behind the one before it; what is known comes last. */
enum vl_reason {
	VL_REASON_ALONE,    /* there is no other */
	VL_REASON_OTHERS,   /* no other place is left */
	VL_REASON_POSITION, /* it lies nearer to the start of the ring */
	VL_REASON_BEGINS,   /* it begins where the other ends */
	VL_REASON_START,    /* it lies where the other must have begun */
	VL_REASON_FOLLOWS,  /* it follows it as QEMU's entries do */
	VL_REASON_FRONT,    /* it lies where the other had more entries */
	VL_REASON_TAIL,	    /* it lies where a Tail of the other points to */
	VL_REASON_HEADER,   /* it is the header's */
};

struct vl_because {
	uint32_t older, newer; /* indices of entries: what is compared */
	enum vl_reason reason;
	bool known;    /* it follows of this session and the one before it */
	bool by_group; /* it is of others of their openings of the file */
	bool against;  /* something in the ring contradicts it */
	bool told;     /* the session has its sentence */
	/* They were put together as what one opening of the file wrote. */
	bool linked;
};

/* Bytes of sentences; they stay where they are. */
struct vl_texts {
	struct vl_text_chunk *chunk; /* owned: the latest of a list */
	size_t chunks;
};

/* From this number on, up to the next row's, numbers are of a session. */
struct vl_numbers {
	uint64_t from;
	uint32_t session; /* or VL_NONE: of none, or of more than one */
};

struct vl_order {
	struct vl_log *log; /* borrowed */
	const struct vl_view *disk; /* borrowed, or NULL */
	uint32_t *entries; /* owned: indices of sound entries, the earliest first */
	size_t n;
	/* Owned, for each entry of the log: where it is in entries, and which
	 * session it is of; VL_NONE where it is not sound. */
	uint32_t *place, *session;
	struct vhdxlog_session *sessions; /* owned, the earliest first */
	size_t n_sessions;

	struct vl_because *because; /* owned, of each session */
	struct vl_texts texts;
	struct vl_numbers *numbers; /* owned, ascending */
	size_t n_numbers;
};

/*
 * disk: the file as it is, or NULL where only the ring is at hand. writers are
 * listed where that was not done. Release also after a failure.
 *
 * `why` of a session is "" until vl_order_why() is called for it.
 */
int vl_order_init(struct vl_order *o, struct vl_log *log,
		  const struct vl_view *disk, struct vl_writers *writers,
		  struct vhdxlog_error *err);
void vl_order_release(struct vl_order *o);

/* Make the sentence of a session, once; reads what it speaks of. */
void vl_order_why(struct vl_order *o, size_t index);

/*
 * The session that a data sector without owner is of, by its number: one within
 * a session's own, or no more than 4096 before them. VL_NONE where none is, or
 * more than one, and for numbers below 2^32: writers that count from 1 all have
 * those.
 */
uint32_t vl_order_of_number(const struct vl_order *o, uint64_t number);

#endif
