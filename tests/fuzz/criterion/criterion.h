/* SPDX-License-Identifier: MIT */
/*
 * What the helpers of the unit tests ask of Criterion, for one process that never
 * forks: what does not hold ends it, so that a fuzzer keeps the input.
 */
#ifndef FUZZ_CRITERION_H
#define FUZZ_CRITERION_H

#include <string.h>

/* Say what does not hold, and abort. */
_Noreturn void fuzz_fail(const char *file, int line, const char *what,
			 const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define cr_assert(cond, ...)                                      \
	((cond) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #cond, \
				      ": " __VA_ARGS__))
#define cr_assert_fail(...) fuzz_fail(__FILE__, __LINE__, "fails", ": " __VA_ARGS__)
#define cr_assert_not(cond, ...) cr_assert(!(cond), __VA_ARGS__)
#define cr_assert_null(p, ...) cr_assert(!(p), __VA_ARGS__)
#define cr_assert_eq(a, b, ...) cr_assert((a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) cr_assert((a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) cr_assert((a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) cr_assert((a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) cr_assert((a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) cr_assert((a) >= (b), __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) cr_assert(strcmp(a, b) == 0, __VA_ARGS__)

#endif
