/* SPDX-License-Identifier: MIT */
/*
 * A text may say anything: every number is held against what a pass could have
 * come to, as far as something is reckoned with it.
 */
#include "base/error.h"
#include "carve/carve.h"
#include "carve/saved.h"

#include <string.h>

/* A line that is being read; stays at its end. */
struct line {
	const char *at;
};

static bool take_word(struct line *l, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(l->at, word, n) != 0)
		return false;
	l->at += n;
	return true;
}

/* One space and a decimal number without a sign. */
static bool take_number(struct line *l, uint64_t *n)
{
	const char *p = l->at;

	*n = 0;
	if (*p++ != ' ' || *p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (unsigned)(*p - '0'), n))
			return false;
	}
	l->at = p;
	return true;
}

static bool take_guid(struct line *l, struct vhdxlog_guid *g)
{
	char text[VHDXLOG_GUID_TEXT];

	if (*l->at != ' ' || strnlen(l->at, sizeof(text)) < sizeof(text))
		return false;
	memcpy(text, l->at + 1, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	l->at += sizeof(text);
	return vhdxlog_guid_parse(text, g);
}

/* A field may be narrower than the number. */
#define N(field)                                         \
	{                                                \
		uint64_t n;                              \
		if (!take_number(l, &n))                 \
			return false;                    \
		x->field = (__typeof__(x->field))n;      \
		if ((uint64_t)x->field != n)             \
			return false;                    \
	}
#define G(field)                               \
	if (!take_guid(l, &x->field))          \
		return false;
#define LINE(name, type, FIELDS)                                 \
	static bool take_##name(struct line *l, __typeof__(type) *x) \
	{                                                        \
		FIELDS(N, G)                                     \
		return true;                                     \
	}

LINE(pass, struct vhdxlog_carve, VL_SAVED_PASS)
LINE(item, struct vhdxlog_carved, VL_SAVED_ITEM)
LINE(image, struct vl_carve_image, VL_SAVED_IMAGE)
LINE(lone, struct vl_carve_lone, VL_SAVED_LONE)
LINE(seen, struct vl_carve_seen, VL_SAVED_SEEN)
LINE(loose, struct vl_carve_loose, VL_SAVED_LOOSE)

/* ------------------------------------------------------------ what makes sense */

static bool is_range(uint64_t from, uint64_t to, uint64_t size)
{
	return from < to && to <= size;
}

static bool pass_is_sane(const struct vhdxlog_carve *c)
{
	const struct vl_carve_run *run = &c->run;
	uint64_t size = c->in.view->size;

	return c->position <= size &&
	       (c->position % VL_CARVE_UNIT == 0 || c->position == size) &&
	       c->limits <= VL_CARVE_LIMITS && c->wrap_bytes <= INT64_MAX &&
	       c->passed <= size && c->number <= INT64_MAX &&
	       (run->kind == VHDXLOG_CARVE_KINDS ||
		((run->kind == VHDXLOG_CARVE_DATA ||
		  run->kind == VHDXLOG_CARVE_BAT ||
		  run->kind == VHDXLOG_CARVE_UNREADABLE) &&
		 is_range(run->from, run->to, size)));
}

static bool ring_is_sane(const struct vl_carve_ring *r, uint64_t size)
{
	return (!r->to || is_range(r->from, r->to, size)) &&
	       r->sound <= r->entries;
}

static bool image_is_sane(const struct vl_carve_image *i, uint64_t size)
{
	return (i->base <= size || !vl_base_is_known(i)) &&
	       i->found <= VL_AT_ALL && !(i->sound & ~i->found) &&
	       ring_is_sane(&i->ring, size) &&
	       (!i->assumed_log ||
		(i->ring.to && i->log_base <= i->ring.from));
}

/* -------------------------------------------------------------------- reading */

static bool source_is_same(const struct vhdxlog_carve *c, struct line *l)
{
	uint64_t size, offset, print;

	return take_word(l, VL_SAVED_TITLE "\nsource") &&
	       take_number(l, &size) && take_number(l, &offset) &&
	       take_number(l, &print) && take_word(l, "\n") &&
	       size == c->in.view->size && offset == c->source_offset &&
	       print == c->fingerprint;
}

/* The rest of an item's line: what we say ourselves, in plain letters. */
static bool take_detail(struct line *l, struct vhdxlog_carved *item)
{
	size_t n = strcspn(l->at, "\n");

	if (*l->at != ' ' || n - 1 >= sizeof(item->detail))
		return false;
	for (size_t k = 0; k < n; k++) {
		if (l->at[k] < ' ' || l->at[k] > '~')
			return false;
	}
	memcpy(item->detail, l->at + 1, n - 1);
	item->detail[n - 1] = '\0';
	l->at += n;
	return true;
}

static bool read_item(struct vhdxlog_carve *c, struct line *l)
{
	struct vhdxlog_carved *item = &c->queue[c->queued];

	if (c->queued == VL_CARVE_QUEUE)
		return false;
	c->queued++;
	return take_item(l, item) && item->kind < VHDXLOG_CARVE_KINDS &&
	       take_detail(l, item);
}

static bool read_image(struct vhdxlog_carve *c, struct line *l)
{
	struct vl_carve_image *i = &c->images[c->n_images];

	if (c->n_images == VL_CARVE_IMAGES)
		return false;
	c->n_images++;
	return take_image(l, i) && image_is_sane(i, c->in.view->size);
}

static bool read_lone(struct vhdxlog_carve *c, struct line *l)
{
	struct vl_carve_lone *lone = &c->lone[c->n_lone];

	if (c->n_lone == VL_CARVE_LONE)
		return false;
	c->n_lone++;
	lone->n = 0;
	return take_lone(l, lone) && lone->ring.to &&
	       ring_is_sane(&lone->ring, c->in.view->size);
}

static bool read_seen(struct vhdxlog_carve *c, struct line *l)
{
	struct vl_carve_lone *lone = c->lone + c->n_lone - 1;

	return c->n_lone && lone->n < VL_CARVE_SEEN &&
	       take_seen(l, &lone->seen[lone->n++]);
}

static bool read_loose(struct vhdxlog_carve *c, struct line *l)
{
	return c->loose_count < VL_CARVE_LOOSE &&
	       take_loose(l, &c->loose[c->loose_count++]);
}

static bool read_line(struct vhdxlog_carve *c, struct line *l)
{
	if (take_word(l, "item"))
		return read_item(c, l);
	if (take_word(l, "image"))
		return read_image(c, l);
	if (take_word(l, "lone"))
		return read_lone(c, l);
	if (take_word(l, "seen"))
		return read_seen(c, l);
	return take_word(l, "loose") && read_loose(c, l);
}

static bool read_all(struct vhdxlog_carve *c, struct line *l)
{
	if (!source_is_same(c, l) || !take_word(l, "pass") ||
	    !take_pass(l, c) || !take_number(l, &c->passed) ||
	    !take_number(l, &c->in.bytes_read) || !take_word(l, "\n") ||
	    !pass_is_sane(c))
		return false;
	/* Ends: every line takes its word at least. */
	while (!take_word(l, "end\n")) {
		if (!read_line(c, l) || !take_word(l, "\n"))
			return false;
	}
	return *l->at == '\0';
}

static void forget(struct vhdxlog_carve *c, uint64_t position)
{
	memset(c->owned, 0, sizeof(c->owned));
	c->position = position;
	c->number = c->wrap_bytes = c->no_bat = c->passed = 0;
	c->loose_count = 0;
	c->limits = 0;
	c->run = (struct vl_carve_run){ .kind = VHDXLOG_CARVE_KINDS };
	c->n_images = c->n_lone = 0;
	c->queued = 0;
	c->next_close = 0;
	c->in.from = c->in.to = c->in.data_to = 0;
}

int vhdxlog_carve_restore(struct vhdxlog_carve *c, const char *saved,
			  struct vhdxlog_error *err)
{
	struct line l = { saved };
	uint64_t position = c->position;

	forget(c, position);
	if (read_all(c, &l))
		return 0;
	forget(c, position);
	return vl_error(err, VHDXLOG_E_MISUSE, 0, (uint64_t)(l.at - saved),
			"a saved pass of another source, or none at all");
}
