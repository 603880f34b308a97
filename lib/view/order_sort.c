/* SPDX-License-Identifier: MIT */
/*
 * Sessions in an order that everything known of them agrees with: groups sorted
 * topologically, of those that could be next the one that is left furthest along
 * the ring. Where evidence goes in a circle, which no writer leaves, the furthest
 * one is taken though something says that it comes later. O(n log n).
 */
#include "view/order_parts.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>

struct group {
	uint32_t root;
	uint32_t top;	 /* the lowest sector that it covers */
	uint32_t first;	 /* of its sessions, in members */
	uint32_t count;
	uint32_t edge;	 /* the first of those from it, in by_group */
	uint32_t waits;	 /* edges to it, from groups that have no place yet */
	bool placed;
	bool forced; /* it was placed while it waited */
};

struct member {
	uint64_t number; /* the first of the session's */
	uint32_t group;
	uint32_t session;
	bool current;
};

/* Groups are counted in the order in which they would come by place alone. */
struct sorter {
	struct vl_sorting *s;
	struct group *groups; /* owned [n + 1] */
	uint32_t n;
	uint32_t *rank;	       /* owned [sessions]: its group */
	struct member *members; /* owned [sessions], by group */
	uint32_t *by_group;    /* owned: edges, by the group they are from */
	uint32_t *heap;	       /* owned: groups that may be next */
	uint32_t heaped;
	uint32_t last; /* the current session's group, or VL_NONE */
};

static uint32_t group_of(struct sorter *t, uint32_t entry)
{
	return t->rank[t->s->session[entry]];
}

/* -------------------------------------------------------------------- heap */

/* The lowest number is on top. */
static void push(struct sorter *t, uint32_t g)
{
	uint32_t at = t->heaped++;

	for (; at && t->heap[(at - 1) / 2] > g; at = (at - 1) / 2)
		t->heap[at] = t->heap[(at - 1) / 2];
	t->heap[at] = g;
}

static uint32_t pop(struct sorter *t)
{
	uint32_t top = t->heap[0], moved = t->heap[--t->heaped];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < t->heaped) {
		if (child + 1 < t->heaped &&
		    t->heap[child + 1] < t->heap[child])
			child++;
		if (moved <= t->heap[child])
			break;
		t->heap[at] = t->heap[child];
		at = child;
	}
	t->heap[at] = moved;
	return top;
}

/* ------------------------------------------------------------------ groups */

/* The furthest along the ring first. */
static int by_place(const void *pa, const void *pb)
{
	const struct group *a = pa, *b = pb;

	if (a->top != b->top)
		return a->top > b->top ? -1 : 1;
	return (a->root > b->root) - (a->root < b->root);
}

static int by_number(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->current != b->current)
		return a->current ? 1 : -1;
	return (a->session > b->session) - (a->session < b->session);
}

static void make_groups(struct sorter *t)
{
	struct vl_sorting *s = t->s;

	for (uint32_t i = 0; i < s->n; i++) {
		if (s->parent[i] == i)
			t->groups[t->n++] = (struct group){
				.root = i, .top = s->top[i]
			};
	}
	qsort(t->groups, t->n, sizeof(*t->groups), by_place);
	for (uint32_t g = 0; g < t->n; g++)
		t->rank[t->groups[g].root] = g;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t first = vl_session_first(s, i);

		t->rank[i] = t->rank[vl_group_of(s, i)];
		t->members[i] = (struct member){
			s->log->entries[first].sequence_number,
			t->rank[i], i, i == s->current
		};
		t->groups[t->members[i].group].count++;
	}
	qsort(t->members, s->n, sizeof(*t->members), by_number);
	for (uint32_t g = 1; g < t->n; g++)
		t->groups[g].first = t->groups[g - 1].first +
				     t->groups[g - 1].count;
	t->last = s->current == VL_NONE ? VL_NONE : t->rank[s->current];
}

/* What is said of the current one's being before others is no use: it is last. */
static bool counts(struct sorter *t, const struct vl_edge *edge)
{
	return group_of(t, edge->older) != t->last;
}

static void sort_edges(struct sorter *t)
{
	struct vl_sorting *s = t->s;
	uint32_t sum = 0;

	for (size_t k = 0; k < s->n_edges; k++) {
		t->groups[group_of(t, s->edges[k].older)].edge++;
		if (counts(t, &s->edges[k]))
			t->groups[group_of(t, s->edges[k].newer)].waits++;
		else
			t->groups[t->last].forced = true;
	}
	for (uint32_t g = 0; g <= t->n; g++) {
		sum += t->groups[g].edge;
		t->groups[g].edge = sum; /* where its last one ends */
	}
	for (size_t k = s->n_edges; k-- > 0;)
		t->by_group[--t->groups[group_of(t, s->edges[k].older)].edge] =
			(uint32_t)k;
}

/* ----------------------------------------------------------------- reasons */

/* Whether what is known of two entries' sessions is so of these two. */
static bool is_theirs(const struct vl_sorting *s, const struct vl_edge *e,
		      uint32_t before, uint32_t session)
{
	return s->session[e->older] == before &&
	       s->session[e->newer] == session;
}

/* The best reason for which group g comes before the group of `session`. */
static struct vl_because find_reason(struct sorter *t, uint32_t g,
				     uint32_t before, uint32_t session)
{
	struct vl_sorting *s = t->s;
	uint32_t to = t->rank[session];
	struct vl_because b = {
		.older = vl_session_last(s, before),
		.newer = vl_session_first(s, session),
		.reason = t->groups[g].top > t->groups[to].top ?
				  VL_REASON_POSITION :
				  VL_REASON_OTHERS,
	};

	for (uint32_t k = t->groups[g].edge; k < t->groups[g + 1].edge; k++) {
		const struct vl_edge *e = &s->edges[t->by_group[k]];
		bool theirs = is_theirs(s, e, before, session);
		bool known = theirs && e->reason >= VL_REASON_FRONT;

		if (group_of(t, e->newer) != to || b.known > known ||
		    (b.known == known && e->reason <= b.reason))
			continue;
		b = (struct vl_because){ .older = e->older,
					 .newer = e->newer,
					 .reason = e->reason,
					 .known = known,
					 .by_group = !theirs };
	}
	return b;
}

static struct vl_because reason_for(struct sorter *t, uint32_t before,
				    uint32_t session)
{
	struct vl_sorting *s = t->s;
	uint32_t g = t->rank[before];
	struct vl_because b = { .older = vl_session_last(s, before),
				.newer = vl_session_first(s, session) };

	if (session == s->current) {
		b.reason = VL_REASON_HEADER;
		b.known = !s->log->pub.assumed; /* by an option */
	} else if (g == t->rank[session]) {
		b.reason = VL_REASON_FOLLOWS;
	} else {
		b = find_reason(t, g, before, session);
	}
	return b;
}

/* ----------------------------------------------------------------- placing */

/* Whether a group, or the one before it, came though it waited for another: that
 * may be the very one that now comes behind it. */
static bool is_doubtful(const struct sorter *t, uint32_t g, uint32_t turn)
{
	return t->groups[g].forced ||
	       (turn && t->groups[t->rank[t->s->turns[turn - 1]]].forced);
}

/* Give the sessions of a group the turns from `turn` on. */
static uint32_t place(struct sorter *t, uint32_t g, uint32_t turn)
{
	struct vl_sorting *s = t->s;
	struct group *group = &t->groups[g];

	group->placed = true;
	for (uint32_t i = 0; i < group->count; i++, turn++) {
		uint32_t session = t->members[group->first + i].session;

		s->turns[turn] = session;
		s->because[turn] = turn ? reason_for(t, s->turns[turn - 1],
						     session) :
					  (struct vl_because){ .known = true };
		if (!i && is_doubtful(t, g, turn)) {
			s->because[turn].against = true;
			s->because[turn].known = false;
		}
		s->because[turn].linked = i != 0;
	}
	for (uint32_t k = group->edge; g != t->last && k < group[1].edge; k++) {
		uint32_t to = group_of(t, s->edges[t->by_group[k]].newer);

		if (!--t->groups[to].waits && !t->groups[to].placed &&
		    to != t->last)
			push(t, to);
	}
	return turn;
}

static void place_all(struct sorter *t)
{
	uint32_t turn = 0;

	for (uint32_t g = 0; g < t->n; g++) {
		if (!t->groups[g].waits && g != t->last)
			push(t, g);
	}
	/* Ends: each turn of the loops places a group or passes one by. */
	for (uint32_t g = 0; g < t->n; g++) {
		while (t->heaped)
			turn = place(t, pop(t), turn);
		if (t->groups[g].placed || g == t->last)
			continue;
		t->groups[g].forced = true;
		turn = place(t, g, turn);
	}
	while (t->heaped)
		turn = place(t, pop(t), turn);
	if (t->last != VL_NONE)
		place(t, t->last, turn);
}

int vl_order_sort(struct vl_sorting *s, struct vhdxlog_error *err)
{
	struct sorter t = {
		.s = s,
		.groups = vl_calloc((size_t)s->n + 1, sizeof(*t.groups)),
		.rank = vl_calloc(s->n, sizeof(*t.rank)),
		.members = vl_calloc(s->n, sizeof(*t.members)),
		.by_group = vl_calloc(s->n_edges, sizeof(*t.by_group)),
		.heap = vl_calloc(s->n, sizeof(*t.heap)),
	};
	int rc = 0;

	if (t.groups && t.rank && t.members && t.by_group && t.heap) {
		make_groups(&t);
		sort_edges(&t);
		place_all(&t);
	} else {
		rc = vl_nomem(err);
	}
	free(t.groups);
	free(t.rank);
	free(t.members);
	free(t.by_group);
	free(t.heap);
	return rc;
}
