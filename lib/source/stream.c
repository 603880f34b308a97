/* SPDX-License-Identifier: MIT */
#include "source/stream.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define SLOTS 8u
/* For less a thread costs more than it gains. */
#define WORTH_A_THREAD 64u /* pieces */

struct slot {
	uint8_t *bytes; /* in the stream's room */
	uint64_t ready; /* which piece it has, counted from 1 */
	int rc;
	struct vhdxlog_error err;
};

struct vl_stream {
	struct vl_stream_plan plan;
	uint64_t pieces;
	uint8_t *room; /* owned: of all slots */
	struct slot slot[SLOTS];
	unsigned slots;

	pthread_t thread;
	bool has_thread;
	const struct vl_beside *beside; /* the view's; NULL: there is no thread */
	uint64_t given; /* pieces that the caller has had, or has */
	/* Guards all below, and what slots say. */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* a piece is ready, a slot is free, or the end */
	uint64_t allowed;     /* pieces that may be read */
	uint64_t claimed;     /* pieces that somebody reads, or has read */
	bool ended;
};

static size_t length_of(const struct vl_stream *s, uint64_t piece)
{
	return (size_t)vl_min64(s->plan.len - piece * s->plan.piece,
				s->plan.piece);
}

static uint64_t place_of(const struct vl_stream *s, uint64_t piece)
{
	return s->plan.off + piece * s->plan.piece;
}

static struct slot *slot_of(struct vl_stream *s, uint64_t piece)
{
	return &s->slot[piece % s->slots];
}

/* Of the first n pieces each has a slot; that of the piece that the caller has is
 * not free. */
static uint64_t with_slot(const struct vl_stream *s)
{
	uint64_t kept = s->given ? s->given - 1 : 0;

	return vl_min64(s->pieces, kept + s->slots);
}

/* Whether there is one that nobody reads and that may be read. */
static bool can_claim(const struct vl_stream *s)
{
	return s->claimed < s->allowed;
}

/* Without a thread that is seen as each is read. */
static void allow(struct vl_stream *s)
{
	uint64_t n = with_slot(s);

	while (s->allowed < n &&
	       (!s->beside ||
		s->beside->allow(s->plan.view,
				  length_of(s, s->allowed))))
		s->allowed++;
}

/* Read the next piece that nobody reads. The lock is held, but not meanwhile. */
static void read_piece(struct vl_stream *s)
{
	uint64_t piece = s->claimed++;
	struct slot *slot = slot_of(s, piece);
	const struct vl_stream_plan *plan = &s->plan;
	uint64_t off = place_of(s, piece);
	size_t len = length_of(s, piece);
	int rc;

	pthread_mutex_unlock(&s->lock);
	rc = s->beside ? s->beside->read(plan->view, off, slot->bytes, len,
					 &slot->err) :
			 vl_view_read(plan->view, off, slot->bytes, len,
				      &slot->err);
	if (!rc)
		plan->look(plan->ctx, off, slot->bytes, len);
	pthread_mutex_lock(&s->lock);
	slot->rc = rc;
	slot->ready = piece + 1;
	pthread_cond_signal(&s->moved);
}

static void *read_ahead(void *ctx)
{
	struct vl_stream *s = ctx;

	pthread_mutex_lock(&s->lock);
	while (!s->ended && s->claimed < s->pieces) {
		if (can_claim(s))
			read_piece(s);
		else
			pthread_cond_wait(&s->moved, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Signals are for the caller's thread. Without a second one it goes on alone. */
static void start_thread(struct vl_stream *s)
{
	sigset_t all, before;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before))
		return;
	allow(s);
	s->has_thread = pthread_create(&s->thread, NULL, read_ahead, s) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Whether a second thread gains anything, and may read. */
static bool is_worth_it(const struct vl_stream *s)
{
	return s->plan.ahead && s->pieces >= WORTH_A_THREAD &&
	       vl_end(s->plan.off, s->plan.len) <= s->plan.view->size;
}

int vl_stream_open(const struct vl_stream_plan *plan, struct vl_stream **stream,
		   struct vhdxlog_error *err)
{
	struct vl_stream *s = vl_calloc(1, sizeof(*s));

	*stream = NULL;
	if (!s)
		return vl_nomem(err);
	*s = (struct vl_stream){
		.plan = *plan,
		.pieces = vl_div_up(plan->len, plan->piece),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER,
	};
	if (is_worth_it(s))
		s->beside = plan->view->beside;
	s->slots = s->beside ? SLOTS : 1;
	s->room = vl_calloc(s->slots, plan->piece);
	if (!s->room) {
		free(s);
		return vl_nomem(err);
	}
	for (unsigned i = 0; i < s->slots; i++)
		s->slot[i].bytes = s->room + i * plan->piece;
	if (s->beside)
		start_thread(s);
	*stream = s;
	return 0;
}

void vl_stream_close(struct vl_stream *s)
{
	if (!s)
		return;
	if (s->has_thread) {
		pthread_mutex_lock(&s->lock);
		s->ended = true;
		pthread_cond_signal(&s->moved);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	pthread_cond_destroy(&s->moved);
	pthread_mutex_destroy(&s->lock);
	free(s->room);
	free(s);
}

/* Ends: pieces are claimed in order, so one that none can be claimed before is
 * being read. */
static void wait_for(struct vl_stream *s, uint64_t piece)
{
	while (slot_of(s, piece)->ready != piece + 1) {
		if (can_claim(s))
			read_piece(s);
		else
			pthread_cond_wait(&s->moved, &s->lock);
	}
}

int vl_stream_next(struct vl_stream *s, uint8_t **bytes, size_t *len,
		   struct vhdxlog_error *err)
{
	uint64_t piece = s->given++;
	struct slot *slot = slot_of(s, piece);

	*bytes = slot->bytes;
	*len = length_of(s, piece);
	pthread_mutex_lock(&s->lock);
	allow(s);
	pthread_cond_signal(&s->moved); /* the slot before is free */
	if (piece < s->allowed)
		wait_for(s, piece);
	pthread_mutex_unlock(&s->lock);
	if (piece >= s->allowed) /* and is not now */
		return vl_view_read(s->plan.view, place_of(s, piece), *bytes,
				    *len, err);
	if (slot->rc && err)
		*err = slot->err;
	return slot->rc;
}
