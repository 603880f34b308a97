/* SPDX-License-Identifier: MIT */
/*
 * Where the writers write: a file, memory, or what a test makes of it.
 *
 * Everything returns 0 or a negative enum vhdxlog_code. Nothing but a medium
 * writes; nothing is durable before flush has returned.
 */
#ifndef VL_WRITE_MEDIUM_H
#define VL_WRITE_MEDIUM_H

#include "vhdxlog.h"

struct vl_medium_ops {
	/* All len bytes; VHDXLOG_E_RANGE where they are not all inside. */
	int (*read)(void *ctx, uint64_t off, void *buf, size_t len,
		    struct vhdxlog_error *err);
	/* Past the end it grows; what lies between reads as zero. */
	int (*write)(void *ctx, uint64_t off, const void *buf, size_t len,
		     struct vhdxlog_error *err);
	/* The same with zeroes, which may cost no space. 1: cannot, nothing is
	 * changed. NULL: never can. */
	int (*zero)(void *ctx, uint64_t off, uint64_t len,
		    struct vhdxlog_error *err);
	/* As vl_holes_next_data(). NULL: holes are not known. */
	bool (*next_data)(void *ctx, uint64_t off, uint64_t end, uint64_t *from,
			  uint64_t *to);
	int (*size)(void *ctx, uint64_t *size, struct vhdxlog_error *err);
	int (*resize)(void *ctx, uint64_t size, struct vhdxlog_error *err);
	int (*flush)(void *ctx, struct vhdxlog_error *err);
	void (*close)(void *ctx);
};

struct vl_medium {
	const struct vl_medium_ops *ops;
	void *ctx; /* owned */
};

/* The file behind fd, which is handed over, also on failure. */
int vl_medium_fd(int fd, struct vl_medium *m, struct vhdxlog_error *err);

/* size zero bytes of memory. */
int vl_medium_memory(uint64_t size, struct vl_medium *m,
		     struct vhdxlog_error *err);

/* The bytes of a memory medium, until it is next written, resized or closed. */
uint8_t *vl_medium_bytes(const struct vl_medium *m, uint64_t *size);

/* Accepts a zeroed one. Keeps errno. */
void vl_medium_close(struct vl_medium *m);

int vl_medium_read(const struct vl_medium *m, uint64_t off, void *buf,
		   size_t len, struct vhdxlog_error *err);
/* What lies past the end reads as zero. */
int vl_medium_read_padded(const struct vl_medium *m, uint64_t off, void *buf,
			  size_t len, struct vhdxlog_error *err);
int vl_medium_write(const struct vl_medium *m, uint64_t off, const void *buf,
		    size_t len, struct vhdxlog_error *err);
int vl_medium_write_zeroes(const struct vl_medium *m, uint64_t off,
			   uint64_t len, struct vhdxlog_error *err);
/* The first part [*from, *to) of [off, end) that may hold anything but zeroes;
 * false: none. */
bool vl_medium_next_data(const struct vl_medium *m, uint64_t off, uint64_t end,
			 uint64_t *from, uint64_t *to);
int vl_medium_size(const struct vl_medium *m, uint64_t *size,
		   struct vhdxlog_error *err);
int vl_medium_resize(const struct vl_medium *m, uint64_t size,
		     struct vhdxlog_error *err);
int vl_medium_flush(const struct vl_medium *m, struct vhdxlog_error *err);

#endif
