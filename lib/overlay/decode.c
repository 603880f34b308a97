/* SPDX-License-Identifier: MIT */
#include "overlay/decode.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Descriptors of entries that are not sound that are kept at a time: 16 MiB. */
#define VL_MAX_DECODED (UINT32_C(1) << 20)

/* Pages that no sector of the log holds: 16 MiB. */
#define VL_MAX_KEPT 4096u

int vl_descriptor_read(struct vl_log *log, const struct vl_entry *e, uint64_t i,
		       uint8_t bytes[VL_DESCRIPTOR_SIZE],
		       struct vhdxlog_error *err)
{
	uint64_t off = VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE;
	uint32_t s = vl_ring_wrap(&log->ring, e->sector + off / VL_SECTOR);
	const uint8_t *p = vl_ring_aside(&log->ring, s);

	if (!p)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&log->ring, s),
				"reading a descriptor again");
	memcpy(bytes, p + off % VL_SECTOR, VL_DESCRIPTOR_SIZE);
	return 0;
}

static int too_much(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
			"decoding an entry that is not sound");
}

size_t vl_log_room(const struct vl_log *log)
{
	size_t made = log->n_targets - log->sound_targets;

	return made < VL_MAX_DECODED ? VL_MAX_DECODED - made : 0;
}

int vl_log_add_target(struct vl_log *log, struct vl_target t,
		      struct vhdxlog_error *err)
{
	if (!vl_log_room(log))
		return too_much(err);
	return vl_target_add(log, &t, err);
}

/* Descriptor i; *data counts those with a data sector. */
static int decode(struct vl_log *log, const struct vl_entry *e, uint32_t i,
		  uint32_t *data, struct vhdxlog_error *err)
{
	uint8_t bytes[VL_DESCRIPTOR_SIZE];
	struct vl_descriptor d;
	struct vl_target t;
	int rc = vl_descriptor_read(log, e, i, bytes, err);

	if (rc)
		return rc;
	vl_descriptor_decode(bytes, &d);
	if (d.kind == VHDXLOG_DESCRIPTOR_UNKNOWN ||
	    d.length > INT64_MAX || d.file_offset > INT64_MAX - d.length)
		return too_much(err);
	t.place = d.file_offset;
	if (d.kind == VHDXLOG_DESCRIPTOR_ZERO) {
		t.place |= VL_TARGET_ZERO;
		t.value = d.length;
	} else {
		t.value = (uint64_t)i << 32 |
			  vl_ring_wrap(&log->ring,
				       e->sector +
					       vl_descriptor_sectors(
						       e->descriptor_count) +
					       (*data)++);
	}
	return vl_log_add_target(log, t, err);
}

/* Pages that are not aligned may overlap: each has a layer of its own then. */
static int make_layers(struct vl_log *log, uint32_t index, size_t first,
		       struct vhdxlog_error *err)
{
	bool aligned = !(log->entries[index].failed &
			 VL_BIT(VLC_desc_offset_unaligned));
	size_t end = log->n_targets;
	int rc = 0;

	for (size_t next; !rc && first < end; first = next) {
		next = aligned ? end : first + 1;
		log->n_targets = next;
		rc = vl_layers_make(log, index, first, err);
	}
	log->n_targets = end;
	return rc;
}

int vl_entry_layers(struct vl_log *log, uint32_t index, uint32_t parts,
		    struct vl_layers *layers, struct vhdxlog_error *err)
{
	struct vl_entry *e = &log->entries[index];
	size_t first = log->n_targets;
	uint32_t n = (uint32_t)vl_min64(parts, e->descriptor_count), data = 0;
	int rc = 0;

	if (n == e->descriptor_count && (vl_is_sound(e) || e->layer_count)) {
		*layers = (struct vl_layers){ e->layers, e->layer_count };
		return 0;
	}
	if (first - log->sound_targets + n > VL_MAX_DECODED)
		return too_much(err);
	layers->first = (uint32_t)log->n_layers;
	for (uint32_t i = 0; !rc && i < n; i++)
		rc = decode(log, e, i, &data, err);
	if (!rc)
		rc = make_layers(log, index, first, err);
	layers->count = (uint32_t)(log->n_layers - layers->first);
	/* Until all is forgotten it need not be made again. */
	if (!rc && n == e->descriptor_count) {
		e->layers = layers->first;
		e->layer_count = layers->count;
	}
	return rc;
}

int vl_layer_of_zeroes(struct vl_log *log, uint32_t entry, uint64_t off,
		       uint64_t len, uint32_t *layer, struct vhdxlog_error *err)
{
	size_t first = log->n_targets;
	struct vl_target t = { off | VL_TARGET_ZERO, len };
	int rc = vl_log_add_target(log, t, err);

	*layer = (uint32_t)log->n_layers;
	return rc ? rc : vl_layers_make(log, entry, first, err);
}

static uint64_t layer_end(const struct vl_log *log, const struct vl_layer *l)
{
	/* Sorted and apart: the last range that is one ends last. */
	for (uint32_t i = l->first + l->count; i-- > l->first;) {
		if (vl_target_length(&log->targets[i]))
			return vl_target_end(&log->targets[i]);
	}
	return 0;
}

uint64_t vl_layers_end(const struct vl_log *log, struct vl_layers layers)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < layers.count; i++)
		end = vl_max64(end,
			       layer_end(log, &log->layers[layers.first + i]));
	return end;
}

int vl_log_keep_page(struct vl_log *log, const uint8_t page[VL_SECTOR],
		     uint64_t *value, struct vhdxlog_error *err)
{
	void *array = log->kept;

	if (log->n_kept == VL_MAX_KEPT)
		return too_much(err);
	if (!vl_reserve(&array, &log->kept_cap, log->n_kept + 1,
			sizeof(*log->kept)))
		return vl_nomem(err);
	log->kept = array;
	memcpy(log->kept[log->n_kept], page, VL_SECTOR);
	*value = (uint64_t)log->n_kept++ << 32 | VL_NONE;
	return 0;
}

void vl_log_forget(struct vl_log *log)
{
	log->n_targets = log->sound_targets;
	log->n_layers = log->sound_layers;
	free(log->kept);
	log->kept = NULL;
	log->n_kept = log->kept_cap = 0;
	for (size_t i = 0; i < log->n_entries; i++) {
		if (!vl_is_sound(&log->entries[i]))
			log->entries[i].layer_count = 0;
	}
}
