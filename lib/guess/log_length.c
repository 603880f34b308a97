/* SPDX-License-Identifier: MIT */
#include "guess/log_length.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* What the evidence is worth; that of the place: log_find.c. */
enum {
	WORTH_PROOF = 15,
	WORTH_BOUND = 10,
	WORTH_LAYOUT = 5,
};

static void set_length(struct vl_log_length *l, uint64_t bytes, int worth,
		       const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void set_length(struct vl_log_length *l, uint64_t bytes, int worth,
		       const char *format, ...)
{
	va_list args;

	l->bytes = bytes;
	l->worth = worth;
	va_start(args, format);
	vsnprintf(l->why, sizeof(l->why), format, args);
	va_end(args);
}

static void length_by_proof(const struct vl_survey *s, struct vl_log_length *l)
{
	l->only = true;
	if (s->proof == VL_LENGTH_BY_WRAP)
		set_length(l, s->proven, WORTH_PROOF,
			   "the entry at 0x%" PRIx64 " goes on at the start, "
			   "and its checksum is right for this length alone",
			   s->prover);
	else
		set_length(l, s->proven, WORTH_PROOF,
			   "the entry at 0x%" PRIx64 " ends where this length "
			   "does, and the next of its numbers is at the start",
			   s->prover);
}

static void length_by_layout(const struct vl_survey *s,
			     const struct vl_log_bound *b, struct vl_log_length *l)
{
	uint64_t room = b->at > s->offset ? b->at - s->offset : 0;

	if (room && room <= s->least) {
		l->only = s->right != 0;
		set_length(l, s->least, WORTH_BOUND,
			   "%s is right behind it, at 0x%" PRIx64, b->what,
			   b->at);
	} else if ((b->by_table || b->is_bat) && room <= VL_LONGEST_LOG) {
		l->other = b->by_table ? 0 : s->least;
		set_length(l, room, WORTH_LAYOUT,
			   "it reaches up to %s at 0x%" PRIx64 ", as writers "
			   "lay it out; records need %" PRIu64 " MiB",
			   b->what, b->at, s->least / VL_MIB);
	} else {
		l->other = vl_min64(room, VL_LONGEST_LOG);
		set_length(l, s->least, 0,
			   "no record lies further on, and most writers make "
			   "logs of 1 MiB; %s at 0x%" PRIx64 " bounds it",
			   b->what, b->at);
	}
}

void vl_log_length_find(struct vl_log_length *l, const struct vl_laid_out *layout,
			const struct vl_log_hint *hint,
			const struct vl_survey *s)
{
	struct vl_log_bound b = vl_layout_bound(layout, s->offset);

	*l = (struct vl_log_length){ 0 };
	if (s->proof)
		length_by_proof(s, l);
	else if (hint && hint->length >= s->least &&
		 (b.at <= s->offset || hint->length <= b.at - s->offset))
		set_length(l, hint->length, WORTH_BOUND,
			   "header %u, which is damaged, says how long it is",
			   hint->slot);
	else
		length_by_layout(s, &b, l);
}
