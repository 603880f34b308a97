/* SPDX-License-Identifier: MIT */
/*
 * Memory of the library that runs out. A place is where memory is asked for, with
 * the callers above: each is found once, in a first run, and can fail in another.
 */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H

#include <stddef.h>

/* From now on count what the library asks for, and find its places. */
void memory_watch(void);

/* The number of the first allocation of each place that no run before had;
 * borrowed until memory_watch(). Nothing is counted any more. */
const unsigned *memory_places(size_t *n);

/* Count again; allocation `number` fails, and those after it do not. */
void memory_fail(unsigned number);

/* No longer; whether that allocation was asked for. */
int memory_failed(void);

#endif
