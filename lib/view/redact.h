/* SPDX-License-Identifier: MIT */
/*
 * Bytes of an image with what names it, or leaked into it, replaced.
 *
 *	redact.c	  GUIDs, texts, pages by what they are of
 *	redact_head.c	  identifier, headers, region tables
 *	redact_metadata.c table, items, parent locator
 *	redact_log.c	  sectors of the ring, and their checksums
 *
 * What has a place that is known, and says nothing of whose disk it is, stays:
 * fields of structures, entries of the BAT, keys of the locator. GUIDs that name
 * this disk become others, the same one the same other in every image. What is
 * not understood, paths for one, becomes digits that are made from it and from a
 * key that only the image as it was has, or where it has none a random one: the same bytes in the same place become
 * the same ones, so that a report still tells what is equal and what is not, and
 * zeroes stay zeroes. What nothing is compared with, as slack, is blanked. So
 * whatever is forgotten here is hidden rather than shown.
 */
#ifndef VL_VIEW_REDACT_H
#define VL_VIEW_REDACT_H

#include "view/export.h"
#include "view/logged.h"

#define VL_REDACTED_HEAD VL_RESERVED_OFFSET

/* What a sector of descriptors or of data belongs to. */
struct vl_role {
	uint32_t entry; /* index, or VL_NONE */
	uint32_t index; /* of the descriptor; of a sector of them, of its first */
	uint32_t data_before; /* data descriptors of the entry before that */
};

struct vl_redaction {
	const struct vl_export_of *of; /* borrowed */
	bool *left;		       /* borrowed, of VL_LEFT_KINDS */
	char key[65];
	uint8_t *head; /* owned: the first VL_REDACTED_HEAD bytes */
	struct vl_role *roles; /* owned: of each sector that is present */
	uint32_t *checksums;   /* owned: of each entry */
	bool *right;	       /* owned: whose checksum is to be right */
};

int vl_redaction_init(struct vl_redaction *r, const struct vl_export_of *of,
		      bool *left, struct vhdxlog_error *err);
void vl_redaction_release(struct vl_redaction *r);

/* Bytes of a place, but for one that stands in. */
void vl_redacted_read(struct vl_redaction *r, enum vl_place_kind kind,
		      uint64_t off, uint8_t *buf, size_t len);

/* --------------------------------------------------------- parts of the above */

/* Another GUID of the same kind in its place; zero stays. */
void vl_redact_guid(uint8_t guid[16]);

/* Digits for what is not zero. */
void vl_scramble(const struct vl_redaction *r, uint8_t *bytes, size_t len);

/* A page for the place off: of an entry (index), or with VL_NONE the disk's. */
void vl_redact_page(struct vl_redaction *r, uint32_t entry, uint64_t off,
		    uint8_t page[VL_SECTOR]);

/* An entry of a region table stays; what can be none becomes digits. */
void vl_redact_region(const struct vl_redaction *r,
		      uint8_t slot[VL_SIZE_region_entry]);

int vl_redact_head(struct vl_redaction *r, struct vhdxlog_error *err);

/* In bytes: three pages of a metadata region, of which the middle one is to be
 * redacted, at offset rel of the region; zeroes where there are none. */
void vl_redact_metadata(const struct vl_redaction *r, uint64_t base,
			uint64_t rel, uint8_t bytes[3 * VL_SECTOR]);

int vl_redact_log_init(struct vl_redaction *r, struct vhdxlog_error *err);
void vl_redact_sector(struct vl_redaction *r, uint32_t sector,
		      uint8_t bytes[VL_SECTOR]);

#endif
