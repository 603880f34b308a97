/* SPDX-License-Identifier: MIT */
/*
 * The verdict channel: named checks, their prerequisites, and what they found.
 *
 * A check is a function that looks at one subject (a header, a region table, an
 * entry) and tests one thing. A module lists its functions in a table indexed by
 * check; vl_judge() goes through the catalogue in order, blocks what has a
 * prerequisite that did not pass, and asks the rest. Functions that are given no
 * detail to fill say only pass or fail: the walk asks that way, a report asks
 * again for what was found and what was expected.
 */
#ifndef VL_CHECK_CHECK_H
#define VL_CHECK_CHECK_H

#include "vhdxlog.h"

enum vl_check_id {
	VLC_none,
#define VL_CHECK(number, token, ...) VLC_##token,
#include "check/checks.def"
#undef VL_CHECK
	VLC_COUNT,
	/* As a prerequisite: all checks of class E that make an entry sound. */
	VL_ENTRY_SOUND,
};

struct vl_detail {
	bool has_offset;
	uint64_t offset;
	char got[VHDXLOG_VALUE_TEXT];
	char want[VHDXLOG_VALUE_TEXT];
};

typedef enum vhdxlog_status (*vl_check_fn)(const void *subject,
					   struct vl_detail *detail);

/* One object's verdicts. status[] starts as not applicable. */
struct vl_judgement {
	uint8_t status[VLC_COUNT];
	struct vl_detail detail[VLC_COUNT];
};

struct vl_judgement *vl_judgement_new(void); /* free(); NULL: no memory */

/* Judge by every check of the table (VLC_COUNT long) that is about object. */
void vl_judge(enum vhdxlog_object object, const vl_check_fn *table,
	      const void *subject, struct vl_judgement *j);

const struct vhdxlog_check *vl_check(enum vl_check_id id);
enum vl_check_id vl_check_id(const struct vhdxlog_check *check);

static inline bool vl_passed(const struct vl_judgement *j, enum vl_check_id id)
{
	return j->status[id] == VHDXLOG_PASS;
}

static inline bool vl_failed(const struct vl_judgement *j, enum vl_check_id id)
{
	return j->status[id] == VHDXLOG_FAIL;
}

/*
 * Whether a copy of header or region table can be used: no check of class C
 * failed or is blocked, in strict mode none of class M either.
 */
bool vl_copy_is_valid(const struct vl_judgement *j, enum vhdxlog_object object,
		      bool strict);

/* The prerequisites of a check as listed, ended by VLC_none. */
const uint8_t *vl_prerequisites(enum vl_check_id id);

/* Fill one public verdict; status and detail are the caller's. */
void vl_verdict_fill(struct vhdxlog_verdict *v, enum vl_check_id id,
		     enum vhdxlog_status status, const struct vl_detail *d);

/* Append all of an object's verdicts from a judgement; returns the number. */
int vl_verdicts_of(const struct vl_judgement *j, enum vhdxlog_object object,
		   struct vhdxlog_verdict *v);

/*
 * What a check function returns: `return vl_fail(d, off, "want", "got %u", n);`
 * d may be NULL.
 */
enum vhdxlog_status vl_fail(struct vl_detail *d, uint64_t offset,
			    const char *want, const char *got, ...)
	__attribute__((format(printf, 4, 5)));
enum vhdxlog_status vl_blocked(struct vl_detail *d, const char *why);

static inline enum vhdxlog_status vl_pass(void)
{
	return VHDXLOG_PASS;
}

/* GUID as got text. */
enum vhdxlog_status vl_fail_guid(struct vl_detail *d, uint64_t offset,
				 const char *want,
				 const struct vhdxlog_guid *got);

/* Raw bytes as got text, printable ones also as text. */
enum vhdxlog_status vl_fail_bytes(struct vl_detail *d, uint64_t offset,
				  const char *want, const uint8_t *got,
				  size_t n);

#endif
