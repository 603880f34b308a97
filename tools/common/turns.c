/* SPDX-License-Identifier: MIT */
/*
 * The lock is for who may write and for what is kept, and is held for no longer
 * than it takes to look: the output itself is written by the one thread whose turn
 * it is, and by nobody else.
 */
#include "tools/common/turns.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/say.h"

#define STREAM_BUFFER (64 * 1024)
/* So many pieces may be ahead of the one whose turn it is. */
#define AHEAD 1024u

/* What a piece has written and said that did not come out yet. */
struct slot {
	char *text;
	size_t len, room;
	char *said; /* lines, whole ones */
	bool done;
};

struct tool_turns {
	struct tool_output *output;
	struct tool_tally *tally;
	pthread_mutex_t lock;
	pthread_cond_t moved; /* the turn, or the end */
	size_t count, next, turn;
	size_t bound, kept; /* bytes of all slots */
	bool stopped; /* set with the lock, and looked at without it */
	struct slot slots[AHEAD]; /* of piece n: n % AHEAD */
};

struct tool_worker {
	struct tool_turns *turns;
	struct tool_turn turn;
};

static struct slot *slot_of(struct tool_turns *t, size_t number)
{
	return &t->slots[number % AHEAD];
}

struct tool_turns *tool_turns_new(struct tool_output *output,
				  struct tool_tally *tally, size_t count,
				  size_t bound)
{
	struct tool_turns *t = tool_alloc(1, sizeof(*t));

	t->output = output;
	t->tally = tally;
	t->count = count;
	t->bound = bound;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->moved, NULL);
	return t;
}

bool tool_turns_end(struct tool_turns *t)
{
	bool whole = !t->stopped;

	for (size_t i = 0; i < AHEAD; i++) {
		free(t->slots[i].text);
		free(t->slots[i].said);
	}
	pthread_cond_destroy(&t->moved);
	pthread_mutex_destroy(&t->lock);
	free(t);
	return whole;
}

bool tool_turns_stopped(struct tool_turns *t)
{
	return __atomic_load_n(&t->stopped, __ATOMIC_RELAXED);
}

/* ----------------------------------------------------------------- writing */

/* Of the one whose turn it is. false: the output does not take it, which is said
 * here, while errno is that of the write. */
static bool put(struct tool_turns *t, const char *bytes, size_t len)
{
	errno = 0;
	if (len == 0 || fwrite(bytes, 1, len, t->output->stream) == len)
		return true;
	tool_failed(t->output->name, "writing");
	return false;
}

/* With the lock. */
static void stop(struct tool_turns *t)
{
	__atomic_store_n(&t->stopped, true, __ATOMIC_RELAXED);
	pthread_cond_broadcast(&t->moved);
}

/* What was kept is the caller's now. With the lock. */
static struct slot take(struct tool_turns *t, struct slot *s)
{
	struct slot kept = *s;

	t->kept -= s->len;
	*s = (struct slot){ .done = s->done };
	return kept;
}

/*
 * false: there is no room for it. With the lock.
 *
 * gcc's analyzer loses the text that a slot holds with the slot's address, and
 * calls it leaked.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
static bool keep(struct tool_turns *t, struct slot *s, const char *bytes,
		 size_t len)
{
	size_t room = s->room ? s->room : 4096;
	char *text;

	if (len > t->bound || t->kept > t->bound - len)
		return false;
	while (room - s->len < len)
		room *= 2;
	if (room > s->room) {
		text = realloc(s->text, room);
		if (!text)
			return false;
		s->text = text;
		s->room = room;
	}
	memcpy(s->text + s->len, bytes, len);
	s->len += len;
	t->kept += len;
	return true;
}

/* What was kept and what follows it, straight to the output. */
static bool put_now(struct tool_turns *t, const struct slot *kept,
		    const char *bytes, size_t len)
{
	bool works;

	tool_tally_hold(t->tally);
	works = put(t, kept->text, kept->len) && put(t, bytes, len);
	tool_tally_let(t->tally);
	if (works)
		return true;
	pthread_mutex_lock(&t->lock);
	stop(t);
	pthread_mutex_unlock(&t->lock);
	return false;
}

/*
 * What the stream of a piece is written to. What there is no room for waits for
 * its turn, and so does all that follows.
 */
static ssize_t write_piece(void *cookie, const char *bytes, size_t len)
{
	struct tool_worker *w = cookie;
	struct tool_turns *t = w->turns;
	struct slot *s = slot_of(t, w->turn.number), kept;
	bool works;

	pthread_mutex_lock(&t->lock);
	while (!t->stopped && t->turn != w->turn.number) {
		if (keep(t, s, bytes, len)) {
			pthread_mutex_unlock(&t->lock);
			return (ssize_t)len;
		}
		pthread_cond_wait(&t->moved, &t->lock);
	}
	works = !t->stopped;
	kept = take(t, s);
	s->said = kept.said;
	pthread_mutex_unlock(&t->lock);
	if (works)
		works = put_now(t, &kept, bytes, len);
	free(kept.text);
	return works ? (ssize_t)len : 0;
}
#pragma GCC diagnostic pop

/* ----------------------------------------------------------------- workers */

struct tool_worker *tool_worker_new(struct tool_turns *turns)
{
	static const cookie_io_functions_t io = { .write = write_piece };
	struct tool_worker *w = tool_alloc(1, sizeof(*w));

	w->turns = turns;
	w->turn.stream = fopencookie(w, "w", io);
	if (!w->turn.stream) {
		tool_say("a stream in memory: %s", strerror(errno));
		exit(TOOL_FAILED);
	}
	setvbuf(w->turn.stream, NULL, _IOFBF, STREAM_BUFFER);
	return w;
}

void tool_worker_release(struct tool_worker *w)
{
	fclose(w->turn.stream);
	free(w);
}

struct tool_turn *tool_turn_begin(struct tool_worker *w)
{
	struct tool_turns *t = w->turns;
	bool any;

	pthread_mutex_lock(&t->lock);
	while (!t->stopped && t->next < t->count &&
	       t->next - t->turn >= AHEAD)
		pthread_cond_wait(&t->moved, &t->lock);
	any = !t->stopped && t->next < t->count;
	if (any)
		w->turn.number = t->next++;
	pthread_mutex_unlock(&t->lock);
	return any ? &w->turn : NULL;
}

static struct tool_worker *worker_of(struct tool_turn *turn)
{
	return (void *)((char *)turn - offsetof(struct tool_worker, turn));
}

/* Said by the thread that works on the piece, so its slot is not another's. */
void tool_turn_say(struct tool_turn *turn, const char *path,
		   const char *format, ...)
{
	struct tool_turns *t = worker_of(turn)->turns;
	struct slot *s = slot_of(t, turn->number);
	char *escaped = tool_escape(path), *text, *all;
	va_list ap;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	all = tool_format("%s%s: %s: %s\n", s->said ? s->said : "",
			  program_invocation_short_name, escaped, text);
	free(escaped);
	free(text);
	free(s->said);
	s->said = all;
}

/* Bring out what a piece kept. Of the one whose turn it is, without the lock. */
static bool tell(struct tool_turns *t, struct slot *kept)
{
	bool works;

	tool_tally_hold(t->tally);
	if (kept->said)
		fputs(kept->said, stderr);
	works = put(t, kept->text, kept->len) && tool_output_works(t->output);
	tool_tally_let(t->tally);
	free(kept->said);
	free(kept->text);
	return works;
}

/* The turn goes on past every piece that is done. With the lock. */
static void move_on(struct tool_turns *t)
{
	struct slot *s;

	/* Ends: each time round the turn is one nearer to the last. */
	while (!t->stopped && t->turn < t->next &&
	       (s = slot_of(t, t->turn))->done) {
		struct slot kept = take(t, s);
		bool works;

		pthread_mutex_unlock(&t->lock);
		works = tell(t, &kept);
		pthread_mutex_lock(&t->lock);
		s->done = false;
		t->turn++;
		if (works)
			pthread_cond_broadcast(&t->moved);
		else
			stop(t);
	}
}

void tool_turn_end(struct tool_turn *turn, bool failed)
{
	struct tool_turns *t = worker_of(turn)->turns;

	fflush(turn->stream);
	tool_tally_count(t->tally, failed);
	pthread_mutex_lock(&t->lock);
	slot_of(t, turn->number)->done = true;
	if (t->turn == turn->number)
		move_on(t);
	pthread_mutex_unlock(&t->lock);
}
