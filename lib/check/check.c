/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_PREREQUISITES 6

static const struct vhdxlog_check catalogue[VLC_COUNT] = {
#define VL_CHECK(number, token, name, area, class_, severity, object, clause, \
		 prerequisites, sentence, advice)                             \
	[VLC_##token] = { number, name, area, VHDXLOG_CLASS_##class_,         \
			  VHDXLOG_##severity, VHDXLOG_OBJECT_##object, clause, \
			  sentence, advice },
#include "check/checks.def"
#undef VL_CHECK
};

static const uint8_t prerequisite[VLC_COUNT][MAX_PREREQUISITES + 1] = {
#define PRE(...) { __VA_ARGS__ }
#define VL_CHECK(number, token, name, area, class_, severity, object, clause, \
		 prerequisites, ...)                                          \
	[VLC_##token] = prerequisites,
#include "check/checks.def"
#undef VL_CHECK
#undef PRE
};

_Static_assert(VL_ENTRY_SOUND <= UINT8_MAX, "check ids fit in a byte");

const struct vhdxlog_check *vl_check(enum vl_check_id id)
{
	return &catalogue[id];
}

enum vl_check_id vl_check_id(const struct vhdxlog_check *check)
{
	return (enum vl_check_id)(check - catalogue);
}

bool vl_copy_is_valid(const struct vl_judgement *j, enum vhdxlog_object object,
		      bool strict)
{
	for (unsigned i = 1; i < VLC_COUNT; i++) {
		enum vl_check_id id = (enum vl_check_id)i;
		enum vhdxlog_class c = vl_check(id)->class_;
		bool bad = j->status[id] == VHDXLOG_FAIL ||
			   j->status[id] == VHDXLOG_BLOCKED;

		if (vl_check(id)->object == object && bad &&
		    (c == VHDXLOG_CLASS_C || (c == VHDXLOG_CLASS_M && strict)))
			return false;
	}
	return true;
}

const uint8_t *vl_prerequisites(enum vl_check_id id)
{
	return prerequisite[id];
}

size_t vhdxlog_check_count(void)
{
	return VLC_COUNT - 1;
}

const struct vhdxlog_check *vhdxlog_check_at(size_t i)
{
	return i < vhdxlog_check_count() ? &catalogue[i + 1] : NULL;
}

const struct vhdxlog_check *vhdxlog_check_find(const char *name)
{
	for (unsigned i = 1; i < VLC_COUNT; i++) {
		if (strcmp(catalogue[i].name, name) == 0)
			return &catalogue[i];
	}
	return NULL;
}

static bool makes_sound(const struct vhdxlog_check *c)
{
	return c->object == VHDXLOG_OBJECT_ENTRY &&
	       c->class_ == VHDXLOG_CLASS_E &&
	       c != &catalogue[VLC_entry_guid_mismatch];
}

static const struct vhdxlog_check *nth_of_sound(size_t n)
{
	for (unsigned i = 1; i < VLC_COUNT; i++) {
		if (makes_sound(&catalogue[i]) && n-- == 0)
			return &catalogue[i];
	}
	return NULL;
}

const struct vhdxlog_check *
vhdxlog_check_prerequisite(const struct vhdxlog_check *check, size_t i)
{
	const uint8_t *list = prerequisite[vl_check_id(check)];

	if (list[0] == VL_ENTRY_SOUND)
		return nth_of_sound(i);
	return i < MAX_PREREQUISITES && list[i] ? &catalogue[list[i]] : NULL;
}

char vhdxlog_class_letter(enum vhdxlog_class class_)
{
	return "FCEQMW"[class_];
}

const char *vhdxlog_severity_name(enum vhdxlog_severity severity)
{
	static const char *const names[] = { "error", "warning", "info" };

	return names[severity];
}

const char *vhdxlog_object_name(enum vhdxlog_object object)
{
	static const char *const names[] = { "image", "header", "region-table",
					     "log",   "entry",	"sequence",
					     "reader", "replay" };

	return names[object];
}

const char *vhdxlog_status_name(enum vhdxlog_status status)
{
	static const char *const names[] = { "pass", "fail", "blocked",
					     "not-applicable" };

	return names[status];
}

struct vl_judgement *vl_judgement_new(void)
{
	struct vl_judgement *j = vl_calloc(1, sizeof(*j));

	if (j)
		memset(j->status, VHDXLOG_NOT_APPLICABLE, sizeof(j->status));
	return j;
}

static bool is_blocked(const struct vl_judgement *j, enum vl_check_id id)
{
	for (const uint8_t *p = prerequisite[id]; *p; p++) {
		if (j->status[*p] == VHDXLOG_FAIL ||
		    j->status[*p] == VHDXLOG_BLOCKED)
			return true;
	}
	return false;
}

void vl_judge(enum vhdxlog_object object, const vl_check_fn *table,
	      const void *subject, struct vl_judgement *j)
{
	for (unsigned i = 1; i < VLC_COUNT; i++) {
		if (!table[i] || catalogue[i].object != object)
			continue;
		if (is_blocked(j, (enum vl_check_id)i))
			j->status[i] = (uint8_t)vl_blocked(
				&j->detail[i], "a prerequisite did not pass");
		else
			j->status[i] = (uint8_t)table[i](subject,
							 &j->detail[i]);
	}
}

void vl_verdict_fill(struct vhdxlog_verdict *v, enum vl_check_id id,
		     enum vhdxlog_status status, const struct vl_detail *d)
{
	*v = (struct vhdxlog_verdict){ .check = &catalogue[id],
				       .status = status };
	if (status != VHDXLOG_FAIL && status != VHDXLOG_BLOCKED)
		return;
	v->has_offset = d->has_offset;
	v->offset = d->offset;
	memcpy(v->got, d->got, sizeof(v->got));
	memcpy(v->want, d->want, sizeof(v->want));
}

int vl_verdicts_of(const struct vl_judgement *j, enum vhdxlog_object object,
		   struct vhdxlog_verdict *v)
{
	int n = 0;

	for (unsigned i = 1; i < VLC_COUNT; i++) {
		if (catalogue[i].object == object)
			vl_verdict_fill(&v[n++], (enum vl_check_id)i,
					j->status[i], &j->detail[i]);
	}
	return n;
}

enum vhdxlog_status vl_fail(struct vl_detail *d, uint64_t offset,
			    const char *want, const char *got, ...)
{
	va_list ap;

	if (!d)
		return VHDXLOG_FAIL;
	d->has_offset = true;
	d->offset = offset;
	snprintf(d->want, sizeof(d->want), "%s", want);
	va_start(ap, got);
	vsnprintf(d->got, sizeof(d->got), got, ap);
	va_end(ap);
	return VHDXLOG_FAIL;
}

enum vhdxlog_status vl_blocked(struct vl_detail *d, const char *why)
{
	if (d) {
		d->has_offset = false;
		d->want[0] = '\0';
		snprintf(d->got, sizeof(d->got), "%s", why);
	}
	return VHDXLOG_BLOCKED;
}

enum vhdxlog_status vl_fail_guid(struct vl_detail *d, uint64_t offset,
				 const char *want,
				 const struct vhdxlog_guid *got)
{
	char text[VHDXLOG_GUID_TEXT];

	return vl_fail(d, offset, want, "%s", vhdxlog_guid_format(got, text));
}

enum vhdxlog_status vl_fail_bytes(struct vl_detail *d, uint64_t offset,
				  const char *want, const uint8_t *got,
				  size_t n)
{
	char text[VHDXLOG_VALUE_TEXT] = "";
	size_t used = 0;
	bool printable = true;

	for (size_t i = 0; i < n && used + 3 < sizeof(text); i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%02x", i ? " " : "", got[i]);
		printable = printable && isprint(got[i]);
	}
	if (printable)
		return vl_fail(d, offset, want, "%s \"%.*s\"", text, (int)n,
			       (const char *)got);
	return vl_fail(d, offset, want, "%s", text);
}
