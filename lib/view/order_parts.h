/* SPDX-License-Identifier: MIT */
/* Sessions on their way to their places. Private to order*.c. */
#ifndef VL_VIEW_ORDER_PARTS_H
#define VL_VIEW_ORDER_PARTS_H

#include "view/order.h"

/*
 * The session of one entry was there before that of the other; the sessions
 * themselves are found by the entries.
 */
struct vl_edge {
	uint32_t older, newer; /* indices of entries */
	enum vl_reason reason;
};

/* Sessions are counted as their LogGuids are sorted. */
struct vl_sorting {
	struct vl_log *log;
	uint32_t *entries; /* borrowed: by session, in each of them by number */
	uint32_t *session; /* borrowed: of each entry of the log */
	uint32_t n;
	uint32_t *begin;  /* owned [n + 1]: where each begins in entries */
	uint32_t current; /* the header's session, or VL_NONE */
	/* Owned [n]: a forest whose roots stand for groups, which are placed as
	 * one; of a root, the lowest sector that its group covers. */
	uint32_t *parent, *top;
	struct vl_edge *edges; /* owned */
	size_t n_edges, edges_cap;

	uint32_t *turns;	   /* owned [n]: the sessions in their order */
	struct vl_because *because; /* borrowed: of each turn */
};

static inline uint32_t vl_session_first(const struct vl_sorting *s,
					uint32_t session)
{
	return s->entries[s->begin[session]];
}

static inline uint32_t vl_session_last(const struct vl_sorting *s,
				       uint32_t session)
{
	return s->entries[s->begin[session + 1] - 1];
}

static inline uint32_t vl_session_count(const struct vl_sorting *s,
					uint32_t session)
{
	return s->begin[session + 1] - s->begin[session];
}

/* Whether the Tail of an entry is its own place: nothing before it is needed. */
static inline bool vl_is_self_tailed(const struct vl_entry *e)
{
	return e->tail / VL_SECTOR == e->sector;
}

/* The page that an entry of a single data descriptor writes, or NULL. */
static inline const struct vl_target *vl_only_page(const struct vl_log *log,
						   const struct vl_entry *e)
{
	const struct vl_target *t = vl_entry_targets(log, e);

	return e->descriptor_count == 1 && t && !vl_target_is_zero(t) ? t :
									   NULL;
}

/* The root of a session's group. */
uint32_t vl_group_of(struct vl_sorting *s, uint32_t session);

/* order_links.c: put together what one opening of the file wrote. */
void vl_order_link(struct vl_sorting *s);

/* order_edges.c: gather what lies over what. */
int vl_order_edges(struct vl_sorting *s, struct vhdxlog_error *err);

/* order_sort.c: fill turns and because. */
int vl_order_sort(struct vl_sorting *s, struct vhdxlog_error *err);

/* order_numbers.c: fill numbers, when all sessions have their places. */
int vl_order_numbers(struct vl_order *o, struct vhdxlog_error *err);

/*
 * Makes room for the reasons of some hundred sessions, so that those cannot run
 * out of memory when they are asked for. VHDXLOG_E_NOMEM.
 */
int vl_texts_init(struct vl_texts *t, struct vhdxlog_error *err);
void vl_texts_release(struct vl_texts *t);

#endif
