/* SPDX-License-Identifier: MIT */
/*
 * The header section: fields stay, and with them what they were right or wrong
 * about. What is neither header nor table can be anything: of that no more is left
 * than stands in the place of the signature.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/utf16.h"
#include "crc32c.h"
#include "view/redact.h"

#include <string.h>

/* Read what is there; false: not all of it, and it is left out. */
static bool fetch(struct vl_redaction *r, uint64_t off, size_t len)
{
	int rc = vl_view_read(r->of->disk, off, r->head + off, len, NULL);

	if (rc)
		memset(r->head + off, 0, len);
	r->left[VL_LEFT_UNREADABLE] |= rc == VHDXLOG_E_IO;
	return rc == 0;
}

/* The signature is told of, whatever it is; the creator is no more than so long. */
static void redact_identifier(struct vl_redaction *r)
{
	uint8_t *creator = r->head + VL_OFF_identifier_creator;
	size_t units;

	if (!fetch(r, 0, VL_OFF_identifier_reserved))
		return;
	units = vl_utf16_length(creator, VL_CREATOR_UNITS);
	memset(creator, 0, 2 * VL_CREATOR_UNITS);
	for (size_t i = 0; i < units; i++)
		creator[2 * i] = 'x';
}

/* Right again where it was right, and wrong where it was wrong. */
static void seal(uint8_t *p, size_t len, bool right)
{
	uint32_t crc = vl_crc32c_sealed(p, len);

	if (right)
		vl_put_le32(p + 4, crc);
	else if (vl_le32(p + 4) == crc)
		vl_put_le32(p + 4, ~crc);
}

static bool is_right(const uint8_t *p, size_t len)
{
	return vl_le32(p + 4) == vl_crc32c_sealed(p, len);
}

/* Whether it is a header that has lost its signature, at most. */
static bool is_header(const uint8_t *p)
{
	return memcmp(p, vl_header_signature, 4) == 0 ||
	       (vl_le16(p + VL_OFF_header_version) == 1 &&
		vl_le32(p + VL_OFF_header_log_length) % VL_MIB == 0 &&
		vl_le64(p + VL_OFF_header_log_offset) % VL_MIB == 0);
}

static void redact_header(struct vl_redaction *r, unsigned slot)
{
	uint8_t *p = r->head + VL_HEADER_OFFSET(slot);
	bool right;

	if (!fetch(r, VL_HEADER_OFFSET(slot), VL_SIZE_header))
		return;
	right = is_right(p, VL_SIZE_header);
	if (!is_header(p))
		memset(p + 4, 0, VL_OFF_header_reserved - 4);
	vl_redact_guid(p + VL_OFF_header_file_write_guid);
	vl_redact_guid(p + VL_OFF_header_data_write_guid);
	vl_redact_guid(p + VL_OFF_header_log_guid);
	memset(p + VL_OFF_header_reserved, 0,
	       VL_SIZE_header - VL_OFF_header_reserved);
	seal(p, VL_SIZE_header, right);
}

/* As many slots as it says that it has; 0: it is no table. */
static size_t count_slots(const uint8_t *p)
{
	uint32_t n = vl_le32(p + VL_OFF_region_header_entry_count);

	if (memcmp(p, vl_region_signature, 4) == 0)
		return vl_min64(n, VL_MAX_TABLE_ENTRIES);
	if (n > VL_MAX_TABLE_ENTRIES)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		struct vhdxlog_region region;

		vl_region_decode(p + VL_SIZE_region_header +
					 (size_t)i * VL_SIZE_region_entry,
				 &region);
		if (region.offset % VL_MIB || region.length % VL_MIB)
			return 0;
	}
	return n;
}

void vl_redact_region(const struct vl_redaction *r,
		      uint8_t slot[VL_SIZE_region_entry])
{
	struct vhdxlog_region region;

	vl_region_decode(slot, &region);
	if (!region.name && (!region.offset || region.offset % VL_MIB ||
			     region.length % VL_MIB))
		vl_scramble(r, slot, VL_SIZE_region_entry);
}

static void redact_region_table(struct vl_redaction *r, unsigned number)
{
	uint8_t *p = r->head + VL_TABLE_OFFSET(number);
	size_t n, kept = 4;
	bool right;

	if (!fetch(r, VL_TABLE_OFFSET(number), VL_SLOT_SIZE))
		return;
	right = is_right(p, VL_SLOT_SIZE);
	n = count_slots(p);
	if (n || memcmp(p, vl_region_signature, 4) == 0)
		kept = VL_SIZE_region_header + n * VL_SIZE_region_entry;
	for (size_t at = VL_SIZE_region_header; at < kept;
	     at += VL_SIZE_region_entry)
		vl_redact_region(r, p + at);
	memset(p + kept, 0, VL_SLOT_SIZE - kept);
	seal(p, VL_SLOT_SIZE, right);
}

int vl_redact_head(struct vl_redaction *r, struct vhdxlog_error *err)
{
	r->head = vl_calloc(1, VL_REDACTED_HEAD);
	if (!r->head)
		return vl_nomem(err);
	redact_identifier(r);
	for (unsigned k = 1; k <= 2; k++) {
		redact_header(r, k);
		redact_region_table(r, k);
	}
	return 0;
}
