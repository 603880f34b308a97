/* SPDX-License-Identifier: MIT */
/* Nothing is hooked here: see criterion.h. */
#ifndef FUZZ_CRITERION_HOOKS_H
#define FUZZ_CRITERION_HOOKS_H

struct criterion_test_set;
#define ReportHook(kind) \
	__attribute__((unused)) static void fuzz_no_hook_##kind

#endif
