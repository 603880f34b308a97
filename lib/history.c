/* SPDX-License-Identifier: MIT */
/* Sessions, the order of entries, and strata, as the public interface shows them. */
#include "history.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/guid.h"

#include <stdlib.h>

static int list_sectors(struct vhdxlog_history *h, struct vhdxlog_error *err)
{
	h->sectors = vl_calloc(h->order.n, sizeof(*h->sectors));
	if (!h->sectors)
		return vl_nomem(err);
	for (size_t k = 0; k < h->order.n; k++)
		h->sectors[k] =
			h->scan->log.entries[h->order.entries[k]].sector;
	return 0;
}

int vhdxlog_history_open(struct vhdxlog_scan *scan,
			 struct vhdxlog_history **history,
			 struct vhdxlog_error *err)
{
	struct vhdxlog_history *h = vl_calloc(1, sizeof(*h));
	int rc;

	*history = NULL;
	if (!h)
		return vl_nomem(err);
	h->scan = scan;
	rc = vl_order_init(&h->order, &scan->log, vl_history_disk(h),
			   &scan->writers, err);
	if (!rc)
		rc = list_sectors(h, err);
	if (!rc)
		rc = vl_gaps_init(&h->gaps, &h->order, err);
	if (rc) {
		vhdxlog_history_close(h);
		return rc;
	}
	vl_predates_init(&h->predates, &h->order, &scan->applied.holdings,
			 vl_history_disk(h), vl_scan_is_dirty(scan));
	*history = h;
	return 0;
}

void vhdxlog_history_close(struct vhdxlog_history *h)
{
	if (!h)
		return;
	vl_gaps_release(&h->gaps);
	vl_order_release(&h->order);
	free(h->sectors);
	free(h);
}

const char *vhdxlog_certainty_name(enum vhdxlog_certainty certainty)
{
	return certainty == VHDXLOG_KNOWN ? "known" : "inferred";
}

size_t vhdxlog_session_count(const struct vhdxlog_history *history)
{
	return history->order.n_sessions;
}

const struct vhdxlog_session *
vhdxlog_session_at(const struct vhdxlog_history *history, size_t index)
{
	/* Its sentence is made now; the order behind it is the history's own. */
	struct vhdxlog_history *h = (struct vhdxlog_history *)history;

	if (index >= h->order.n_sessions)
		return NULL;
	vl_order_why(&h->order, index);
	return &h->order.sessions[index];
}

size_t vhdxlog_session_find(const struct vhdxlog_history *history,
			    const struct vhdxlog_guid *guid)
{
	for (size_t i = 0; i < history->order.n_sessions; i++) {
		if (vl_guid_equal(guid, &history->order.sessions[i].log_guid))
			return i;
	}
	return SIZE_MAX;
}

const uint32_t *vhdxlog_history_entries(const struct vhdxlog_history *history,
					size_t *count)
{
	*count = history->order.n;
	return history->sectors;
}

/* ------------------------------------------------------------------ strata */

/* The stratum that a sector is of, by itself. */
static struct vhdxlog_stratum stratum_of(const struct vhdxlog_history *h,
					 uint32_t sector)
{
	const struct vl_log *log = &h->scan->log;
	struct vhdxlog_stratum s = { .first = sector,
				     .count = 1,
				     .session = SIZE_MAX };
	uint32_t owner = vl_map_owner(log, sector), session;

	if (owner != VL_NONE) {
		s.session = h->order.session[owner];
		return s;
	}
	switch (vl_ring_kind(&log->ring, sector)) {
	case VHDXLOG_SECTOR_ZERO:
		s.empty = true;
		break;
	case VHDXLOG_SECTOR_DATA:
		s.orphan = true;
		s.sequence_number = log->ring.value[sector];
		session = vl_order_of_number(&h->order, s.sequence_number);
		if (session != VL_NONE)
			s.session = session;
		break;
	default:
		break;
	}
	return s;
}

static bool is_same(const struct vhdxlog_stratum *a,
		    const struct vhdxlog_stratum *b)
{
	return a->session == b->session && a->orphan == b->orphan &&
	       a->sequence_number == b->sequence_number && a->empty == b->empty;
}

int vhdxlog_stratum_next(struct vhdxlog_history *history, uint32_t *cursor,
			 struct vhdxlog_stratum *stratum,
			 struct vhdxlog_error *err)
{
	const struct vl_ring *ring = &history->scan->log.ring;
	uint32_t at = *cursor;

	(void)err;
	if (!history->scan->has_log || at >= ring->sectors)
		return 1;
	*stratum = stratum_of(history, at);
	while (++at < ring->present) {
		struct vhdxlog_stratum next = stratum_of(history, at);

		if (!is_same(stratum, &next))
			break;
	}
	/* What lies past the end of the file is one stratum. */
	if (*cursor >= ring->present)
		at = ring->sectors;
	stratum->count = at - *cursor;
	*cursor = at;
	return 0;
}
