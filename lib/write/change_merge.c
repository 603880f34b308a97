/* SPDX-License-Identifier: MIT */
/* Two changes as one row of pieces: where both write, the later one is seen. */
#include "write/change_parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

/* One of the two, and its piece that comes next, of which a part may be gone. */
struct stream {
	const struct vl_change *change; /* borrowed */
	bool loaded, more;
	bool ended; /* it said that there are no more */
	struct vl_piece piece;
};

struct merge {
	struct stream under, over;
	/* What the first cuts off and the second makes room for again: zero,
	 * though the file has bytes there. After all pieces of the first. */
	struct vl_piece cut;
	bool cut_given;
	uint64_t size; /* of the file afterwards */
};

static int rewind_merge(void *ctx, struct vhdxlog_error *err)
{
	struct merge *m = ctx;
	int rc = vl_change_rewind(m->under.change, err);

	m->under.loaded = m->under.ended = false;
	m->over.loaded = m->over.ended = false;
	m->cut_given = false;
	return rc ? rc : vl_change_rewind(m->over.change, err);
}

static int load(struct stream *s, struct vhdxlog_error *err)
{
	int rc = 0;

	if (s->loaded)
		return 0;
	if (!s->ended)
		rc = vl_change_next(s->change, &s->piece, err);
	if (rc < 0)
		return rc;
	s->ended = s->ended || rc;
	s->more = !s->ended;
	s->loaded = true;
	return 0;
}

/* The first's next piece: its own, as far as the file reaches in the end, then
 * what is cut off. */
static int load_under(struct merge *m, struct vhdxlog_error *err)
{
	struct stream *s = &m->under;
	int rc = load(s, err);

	if (rc)
		return rc;
	if (s->more && s->piece.offset >= m->size)
		s->more = false;
	if (s->more)
		s->piece.length =
			vl_min64(s->piece.length, m->size - s->piece.offset);
	if (!s->more && !m->cut_given) {
		m->cut_given = true;
		s->piece = m->cut;
		s->more = m->cut.length;
	}
	return 0;
}

/* Leave out what of it is before off. */
static void cut_before(struct stream *s, uint64_t off)
{
	struct vl_piece *p = &s->piece;
	uint64_t end = p->offset + p->length;

	if (p->offset >= off)
		return;
	if (end <= off) {
		s->loaded = false;
		return;
	}
	if (p->bytes)
		p->bytes += off - p->offset;
	p->length = end - off;
	p->offset = off;
}

/* The second's piece, and what lies under it is passed over. */
static int next_over(struct merge *m, struct vl_piece *piece,
		     struct vhdxlog_error *err)
{
	uint64_t end = m->over.piece.offset + m->over.piece.length;
	int rc = 0;

	*piece = m->over.piece;
	m->over.loaded = false;
	/* Ends: every turn goes on to another piece. */
	while (!rc && m->under.more && m->under.piece.offset < end) {
		cut_before(&m->under, end);
		if (m->under.loaded)
			break;
		rc = load_under(m, err);
	}
	return rc;
}

/* The first's piece as far as the second does not cover it. */
static void next_under(struct merge *m, struct vl_piece *piece)
{
	uint64_t limit = m->over.more ? m->over.piece.offset : UINT64_MAX;

	*piece = m->under.piece;
	piece->length = vl_min64(piece->length, limit - piece->offset);
	cut_before(&m->under, piece->offset + piece->length);
}

static int next_merge(void *ctx, struct vl_piece *piece,
		      struct vhdxlog_error *err)
{
	struct merge *m = ctx;
	int rc = load(&m->over, err);

	if (!rc)
		rc = load_under(m, err);
	if (rc)
		return rc;
	if (m->over.more && (!m->under.more || m->over.piece.offset <=
						       m->under.piece.offset))
		return next_over(m, piece, err);
	if (!m->under.more)
		return 1;
	next_under(m, piece);
	return 0;
}

int vl_change_merge(const struct vl_change *under, const struct vl_change *over,
		    struct vl_change *change, struct vhdxlog_error *err)
{
	static const struct vl_change_ops ops = { rewind_merge, next_merge,
						  free };
	uint64_t end = vl_min64(under->old_size, over->new_size);
	struct merge *m;

	*change = (struct vl_change){ 0 };
	if (over->old_size != under->new_size)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, under->new_size,
				"a change of a file of another length");
	m = vl_calloc(1, sizeof(*m));
	if (!m)
		return vl_nomem(err);
	m->under.change = under;
	m->over.change = over;
	m->size = over->new_size;
	m->cut = (struct vl_piece){ under->new_size, 0, NULL,
				    VHDXLOG_NO_SECTOR, VHDXLOG_AREA_UNKNOWN };
	if (end > under->new_size)
		m->cut.length = end - under->new_size;
	*change = (struct vl_change){ under->old_size, over->new_size, &ops,
				      m };
	return vl_change_rewind(change, err);
}
