/* SPDX-License-Identifier: MIT */
#include "guess/guess.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one kind; more would not be read. */
#define MOST_OF_A_KIND 8

void vl_guesses_release(struct vl_guesses *g)
{
	free(g->list);
	*g = (struct vl_guesses){ 0 };
}

struct vl_guess *vl_guess_add(struct vl_guesses *g,
			      enum vhdxlog_guess_kind kind,
			      struct vhdxlog_error *err)
{
	if (!vl_reserve((void **)&g->list, &g->cap, g->n + 1,
			sizeof(*g->list))) {
		vl_nomem(err);
		return NULL;
	}
	g->list[g->n] = (struct vl_guess){ .pub.kind = kind };
	return &g->list[g->n++];
}

void vl_guess_say(struct vl_guess *guess, int worth, const char *format, ...)
{
	struct vhdxlog_guess *p = &guess->pub;
	int score = (int)p->score + worth;
	va_list args;

	p->score = score < 0 ? 0 : score > 100 ? 100 : (unsigned)score;
	if (p->evidence_count == VL_GUESS_EVIDENCE)
		return;
	va_start(args, format);
	vsnprintf(guess->evidence[p->evidence_count++], VL_GUESS_SENTENCE,
		  format, args);
	va_end(args);
}

static int compare_guesses(const void *a, const void *b)
{
	const struct vhdxlog_guess *x = &((const struct vl_guess *)a)->pub;
	const struct vhdxlog_guess *y = &((const struct vl_guess *)b)->pub;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->assumed != y->assumed)
		return x->assumed ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(&x->guid, &y->guid, sizeof(x->guid));
}

void vl_guesses_rank(struct vl_guesses *g)
{
	size_t kept = 0, same = 0;

	if (!g->n)
		return;
	qsort(g->list, g->n, sizeof(*g->list), compare_guesses);
	for (size_t i = 0; i < g->n; i++) {
		bool is_same = kept && g->list[kept - 1].pub.kind ==
					       g->list[i].pub.kind;

		same = is_same ? same + 1 : 0;
		if (same < MOST_OF_A_KIND)
			g->list[kept++] = g->list[i];
	}
	g->n = kept;
}

struct vl_guess *vl_guess_best(struct vl_guesses *g,
			       enum vhdxlog_guess_kind kind)
{
	struct vl_guess *best = NULL;

	for (size_t i = 0; i < g->n; i++) {
		struct vl_guess *c = &g->list[i];

		if (c->pub.kind == kind &&
		    (!best || compare_guesses(c, best) < 0))
			best = c;
	}
	return best;
}
