/* SPDX-License-Identifier: MIT */
/* The check bat-shifted-page, and the blocks that it is about. */
#include "scan.h"

#include "base/words.h"

#define MAX_NAMED 8u /* blocks, in a message */

const char *vhdxlog_shift_source_name(enum vhdxlog_shift_source source)
{
	static const char *const names[] = { "log", "log-and-disk", "disk" };

	return names[source];
}

/* ---------------------------------------------------------------- in words */

/* The first few shifts, those of one kind. */
struct few {
	struct vhdxlog_shift shift[MAX_NAMED];
	unsigned n;
	uint64_t more;
};

static void gather(struct vhdxlog_scan *s, bool lost, struct few *few)
{
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;

	few->n = 0;
	few->more = 0;
	while (vl_shifts_next(&s->shifts, &cursor, &shift, NULL) == 0) {
		if (shift.lost != lost)
			continue;
		if (few->n < MAX_NAMED)
			few->shift[few->n++] = shift;
		else
			few->more++;
	}
}

static void say_numbers(struct vl_words *w, const struct few *few,
			uint64_t (*number)(const struct vhdxlog_shift *))
{
	for (unsigned i = 0; i < few->n; i++)
		vl_words_add(w, "%s%ju", i ? ", " : " ", (uintmax_t)number(&few->shift[i]));
	if (few->more)
		vl_words_add(w, " and %ju more", (uintmax_t)few->more);
}

static uint64_t block(const struct vhdxlog_shift *s)
{
	return s->block;
}

static uint64_t slot(const struct vhdxlog_shift *s)
{
	return s->index;
}

/* "blocks 32, 40, 63 are in slots 33, 41, 64; block 511 is in none" */
static void say_shifts(struct vhdxlog_scan *s, struct vl_words *w)
{
	struct few few;
	bool any;

	gather(s, false, &few);
	any = few.n;
	if (few.n) {
		vl_words_add(w, few.n > 1 ? "blocks" : "block");
		say_numbers(w, &few, block);
		few.more = 0;
		vl_words_add(w, few.n > 1 ? " are in slots" : " is in slot");
		say_numbers(w, &few, slot);
	}
	gather(s, true, &few);
	if (few.n) {
		vl_words_add(w, any ? "; " : "");
		vl_words_add(w, few.n > 1 ? "blocks" : "block");
		say_numbers(w, &few, block);
		vl_words_add(w, few.n > 1 ? " are in none" : " is in none");
	}
}

/* "block 32 is in slot 33, 40 more" */
static void say_first(struct vhdxlog_scan *s, struct vl_words *w)
{
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;

	if (vl_shifts_next(&s->shifts, &cursor, &shift, NULL))
		return;
	vl_words_add(w, "block %ju is in ", (uintmax_t)shift.block);
	if (shift.lost)
		vl_words_add(w, "none");
	else
		vl_words_add(w, "slot %ju", (uintmax_t)shift.index);
	vl_words_add(w, ", %ju more", (uintmax_t)s->shifts.count - 1);
}

/* Whether of some page no version from before is there. */
static bool any_is_guessed(const struct vhdxlog_scan *s)
{
	for (size_t i = 0; i < s->shifts.n; i++) {
		if (s->shifts.pages[i].source == VHDXLOG_SHIFT_DISK)
			return true;
	}
	return false;
}

void vl_shifts_describe(struct vhdxlog_scan *s, char *message, size_t size)
{
	struct vl_words w = { message, size, 0 };
	struct vhdxlog_shift shift;
	uint64_t cursor = 0;

	message[0] = '\0';
	if (vl_shifts_next(&s->shifts, &cursor, &shift, NULL))
		return;
	vl_words_add(&w, "%s: ", vl_check(VLC_bat_shifted_page)->sentence);
	say_shifts(s, &w);
	if (shift.entry != VL_NONE && s->shifts.n == 1)
		vl_words_add(&w, "; E%u shifted the page",
		    s->log.entries[shift.entry].sector);
	if (any_is_guessed(s))
		vl_words_add(&w, "; inferred from a block where none may be, "
				 "and the order of offsets");
}

/* ------------------------------------------------------------------- check */

static enum vhdxlog_status bat_shifted_page(const void *subject,
					    struct vl_detail *d)
{
	/* Telling fills nothing of the scan but buffers. */
	struct vhdxlog_scan *s = (struct vhdxlog_scan *)subject;
	struct vhdxlog_shift shift = { 0 };
	char got[2 * VHDXLOG_VALUE_TEXT] = "";
	struct vl_words w = { got, sizeof(got), 0 };
	uint64_t cursor = 0;

	/* Places of the regions may be inferred; the geometry tells which entry
	 * is whose. */
	if (!s->image.pub.bat.known && s->image.io_error)
		return vl_blocked(d, "not all readable");
	if (!s->image.pub.bat.known || s->image.assumed.geometry)
		return VHDXLOG_NOT_APPLICABLE;
	if (!s->shifts.count)
		return s->shifts.incomplete ?
			       vl_blocked(d, "the log has too many pages to "
					     "compare them") :
			       vl_pass();
	(void)vl_shifts_next(&s->shifts, &cursor, &shift, NULL);
	say_shifts(s, &w);
	if (w.used >= VHDXLOG_VALUE_TEXT) {
		w.used = 0;
		say_first(s, &w);
	}
	return vl_fail(d, s->image.bat->offset + 8 * shift.index,
		       "each in its own", "%s", got);
}

int vl_shifts_judge(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	static const vl_check_fn checks[VLC_COUNT] = {
		[VLC_bat_shifted_page] = bat_shifted_page,
	};
	const struct vl_shift_case c = {
		.image = &s->image,
		.log = &s->log,
		.writers = &s->writers,
		.disk = vl_scan_disk(s),
		.replayed = &s->overlay.view,
	};
	int rc = 0;

	if (s->image.pub.bat.known)
		rc = vl_shifts_find(&s->shifts, &c, err);
	if (!rc)
		vl_judge(VHDXLOG_OBJECT_IMAGE, checks, s, s->image.judgement);
	vl_overlay_rest(&s->overlay);
	return rc;
}

/* ------------------------------------------------------------------ public */

/* With the entry as reports name it. */
static int told(const struct vhdxlog_scan *s, int rc,
		struct vhdxlog_shift *shift)
{
	if (rc == 0 && shift->entry != VL_NONE)
		shift->entry = s->log.entries[shift->entry].sector;
	return rc;
}

int vhdxlog_shift_next(struct vhdxlog_scan *s, uint64_t *cursor,
		       struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	return told(s, vl_shifts_next(&s->shifts, cursor, shift, err), shift);
}

int vhdxlog_shift_from(struct vhdxlog_scan *s, uint64_t index,
		       struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	return told(s, vl_shifts_from(&s->shifts, index, shift, err), shift);
}

int vhdxlog_shift_at(struct vhdxlog_scan *s, uint64_t index,
		     struct vhdxlog_shift *shift, struct vhdxlog_error *err)
{
	int rc = index ? vhdxlog_shift_from(s, index - 1, shift, err) : 1;

	return rc == 0 && shift->lost ? 1 : rc;
}
