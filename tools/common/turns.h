/* SPDX-License-Identifier: MIT */
/*
 * Work that several threads do side by side and that is told one after the other:
 * each piece has a number, and what it writes and says comes out in the order of
 * the numbers, whichever is finished first.
 *
 * The piece whose turn it is writes straight to the output. What others write is
 * kept in memory up to a bound for all of them together; beyond that a piece waits
 * for its turn. Pieces are given out in order, so the one whose turn it is is
 * always being worked on, and never waits.
 */
#ifndef TOOLS_COMMON_TURNS_H
#define TOOLS_COMMON_TURNS_H

#include "tools/common/output.h"
#include "tools/common/tally.h"

struct tool_turns;

/* One piece of work, of one thread. */
struct tool_turn {
	size_t number;
	FILE *stream; /* what it writes; the thread's own */
};

/* Of `count` pieces. bound: bytes; output and tally are borrowed. */
struct tool_turns *tool_turns_new(struct tool_output *output,
				  struct tool_tally *tally, size_t count,
				  size_t bound);

/* When all threads are done. false: the output did not take all. */
bool tool_turns_end(struct tool_turns *turns);

/* Whether the output takes no more, so that nobody needs what is worked on. */
bool tool_turns_stopped(struct tool_turns *turns);

/* For each thread, before its first turn; and after its last. */
struct tool_worker;
struct tool_worker *tool_worker_new(struct tool_turns *turns);
void tool_worker_release(struct tool_worker *worker);

/* The next piece of work; NULL: there is none. It is to be ended. */
struct tool_turn *tool_turn_begin(struct tool_worker *worker);

/* As tool_say_path(); said when it is its turn. */
void tool_turn_say(struct tool_turn *turn, const char *path,
		   const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* failed: for the tally. */
void tool_turn_end(struct tool_turn *turn, bool failed);

#endif
