/* SPDX-License-Identifier: MIT */
#include "overlay/overlay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- build */

/*
 * Which descriptor wins where: all edges of all targets, sorted, cut the file
 * into intervals; from the last descriptor to the first, each takes the
 * intervals of its range that nobody has yet. `skip` leads past taken ones
 * (union-find), so every interval is taken once.
 */
struct paint {
	uint64_t *edge; /* sorted, each once */
	size_t n_edges;
	uint32_t *skip;	 /* next interval that may be free */
	uint32_t *winner; /* of each interval: position in ops */
	uint32_t *ops;	  /* target indices in the order of replay */
	uint32_t *op_entry;
	size_t n_ops;
};

static void paint_release(struct paint *p)
{
	free(p->edge);
	free(p->skip);
	free(p->winner);
	free(p->ops);
	free(p->op_entry);
}

static size_t count_targets(const struct vl_log *log, uint32_t first,
			    uint32_t head)
{
	size_t n = 0;

	for (uint32_t i = first;; i = log->entries[i].next) {
		n += log->entries[i].descriptor_count;
		if (i == head)
			return n;
	}
}

static int by_value(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

static void add_ops(const struct vl_log *log, uint32_t first, uint32_t head,
		    struct paint *p)
{
	for (uint32_t i = first;; i = log->entries[i].next) {
		const struct vl_entry *e = &log->entries[i];

		for (uint32_t k = 0; k < e->descriptor_count; k++) {
			const struct vl_target *t =
				&log->targets[e->targets + k];
			uint64_t off = vl_target_offset(t);

			if (!vl_target_length(t))
				continue;
			p->ops[p->n_ops] = e->targets + k;
			p->op_entry[p->n_ops++] = i;
			p->edge[p->n_edges++] = off;
			p->edge[p->n_edges++] = off + vl_target_length(t);
		}
		if (i == head)
			return;
	}
}

static int paint_init(struct paint *p, const struct vl_log *log, uint32_t first,
		      uint32_t head, struct vhdxlog_error *err)
{
	size_t n = count_targets(log, first, head), unique = 0;

	*p = (struct paint){
		.edge = vl_calloc(2 * n, sizeof(*p->edge)),
		.skip = vl_calloc(2 * n + 1, sizeof(*p->skip)),
		.winner = vl_calloc(2 * n + 1, sizeof(*p->winner)),
		.ops = vl_calloc(n, sizeof(*p->ops)),
		.op_entry = vl_calloc(n, sizeof(*p->op_entry)),
	};
	if (!p->edge || !p->skip || !p->winner || !p->ops || !p->op_entry)
		return vl_nomem(err);
	add_ops(log, first, head, p);
	qsort(p->edge, p->n_edges, sizeof(*p->edge), by_value);
	for (size_t i = 0; i < p->n_edges; i++) {
		if (!unique || p->edge[unique - 1] != p->edge[i])
			p->edge[unique++] = p->edge[i];
	}
	p->n_edges = unique;
	for (size_t i = 0; i <= unique; i++) {
		p->skip[i] = (uint32_t)i;
		p->winner[i] = VL_NONE;
	}
	return 0;
}

static size_t edge_index(const struct paint *p, uint64_t off)
{
	const uint64_t *found = bsearch(&off, p->edge, p->n_edges,
					sizeof(*p->edge), by_value);

	return (size_t)(found - p->edge); /* every edge is there */
}

static uint32_t next_free(struct paint *p, uint32_t i)
{
	while (p->skip[i] != i) {
		p->skip[i] = p->skip[p->skip[i]]; /* halve the way */
		i = p->skip[i];
	}
	return i;
}

static void paint_all(const struct vl_log *log, struct paint *p)
{
	for (size_t op = p->n_ops; op-- > 0;) {
		const struct vl_target *t = &log->targets[p->ops[op]];
		uint64_t off = vl_target_offset(t);
		size_t end = edge_index(p, off + vl_target_length(t));
		uint32_t i = next_free(p, (uint32_t)edge_index(p, off));

		while (i < end) {
			p->winner[i] = (uint32_t)op;
			p->skip[i] = i + 1;
			i = next_free(p, i + 1);
		}
	}
}

/* Neighbouring intervals of one winner become one segment. */
static int make_segments(struct vl_overlay *o, const struct paint *p,
			 struct vhdxlog_error *err)
{
	o->segments = vl_calloc(p->n_edges, sizeof(*o->segments));
	if (!o->segments)
		return vl_nomem(err);
	for (size_t i = 0; i + 1 < p->n_edges; i++) {
		uint32_t op = p->winner[i];
		uint64_t len = p->edge[i + 1] - p->edge[i];

		if (op == VL_NONE)
			continue;
		if (i && p->winner[i - 1] == op) {
			o->segments[o->n - 1].len += len;
			continue;
		}
		o->segments[o->n++] = (struct vl_segment){
			p->edge[i], len, p->op_entry[op], p->ops[op]
		};
	}
	return 0;
}

/* The length that the head declares, or what the targets reach. 2.3.3 */
static int find_length(struct vl_overlay *o, uint32_t head,
		       struct vhdxlog_error *err)
{
	struct vl_entry_header h;
	bool known;
	uint32_t crc;
	int rc = vl_entry_header_read(o->log, head, &h, &known, &crc, err);

	/* A head that cannot be read again declares nothing. */
	if (rc && rc != VHDXLOG_E_IO)
		return rc;
	if (!rc)
		o->view.size = vl_max64(
			o->view.size, vl_min64(h.last_file_offset, INT64_MAX));
	if (o->n) {
		const struct vl_segment *last = &o->segments[o->n - 1];

		o->view.size = vl_max64(o->view.size, last->off + last->len);
	}
	return 0;
}

static int overlay_read(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err);

int vl_overlay_init(struct vl_overlay *o, const struct vl_view *disk,
		    struct vl_log *log, uint32_t first, uint32_t head,
		    struct vhdxlog_error *err)
{
	struct paint p = { 0 };
	int rc;

	*o = (struct vl_overlay){
		.view = { .size = disk->size, .read = overlay_read },
		.disk = disk,
		.log = log,
	};
	if (head == VL_NONE)
		return 0;
	o->cached = VL_NONE;
	o->page = vl_calloc(1, VL_SECTOR);
	if (!o->page)
		return vl_nomem(err);
	rc = paint_init(&p, log, first, head, err);
	if (!rc) {
		paint_all(log, &p);
		rc = make_segments(o, &p, err);
	}
	paint_release(&p);
	if (!rc)
		rc = find_length(o, head, err);
	if (rc)
		vl_overlay_release(o);
	return rc;
}

void vl_overlay_release(struct vl_overlay *o)
{
	free(o->segments);
	free(o->page);
	o->page = NULL;
	o->segments = NULL;
	o->n = 0;
}

/* -------------------------------------------------------------------- read */

int vl_descriptor_read(struct vl_log *log, const struct vl_entry *e, uint64_t i,
		       uint8_t bytes[VL_DESCRIPTOR_SIZE],
		       struct vhdxlog_error *err)
{
	uint64_t off = VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE;
	uint32_t s = vl_ring_wrap(&log->ring, e->sector + off / VL_SECTOR);
	const uint8_t *p = vl_ring_sector(&log->ring, s);

	if (!p)
		return vl_error(err, VHDXLOG_E_IO, 0, vl_ring_at(&log->ring, s),
				"reading a descriptor again");
	memcpy(bytes, p + off % VL_SECTOR, VL_DESCRIPTOR_SIZE);
	return 0;
}

int vl_segment_page(const struct vl_overlay *o, const struct vl_segment *s,
		    uint8_t page[VL_SECTOR], struct vhdxlog_error *err)
{
	struct vl_log *log = o->log;
	const struct vl_entry *e = &log->entries[s->entry];
	uint32_t sector = (uint32_t)log->targets[s->target].value;
	uint8_t descriptor[VL_DESCRIPTOR_SIZE];
	const uint8_t *data;
	int rc = vl_descriptor_read(log, e, s->target - e->targets, descriptor,
				    err);

	if (rc)
		return rc;
	data = vl_ring_sector(&log->ring, sector);
	if (!data)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&log->ring, sector),
				"reading a data sector again");
	vl_page_join(descriptor, data, page);
	return 0;
}

/* The first segment that ends behind off, or o->n. */
static size_t find_segment(const struct vl_overlay *o, uint64_t off)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->segments[mid].off + o->segments[mid].len <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The disk's bytes; what a replay would grow the file by reads as zeroes. */
static int read_disk(const struct vl_overlay *o, uint64_t off, uint8_t *buf,
		     size_t len, struct vhdxlog_error *err)
{
	uint64_t inside = off < o->disk->size ? o->disk->size - off : 0;
	size_t part = (size_t)vl_min64(inside, len);

	memset(buf + part, 0, len - part);
	return vl_view_read(o->disk, part ? off : 0, buf, part, err);
}

static int read_segment(const struct vl_overlay *o, const struct vl_segment *s,
			uint64_t off, uint8_t *buf, size_t len,
			struct vhdxlog_error *err)
{
	uint8_t page[VL_SECTOR];
	int rc;

	if (vl_segment_is_zero(o, s)) {
		memset(buf, 0, len);
		return 0;
	}
	if (o->cached == s->target) {
		memcpy(buf, o->page + (off - s->off), len);
		return 0;
	}
	rc = vl_segment_page(o, s, page, err);
	if (rc)
		return rc;
	memcpy(buf, page + (off - s->off), len);
	memcpy(o->page, page, VL_SECTOR);
	((struct vl_overlay *)o)->cached = s->target;
	return 0;
}

static int overlay_read(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err)
{
	const struct vl_overlay *o = (const void *)view;
	uint8_t *p = buf;
	size_t i = find_segment(o, off);

	/* Ends: every turn takes at least one byte off len. */
	while (len) {
		const struct vl_segment *s = i < o->n ? &o->segments[i] : NULL;
		bool inside = s && s->off <= off;
		uint64_t until = inside ? s->off + s->len :
				 s	? s->off :
					  UINT64_MAX;
		size_t part = (size_t)vl_min64(len, until - off);
		int rc = inside ? read_segment(o, s, off, p, part, err) :
				  read_disk(o, off, p, part, err);

		if (rc)
			return rc;
		i += inside;
		p += part;
		off += part;
		len -= part;
	}
	return 0;
}
