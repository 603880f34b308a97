/* SPDX-License-Identifier: MIT */
/*
 * Make one check always pass: the one that VHDXLOG_BLIND names.
 *
 * Nothing of this is in a program that is shipped, nor is anything in its sources
 * for it: the linker puts it between a program's own objects (--wrap), at the three
 * places where what a check says becomes a verdict. Those are vl_judge(), which
 * asks the checks of a table; the table of entries' checks, which the walk of the
 * log asks itself; and vl_select_has(), which says what readers would do. A check
 * that any other code were to answer would pass unchanged, and
 * tests/mutation.py would find that nothing notices it blinded.
 */
#include "log/entry.h"
#include "scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const vl_check_fn __real_vl_entry_checks[VLC_COUNT];
extern vl_check_fn __wrap_vl_entry_checks[VLC_COUNT];
vl_check_fn __wrap_vl_entry_checks[VLC_COUNT];

void __real_vl_judge(enum vhdxlog_object object, const vl_check_fn *table,
		     const void *subject, struct vl_judgement *j);
void __wrap_vl_judge(enum vhdxlog_object object, const vl_check_fn *table,
		     const void *subject, struct vl_judgement *j);
bool __real_vl_select_has(const struct vhdxlog_scan *s, size_t index,
			  enum vl_check_id effect);
bool __wrap_vl_select_has(const struct vhdxlog_scan *s, size_t index,
			  enum vl_check_id effect);

static enum vl_check_id blind;

static enum vhdxlog_status always_pass(const void *subject,
				       struct vl_detail *detail)
{
	(void)subject;
	(void)detail;
	return VHDXLOG_PASS;
}

static void copy_table(vl_check_fn *to, const vl_check_fn *from)
{
	memcpy(to, from, VLC_COUNT * sizeof(*to));
	if (to[blind])
		to[blind] = always_pass;
}

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("VHDXLOG_BLIND");
	const struct vhdxlog_check *check = NULL;

	if (name && *name) {
		check = vhdxlog_check_find(name);
		/* A name that is none would look like a check that nobody
		 * misses. */
		if (!check) {
			fprintf(stderr, "VHDXLOG_BLIND: no such check: %s\n",
				name);
			abort();
		}
		blind = vl_check_id(check);
	}
	copy_table(__wrap_vl_entry_checks, __real_vl_entry_checks);
}

void __wrap_vl_judge(enum vhdxlog_object object, const vl_check_fn *table,
		     const void *subject, struct vl_judgement *j)
{
	vl_check_fn copy[VLC_COUNT];

	copy_table(copy, table);
	__real_vl_judge(object, copy, subject, j);
}

bool __wrap_vl_select_has(const struct vhdxlog_scan *s, size_t index,
			  enum vl_check_id effect)
{
	return (!blind || effect != blind) &&
	       __real_vl_select_has(s, index, effect);
}
