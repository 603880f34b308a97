/* SPDX-License-Identifier: MIT */
#include "overlay/overlay.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- build */

static int pile_up(struct vl_overlay *o, uint32_t first, uint32_t head,
		   struct vhdxlog_error *err)
{
	const struct vl_entry *entries = o->log->entries;
	size_t n = 0;
	uint32_t i;

	for (i = first; i != head; i = entries[i].next)
		n += entries[i].layer_count;
	o->pile = vl_calloc(n + entries[head].layer_count, sizeof(*o->pile));
	if (!o->pile)
		return vl_nomem(err);
	for (i = first;; i = entries[i].next) {
		for (uint32_t k = 0; k < entries[i].layer_count; k++)
			o->pile[o->n++] = entries[i].layers + k;
		if (i == head)
			return 0;
	}
}

/* Where a layer ends: sorted and apart, the last range that is one ends last. */
static uint64_t layer_end(const struct vl_log *log, const struct vl_layer *l)
{
	for (uint32_t i = l->first + l->count; i-- > l->first;) {
		if (vl_target_length(&log->targets[i]))
			return vl_target_end(&log->targets[i]);
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
	for (size_t i = 0; i < o->n; i++)
		o->view.size = vl_max64(
			o->view.size,
			layer_end(o->log, &o->log->layers[o->pile[i]]));
	return 0;
}

static int make_reader(struct vl_overlay *o, struct vhdxlog_error *err)
{
	o->reader = vl_calloc(1, sizeof(*o->reader));
	if (!o->reader)
		return vl_nomem(err);
	o->reader->cached = VL_NONE;
	return 0;
}

static int overlay_read(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err);

int vl_overlay_init(struct vl_overlay *o, const struct vl_view *disk,
		    struct vl_log *log, uint32_t first, uint32_t head,
		    struct vhdxlog_error *err)
{
	int rc;

	*o = (struct vl_overlay){
		.view = { .size = disk->size, .read = overlay_read },
		.disk = disk,
		.log = log,
	};
	if (head == VL_NONE)
		return 0;
	rc = pile_up(o, first, head, err);
	if (!rc)
		rc = find_length(o, head, err);
	if (!rc)
		rc = make_reader(o, err);
	if (rc)
		vl_overlay_release(o);
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
	free(o->pile);
	o->reader = NULL;
	o->pile = NULL;
	o->n = 0;
}

int vl_overlay_sweep(const struct vl_overlay *o, struct vl_sweep *sweep,
		     struct vhdxlog_error *err)
{
	return vl_sweep_init(sweep, o->log, o->pile, o->n, err);
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

int vl_target_page(struct vl_log *log, uint32_t entry, uint32_t target,
		   uint8_t page[VL_SECTOR], struct vhdxlog_error *err)
{
	const struct vl_target *t = &log->targets[target];
	uint32_t sector = vl_target_sector(t);
	uint8_t descriptor[VL_DESCRIPTOR_SIZE];
	const uint8_t *data;
	int rc = vl_descriptor_read(log, &log->entries[entry],
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
