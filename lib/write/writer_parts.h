/* SPDX-License-Identifier: MIT */
/* What writer.c and writer_write.c share. */
#ifndef VL_WRITE_WRITER_PARTS_H
#define VL_WRITE_WRITER_PARTS_H

#include "write/writer.h"

/*
 * FlushedFileOffset: the largest size that is known to be durable.
 * LastFileOffset: the smallest that holds everything. Whole MiB. 2.3.1.1
 */
struct vl_entry_sizes vl_writer_sizes(const struct vl_log_writer *w);

/* An entry without records: tells the disk where T is. */
int vl_writer_append_empty(struct vl_log_writer *w, struct vhdxlog_error *err);

#endif
