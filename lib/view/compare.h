/* SPDX-License-Identifier: MIT */
/*
 * Two states of a file, or two files, page by page: those of which a byte
 * differs, in order. Each stretch that may differ is read once, in larger pieces.
 */
#ifndef VL_VIEW_COMPARE_H
#define VL_VIEW_COMPARE_H

#include "view/compare_stretch.h"

struct vl_page_pair {
	uint64_t off, len; /* a page; less at the end of the longer file */
	uint64_t differing; /* bytes */
	uint64_t first;	    /* offset of the first of them */
	/* Not read, as there is too much of it or as the system cannot read it:
	 * it may differ. Any length then, and no bytes. */
	bool unread;
	const uint8_t *bytes[2]; /* borrowed until the next call */
};

struct vl_compare {
	struct vl_stretches stretches;
	uint64_t from, to; /* what is left to be read of the last stretch */
	bool from_unread;
	uint64_t done;	   /* all before has been read, or passed */
	uint64_t careful; /* up to here page by page: some cannot be read */
	uint8_t *buf[2];   /* owned */
	uint64_t base;	   /* of what is in them */
	size_t n, at;
	void (*progress)(void *ctx, uint64_t done, uint64_t total); /* or NULL */
	void *progress_ctx;
	uint64_t told; /* it is called next when so far */
};

/* VHDXLOG_E_NOMEM; release also then. */
int vl_compare_init(struct vl_compare *c, const struct vl_side *a,
		    const struct vl_side *b, struct vhdxlog_error *err);
void vl_compare_release(struct vl_compare *c);

/* 0, 1: no more, or a negative code. */
int vl_compare_next(struct vl_compare *c, struct vl_page_pair *pair,
		    struct vhdxlog_error *err);

/*
 * Bytes of a side, zeroes beyond its length. Best from low offsets to high ones.
 */
int vl_side_read(const struct vl_side *side, uint64_t off, uint8_t *buf,
		 size_t len, struct vhdxlog_error *err);

#endif
