/* SPDX-License-Identifier: MIT */
/*
 * What one opening of the file by QEMU wrote.
 *
 * QEMU gives each entry a LogGuid of its own and makes it its own Tail, goes on
 * where the last one ended and counts on; each opening of the file begins again
 * with number 1 at sector 0. So behind an opening's k-th entry lies another one's
 * (k+1)-th, if that wrote more: it looks as if it followed. It is told apart by
 * the file's size, which never goes down while entries follow one another, and by
 * the BAT: QEMU never takes a block away, so a page that has fewer is older.
 */
#include "base/bytes.h"
#include "ondisk/bat.h"
#include "overlay/overlay.h"
#include "view/order_parts.h"

/* The page that an entry of a single data descriptor writes. */
struct page {
	uint32_t entry; /* VL_NONE: none yet */
	uint8_t bytes[VL_SECTOR];
};

uint32_t vl_group_of(struct vl_sorting *s, uint32_t session)
{
	/* Every step halves what is left of the way to the root. */
	while (s->parent[session] != session) {
		s->parent[session] = s->parent[s->parent[session]];
		session = s->parent[session];
	}
	return session;
}

static void join(struct vl_sorting *s, uint32_t a, uint32_t b)
{
	a = vl_group_of(s, a);
	b = vl_group_of(s, b);
	if (a == b)
		return;
	s->parent[b] = a;
	if (s->top[b] < s->top[a])
		s->top[a] = s->top[b];
}

/* The target of an entry that writes one page of the BAT and no more, or NULL. */
static const struct vl_target *bat_target(const struct vl_log *log,
					  const struct vl_entry *e)
{
	const struct vl_target *t = vl_only_page(log, e);

	if (!t || !log->image ||
	    vl_areas_at(&log->image->areas, vl_target_offset(t)) !=
		    VHDXLOG_AREA_BAT)
		return NULL;
	return t;
}

static bool read_page(struct vl_log *log, uint32_t entry, struct page *p)
{
	const struct vl_entry *e = &log->entries[entry];

	if (p->entry == entry)
		return true;
	p->entry = VL_NONE;
	if (vl_target_page(log, entry, log->layers[e->layers].first, p->bytes,
			   NULL))
		return false;
	p->entry = entry;
	return true;
}

/* Whether there are blocks in `then` that are not in `now`, and none the other
 * way round. */
static bool has_only_lost(const uint8_t *then, const uint8_t *now)
{
	bool lost = false;

	for (unsigned i = 0; i < VL_SECTOR; i += 8) {
		bool was = VL_BAT_IS_LOCATED(vl_le64(then + i));
		bool is = VL_BAT_IS_LOCATED(vl_le64(now + i));

		if (is && !was)
			return false;
		lost |= was && !is;
	}
	return lost;
}

/*
 * Whether n, which looks as if it followed e, was written before it. p has a page
 * that was read before, and gets that of n: where entries are looked at in the
 * order of the ring, each page is read once.
 */
static bool is_older(struct vl_log *log, uint32_t e, uint32_t n,
		     struct page *p)
{
	const struct vl_entry *then = &log->entries[e], *now = &log->entries[n];
	const struct vl_target *t, *u;
	struct page before;

	if (now->last < then->last)
		return true;
	t = bat_target(log, then);
	u = bat_target(log, now);
	if (!t || !u || vl_target_offset(t) != vl_target_offset(u) ||
	    !read_page(log, e, p))
		return false;
	before = *p;
	return read_page(log, n, p) && has_only_lost(before.bytes, p->bytes);
}

/* Whether a session is an entry that needs no other. */
static bool is_single(const struct vl_sorting *s, uint32_t entry)
{
	return vl_session_count(s, s->session[entry]) == 1 &&
	       vl_is_self_tailed(&s->log->entries[entry]);
}

/* The entry of another session that begins where e ends with the next number. */
static uint32_t find_follower(const struct vl_sorting *s, uint32_t e)
{
	const struct vl_log *log = s->log;
	uint32_t n;

	if (!vl_is_sound(&log->entries[e]) || !is_single(s, e))
		return VL_NONE;
	n = vl_log_entry_at(log, vl_entry_end(log, &log->entries[e]));
	/* Nothing follows 2^64 - 1: 0 is no number of an entry. */
	if (n == VL_NONE || !vl_is_sound(&log->entries[n]) ||
	    !is_single(s, n) || s->session[n] == s->session[e] ||
	    log->entries[n].sequence_number - 1 !=
		    log->entries[e].sequence_number)
		return VL_NONE;
	return n;
}

/* The lowest sector that an entry covers. */
static uint32_t top_of(const struct vl_log *log, const struct vl_entry *e)
{
	return (uint64_t)e->sector + e->sectors > log->ring.sectors ? 0 :
								      e->sector;
}

static void begin_groups(struct vl_sorting *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		s->parent[i] = i;
		s->top[i] = UINT32_MAX;
		for (uint32_t k = s->begin[i]; k < s->begin[i + 1]; k++)
			s->top[i] = (uint32_t)vl_min64(
				s->top[i],
				top_of(s->log,
				       &s->log->entries[s->entries[k]]));
	}
}

void vl_order_link(struct vl_sorting *s)
{
	struct page page = { .entry = VL_NONE };

	begin_groups(s);
	for (uint32_t e = 0; e < s->log->n_entries; e++) {
		uint32_t n = find_follower(s, e);

		/* Nothing comes after the current one. */
		if (n != VL_NONE && s->session[e] != s->current &&
		    !is_older(s->log, e, n, &page))
			join(s, s->session[e], s->session[n]);
	}
}
