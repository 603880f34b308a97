/* SPDX-License-Identifier: MIT */
#include "overlay/overlay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- build */

/* The layers of neighbouring entries, in the order of replay. */
static int pile_up(const struct vl_log *log, uint32_t first, uint32_t head,
		   struct vl_pile *pile, struct vhdxlog_error *err)
{
	const struct vl_entry *entries = log->entries;
	size_t n = 0;
	uint32_t i;

	for (i = first; i != head; i = vl_link_neighbour(log, i))
		n += entries[i].layer_count;
	*pile = (struct vl_pile){ vl_calloc(n + entries[head].layer_count,
					    sizeof(*pile->layer)),
				  0 };
	if (!pile->layer)
		return vl_nomem(err);
	for (i = first;; i = vl_link_neighbour(log, i)) {
		for (uint32_t k = 0; k < entries[i].layer_count; k++)
			pile->layer[pile->n++] = entries[i].layers + k;
		if (i == head)
			return 0;
	}
}

/* The length that the head declares, or what the targets reach. 2.3.3 */
static int find_length(struct vl_log *log, uint32_t head,
		       const struct vl_pile *pile, uint64_t *size,
		       struct vhdxlog_error *err)
{
	uint64_t flushed, last;
	int rc = vl_entry_offsets(log, head, &flushed, &last, err);

	/* A head that cannot be read again declares nothing. */
	if (rc && rc != VHDXLOG_E_IO)
		return rc;
	if (!rc)
		*size = vl_max64(*size, vl_min64(last, INT64_MAX));
	for (size_t i = 0; i < pile->n; i++)
		*size = vl_max64(*size,
				 vl_layers_end(log, (struct vl_layers){
							    pile->layer[i],
							    1 }));
	return 0;
}

static int overlay_read(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err);
static bool overlay_next_data(const struct vl_view *view, uint64_t off,
			      uint64_t end, uint64_t *from, uint64_t *to);

static struct vl_view view_of(uint64_t size)
{
	return (struct vl_view){ .size = size,
				 .read = overlay_read,
				 .next_data = overlay_next_data };
}

int vl_overlay_of(struct vl_overlay *o, const struct vl_view *disk,
		  struct vl_log *log, struct vl_pile pile, uint64_t size,
		  struct vhdxlog_error *err)
{
	*o = (struct vl_overlay){
		.view = view_of(size),
		.disk = disk,
		.log = log,
		.pile = pile,
		.reader = vl_calloc(1, sizeof(*o->reader)),
	};
	if (!o->reader) {
		vl_overlay_release(o);
		return vl_nomem(err);
	}
	o->reader->cached = VL_NONE;
	return 0;
}

int vl_overlay_init(struct vl_overlay *o, const struct vl_view *disk,
		    struct vl_log *log, uint32_t first, uint32_t head,
		    struct vhdxlog_error *err)
{
	struct vl_pile pile;
	uint64_t size = disk->size;
	int rc;

	*o = (struct vl_overlay){
		.view = view_of(size),
		.disk = disk,
		.log = log,
	};
	if (head == VL_NONE)
		return 0;
	rc = pile_up(log, first, head, &pile, err);
	if (rc)
		return rc;
	rc = find_length(log, head, &pile, &size, err);
	if (!rc)
		return vl_overlay_of(o, disk, log, pile, size, err);
	free(pile.layer);
	return rc;
}

void vl_overlay_rest(struct vl_overlay *o)
{
	if (!o->reader || !o->reader->begun)
		return;
	vl_sweep_release(&o->reader->sweep);
	o->reader->begun = false;
}

void vl_overlay_release(struct vl_overlay *o)
{
	vl_overlay_rest(o);
	free(o->reader);
	free(o->pile.layer);
	o->reader = NULL;
	o->pile = (struct vl_pile){ 0 };
}

int vl_overlay_sweep(const struct vl_overlay *o, struct vl_sweep *sweep,
		     struct vhdxlog_error *err)
{
	return vl_sweep_init(sweep, o->log, o->pile.layer, o->pile.n,
			     err);
}

/* -------------------------------------------------------------------- read */

int vl_target_page(struct vl_log *log, uint32_t entry, uint32_t target,
		   uint8_t page[VL_SECTOR], struct vhdxlog_error *err)
{
	const struct vl_target *t = &log->targets[target];
	uint32_t sector = vl_target_sector(t);
	uint8_t descriptor[VL_DESCRIPTOR_SIZE];
	const uint8_t *data;
	int rc;

	if (sector == VL_NONE) {
		memcpy(page, log->kept[vl_target_descriptor(t)], VL_SECTOR);
		return 0;
	}
	rc = vl_descriptor_read(log, &log->entries[entry],
				vl_target_descriptor(t), descriptor, err);
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

int vl_overlay_disk(const struct vl_overlay *o, uint64_t off, uint8_t *buf,
		    size_t len, struct vhdxlog_error *err)
{
	uint64_t inside = off < o->disk->size ? o->disk->size - off : 0;
	size_t part = (size_t)vl_min64(inside, len);

	memset(buf + part, 0, len - part);
	return vl_view_read(o->disk, part ? off : 0, buf, part, err);
}

int vl_segment_read(const struct vl_overlay *o, const struct vl_segment *s,
		    uint64_t off, uint8_t *buf, size_t len,
		    struct vhdxlog_error *err)
{
	struct vl_reader *r = o->reader;
	const struct vl_target *t = &o->log->targets[s->target];
	int rc;

	if (vl_target_is_zero(t)) {
		memset(buf, 0, len);
		return 0;
	}
	if (r->cached != s->target) {
		r->cached = VL_NONE;
		rc = vl_target_page(o->log, s->entry, s->target, r->page, err);
		if (rc)
			return rc;
		r->cached = s->target;
	}
	memcpy(buf, r->page + (off - vl_target_offset(t)), len);
	return 0;
}

/* Have the sweep where the segment at off, or the next one behind, is found. */
static int go_to(const struct vl_overlay *o, uint64_t off,
		 struct vhdxlog_error *err)
{
	struct vl_reader *r = o->reader;

	if (!r->begun) {
		int rc = vl_overlay_sweep(o, &r->sweep, err);

		if (rc) {
			vl_sweep_release(&r->sweep);
			return rc;
		}
		r->begun = true;
		r->from = 0;
		r->more = vl_sweep_next(&r->sweep, &r->segment);
	}
	if (off < r->from) {
		vl_sweep_seek(&r->sweep, off);
		r->from = off;
		r->more = vl_sweep_next(&r->sweep, &r->segment);
	}
	while (r->more && r->segment.off + r->segment.len <= off) {
		r->from = r->segment.off + r->segment.len;
		r->more = vl_sweep_next(&r->sweep, &r->segment);
	}
	return 0;
}

static int read_part(const struct vl_overlay *o, uint64_t off, uint8_t *buf,
		     size_t *len, struct vhdxlog_error *err)
{
	const struct vl_reader *r = o->reader;
	const struct vl_segment *s = r && r->more ? &r->segment : NULL;

	if (!s || off < s->off) {
		if (s)
			*len = (size_t)vl_min64(*len, s->off - off);
		return vl_overlay_disk(o, off, buf, *len, err);
	}
	*len = (size_t)vl_min64(*len, s->off + s->len - off);
	return vl_segment_read(o, s, off, buf, *len, err);
}

static int overlay_read(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err)
{
	const struct vl_overlay *o = (const void *)view;
	uint8_t *p = buf;

	/* Ends: every turn takes at least one byte off len. */
	while (len) {
		size_t part = len;
		int rc = o->reader ? go_to(o, off, err) : 0;

		if (!rc)
			rc = read_part(o, off, p, &part, err);
		if (rc)
			return rc;
		p += part;
		off += part;
		len -= part;
	}
	return 0;
}

int vl_overlay_at(const struct vl_overlay *o, uint64_t off,
		  struct vl_segment *s, bool *covered,
		  struct vhdxlog_error *err)
{
	const struct vl_reader *r = o->reader;
	int rc = r ? go_to(o, off, err) : 0;

	*covered = !rc && r && r->more && r->segment.off <= off;
	if (*covered)
		*s = r->segment;
	return rc;
}

/*
 * A page that is written may hold anything, a range of zeroes nothing; between
 * them the disk knows. Where memory is short all of it may hold something.
 */
static bool overlay_next_data(const struct vl_view *view, uint64_t off,
			      uint64_t end, uint64_t *from, uint64_t *to)
{
	const struct vl_overlay *o = (const void *)view;
	const struct vl_reader *r = o->reader;

	/* Ends: each turn goes on to where a segment begins or ends. */
	for (uint64_t stop; off < end; off = stop) {
		const struct vl_segment *s;

		if (r && go_to(o, off, NULL))
			return true;
		s = r && r->more ? &r->segment : NULL;
		stop = s ? vl_min64(end, s->off > off ? s->off :
							s->off + s->len) :
			   end;
		if (!s || s->off > off) {
			if (vl_view_next_data(o->disk, off, stop, from, to))
				return true;
		} else if (!vl_segment_is_zero(o, s)) {
			*from = off;
			*to = stop;
			return true;
		}
	}
	return false;
}
