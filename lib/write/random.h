/* SPDX-License-Identifier: MIT */
#ifndef VL_WRITE_RANDOM_H
#define VL_WRITE_RANDOM_H

#include "vhdxlog.h"

/* A fresh GUID, version 4 in Microsoft's byte order. VHDXLOG_E_IO. */
int vl_guid_random(struct vhdxlog_guid *g, struct vhdxlog_error *err);

/* A sequence number to begin a session with: random, 1 to 2^63 - 1. */
int vl_sequence_random(uint64_t *seq, struct vhdxlog_error *err);

#endif
