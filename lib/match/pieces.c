/* SPDX-License-Identifier: MIT */
#include "match/matches.h"

#include <string.h>

#include "base/alloc.h"

bool vl_match_wait(struct vl_match_pass *pass, size_t rule, uint64_t number,
		   const struct vhdxlog_match *hit)
{
	if (!vl_reserve((void **)&pass->pending, &pass->pending_room,
			pass->pending_count + 1, sizeof(*pass->pending))) {
		pass->failed = VHDXLOG_E_NOMEM;
		return false;
	}
	pass->pending[pass->pending_count++] = (struct vl_match_pending){
		.hit = *hit, .rule = rule, .number = number
	};
	return true;
}

/* Of those of the piece before, what this one does not tell, to the front of the
 * list; returns how many. */
static size_t choose(struct vl_match_pass *pass)
{
	size_t n = 0;

	for (size_t i = 0; i < pass->pending_old; i++) {
		const struct vl_match_pending *p = &pass->pending[i];

		/* It holds of a run since, and that is of this piece. */
		if (pass->held[p->rule] > pass->piece_runs)
			continue;
		pass->told[p->rule] = p->number;
		if (vl_match_count(pass, p->rule))
			pass->pending[n++] = *p;
	}
	return n;
}

/* Before the hits of this piece: there they lie. */
static void insert(struct vl_match_pass *pass, size_t n)
{
	struct vhdxlog_matches *all = pass->matches;
	struct vhdxlog_match *at;

	if (n == 0 || pass->failed)
		return;
	if (!vl_reserve((void **)&all->items, &all->room, all->count + n,
			sizeof(*all->items))) {
		pass->failed = VHDXLOG_E_NOMEM;
		return;
	}
	at = all->items + pass->piece_items;
	memmove(at + n, at, (all->count - pass->piece_items) * sizeof(*at));
	for (size_t i = 0; i < n; i++)
		at[i] = pass->pending[i].hit;
	all->count += n;
}

void vl_match_end_piece(struct vl_match_pass *pass)
{
	insert(pass, choose(pass));
	pass->pending_count -= pass->pending_old;
	if (pass->pending_count)
		memmove(pass->pending, pass->pending + pass->pending_old,
			pass->pending_count * sizeof(*pass->pending));
	pass->pending_old = pass->pending_count;
}

void vl_match_end_stretch(struct vl_match_pass *pass)
{
	pass->piece_items = pass->matches->count;
	pass->piece_runs = pass->runs;
	if (pass->pending_count)
		vl_match_end_piece(pass);
}

void vl_match_begin_piece(struct vl_match_pass *pass,
			  const struct vl_stretch *stretch)
{
	if (!stretch->later)
		vl_match_end_stretch(pass);
	pass->piece_items = pass->matches->count;
	pass->piece_runs = pass->runs;
}
