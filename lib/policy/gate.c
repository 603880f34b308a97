/* SPDX-License-Identifier: MIT */
/* What a reader asks of the headers before it looks at the log. */
#include "policy/case.h"

#include "base/guid.h"

#include <stdarg.h>
#include <stdio.h>

void vl_decide(struct vl_case *c, enum vhdxlog_outcome_kind outcome,
	       const char *format, ...)
{
	va_list args;

	c->choice->outcome = outcome;
	va_start(args, format);
	vsnprintf(c->choice->reason, sizeof(c->choice->reason), format, args);
	va_end(args);
}

/* That a rule is not kept which only --strict makes one is seen by those that know
 * of it. */
static bool copy_is_valid(const struct vl_case *c, const struct vl_judgement *j,
			  enum vhdxlog_object object)
{
	return vl_copy_is_valid(j, object,
				c->policy->follows_options &&
					c->options->strict);
}

/* What follows from whether a copy can be used is asked anew: a reader does not
 * know of --strict. */
bool vl_fails(const struct vl_case *c, enum vl_check_id id)
{
	const struct vl_image *i = c->image;
	bool header[2], table[2];

	if (c->policy->follows_options || c->options->raw_log)
		return vl_failed(i->judgement, id);
	for (unsigned k = 0; k < 2; k++) {
		header[k] = copy_is_valid(c, i->header_judgement[k],
					  VHDXLOG_OBJECT_HEADER);
		table[k] = copy_is_valid(c, i->table_judgement[k],
					 VHDXLOG_OBJECT_REGION_TABLE);
	}
	switch (id) {
	case VLC_header_none_valid: return !header[0] && !header[1];
	case VLC_header_one_invalid: return header[0] != header[1];
	case VLC_region_none_valid: return !table[0] && !table[1];
	default: return vl_failed(i->judgement, id);
	}
}

/* The first check of a list that the headers fail, or VLC_none. */
static enum vl_check_id first_failed(const struct vl_case *c,
				     const uint8_t *list)
{
	for (; list && *list; list++) {
		if (vl_fails(c, *list))
			return *list;
	}
	return VLC_none;
}

static bool is_usable(const struct vl_case *c, unsigned slot)
{
	return copy_is_valid(c, c->image->header_judgement[slot - 1],
			     VHDXLOG_OBJECT_HEADER) &&
	       (!c->policy->needs_version ||
		c->image->header[slot - 1].version == 1);
}

/* The slot that counts where both headers have the same number; 0: neither. */
static unsigned break_tie(const struct vl_case *c)
{
	bool same = vl_failed(c->image->judgement,
			      VLC_header_sequence_equal_identical);

	switch (c->policy->tie) {
	case VL_TIE_FIRST:
	case VL_TIE_EVEN_INVALID: return 1;
	case VL_TIE_SECOND: return 2;
	case VL_TIE_IDENTICAL: return same ? 1 : 0;
	case VL_TIE_REFUSED: break;
	}
	return 0;
}

/* The slot that it takes, or 0; then the choice is made. */
static unsigned take_header(struct vl_case *c)
{
	const struct vhdxlog_header *h = c->image->header;
	bool first = is_usable(c, 1), second = is_usable(c, 2);
	unsigned slot;

	if (c->policy->tie == VL_TIE_EVEN_INVALID && second &&
	    h[1].sequence_number <= h[0].sequence_number)
		second = false;
	if (!first && !second) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "there is no header that it takes");
		return 0;
	}
	if (!first || !second)
		return first ? 1 : 2;
	if (h[0].sequence_number != h[1].sequence_number)
		return h[0].sequence_number > h[1].sequence_number ? 1 : 2;
	slot = break_tie(c);
	if (!slot)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "both headers have the same number");
	return slot;
}

/*
 * Whether options say where the log is, or which: for every reader, then. That a
 * header is of another file no reader sees; what the specification makes of the
 * log is said of the one that was found all the same.
 */
static bool is_told(const struct vl_case *c)
{
	const struct vhdxlog_options *o = c->options;
	const struct vl_assumed *a = &c->image->assumed;

	return o->header || o->has_log_offset || o->has_log_length ||
	       o->has_log_guid ||
	       (c->policy->follows_options && (a->foreign || a->misplaced));
}

bool vl_find_log(struct vl_case *c, struct vl_place *p)
{
	const struct vhdxlog_log *log = &c->image->log;
	const struct vhdxlog_header *h;

	*p = (struct vl_place){ log->offset, log->length, 0, 0 };
	c->guid = log->guid;
	if (c->options->raw_log && log->has_guid)
		return true;
	if (c->options->raw_log) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "without a header nothing says which log is in use");
		return false;
	}
	p->slot = take_header(c);
	if (!p->slot)
		return false;
	h = &c->image->header[p->slot - 1];
	p->version = h->log_version;
	if (is_told(c))
		return true;
	p->offset = h->log_offset;
	p->length = h->log_length;
	c->guid = h->log_guid;
	return true;
}

bool vl_was_walked(struct vl_case *c, const struct vl_place *p)
{
	const struct vhdxlog_log *log = &c->image->log;

	c->choice->unknown = true;
	if (!c->log->ring.sectors) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "there is no sector of a log to read");
		return false;
	}
	if (p->offset == log->offset && p->length == log->length) {
		c->choice->unknown = false;
		return true;
	}
	vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
		  "it follows header %u, whose log was not examined; see "
		  "--header",
		  p->slot);
	return false;
}

bool vl_refused(struct vl_case *c, enum vl_check_id why)
{
	if (why)
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE, "%s: %s",
			  vl_check(why)->name, vl_check(why)->sentence);
	return why;
}

/* Readers that want the region table with the number of their header. */
static bool lacks_table(struct vl_case *c, const struct vl_place *p)
{
	if (!c->policy->needs_own_table || !p->slot ||
	    copy_is_valid(c, c->image->table_judgement[p->slot - 1],
			  VHDXLOG_OBJECT_REGION_TABLE))
		return false;
	vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
		  "it wants region table %u, which is not valid", p->slot);
	return true;
}

static bool copy_is_there(const struct vl_image *image, unsigned slot)
{
	return !vl_failed(image->header_judgement[slot - 1],
			  VLC_header_signature_bad) &&
	       image->header[slot - 1].version == 1;
}

/* Readers that decode both headers, and give up where one cannot be decoded. */
static bool lacks_copies(struct vl_case *c)
{
	if (!c->policy->needs_all_copies || c->options->raw_log ||
	    (copy_is_there(c->image, 1) && copy_is_there(c->image, 2)))
		return false;
	vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
		  "it wants signature and version in both headers");
	return true;
}

bool vl_header_gate(struct vl_case *c, struct vl_place *p)
{
	if (vl_refused(c, first_failed(c, c->policy->always)) ||
	    lacks_copies(c) || !vl_find_log(c, p) || lacks_table(c, p))
		return true;
	if (!vl_guid_is_zero(&c->guid))
		return false;
	vl_decide(c, VHDXLOG_OUTCOME_CLEAN, "LogGuid is zero");
	return true;
}

bool vl_gate(struct vl_case *c)
{
	struct vl_place p;

	if (vl_header_gate(c, &p))
		return true;
	if (vl_refused(c, first_failed(c, c->policy->dirty)))
		return true;
	if (!p.length && c->policy->empty_is_clean) {
		vl_decide(c, VHDXLOG_OUTCOME_IGNORE,
			  "LogLength is 0, which it takes for a clean log");
		return true;
	}
	return !vl_was_walked(c, &p);
}
