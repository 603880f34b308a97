/* SPDX-License-Identifier: MIT */
/*
 * What an entry writes that is not sound, or of which only a part is applied:
 * some readers apply such. Its layers are made when they are asked for, and are
 * forgotten together with vl_log_forget().
 */
#ifndef VL_OVERLAY_DECODE_H
#define VL_OVERLAY_DECODE_H

#include "log/log.h"

/* Neighbouring layers in the log's array. */
struct vl_layers {
	uint32_t first, count;
};

/*
 * The layers of the first `parts` descriptors of an entry, of all at most, which
 * have signatures and lie in the log. VHDXLOG_E_RANGE where that takes more
 * memory than it is worth, or a target lies beyond what a file can be.
 */
int vl_entry_layers(struct vl_log *log, uint32_t index, uint32_t parts,
		    struct vl_layers *layers, struct vhdxlog_error *err);

/* Where the last of the layers' writes ends; 0: they write nothing. */
uint64_t vl_layers_end(const struct vl_log *log, struct vl_layers layers);

/* A layer of its own for a range of zeroes, told as of an entry. */
int vl_layer_of_zeroes(struct vl_log *log, uint32_t entry, uint64_t off,
		       uint64_t len, uint32_t *layer,
		       struct vhdxlog_error *err);

/* How many more targets can be made before all are forgotten. */
size_t vl_log_room(const struct vl_log *log);

/* Append a target, for vl_layers_make(). */
int vl_log_add_target(struct vl_log *log, struct vl_target t,
		      struct vhdxlog_error *err);

/* Keep the bytes of a page that no sector of the log holds; *value gets what the
 * target of it has for a value. */
int vl_log_keep_page(struct vl_log *log, const uint8_t page[VL_SECTOR],
		     uint64_t *value, struct vhdxlog_error *err);

/* Forget all layers but those of whole sound entries. */
void vl_log_forget(struct vl_log *log);

/* Copy descriptor i of an entry. VHDXLOG_E_IO where it cannot be read. */
int vl_descriptor_read(struct vl_log *log, const struct vl_entry *e, uint64_t i,
		       uint8_t bytes[VL_DESCRIPTOR_SIZE],
		       struct vhdxlog_error *err);

#endif
