/* SPDX-License-Identifier: MIT */
/*
 * An input that is a ring alone, and the image that is made around it: sound
 * headers, tables, metadata, a BAT with a few blocks, and the ring as its log, each
 * entry of it sealed. So nothing is lost on what a checksum would have caught.
 */
#ifndef FUZZ_PLACED_H
#define FUZZ_PLACED_H

#include "tests/fuzz/ring.h"

/* Flags of such an input. */
enum {
	PLACED_OTHER_GUID = 0x100, /* the headers name no session, */
	PLACED_LAST_GUID = 0x200,  /* or that of the last entry, not the first */
	PLACED_UNSEALED = 0x400,   /* checksums stay as they are */
};

/* The ring of an input: what lies behind the last of its sectors is cut off. */
struct fuzz_ring placed_ring(struct sparse *s, const uint8_t *data, size_t len);

/* The session that headers are to name. */
void placed_guid(const struct sparse *s, uint8_t guid[16]);

/* The image around it; *ring becomes where it is there. */
void placed_image(struct sparse *image, const struct sparse *s,
		  struct fuzz_ring *ring);

#endif
