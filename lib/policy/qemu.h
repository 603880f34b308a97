/* SPDX-License-Identifier: MIT */
/* QEMU in two parts: which chain it finds, and how it replays it. */
#ifndef VL_POLICY_QEMU_H
#define VL_POLICY_QEMU_H

#include "policy/case.h"

/* More descriptors do not fit in the first sector, and it reads no others. */
#define VL_QEMU_DESCRIPTORS 126u

/* The end of what QEMU's block layer lets anybody write: 2^63 - 2^30. */
#define VL_QEMU_MAX_END (INT64_MAX / VL_GIB * VL_GIB)

/* Sectors of the ring, and how many entries there are from start to end. */
struct vl_chain {
	uint32_t start, end, count;
};

/* qemu_flush.c */
int vl_qemu_flush(struct vl_case *c, const struct vl_chain *chain,
		  struct vhdxlog_error *err);

#endif
