/* SPDX-License-Identifier: MIT */
/* What the two headers say together, and what the current one says. 2.2.2 */
#include "base/bytes.h"
#include "base/guid.h"
#include "base/utf16.h"
#include "image/image.h"

#include <string.h>

static bool both_valid(const struct vl_image *i)
{
	return i->header[0].valid && i->header[1].valid;
}

static bool equal_numbers(const struct vl_image *i)
{
	return both_valid(i) && i->header[0].sequence_number ==
					i->header[1].sequence_number;
}

static bool identical(const struct vl_image *i)
{
	return memcmp(i->header_bytes[0], i->header_bytes[1],
		      VL_SIZE_header) == 0;
}

/* Where a field of the current header lies. */
static uint64_t field_at(const struct vl_image *i, unsigned field)
{
	return vl_header_followed(i)->offset + field;
}

static enum vhdxlog_status file_too_small(const void *subject,
					  struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->disk_size >= VL_HEADER_SECTION)
		return vl_pass();
	return vl_fail(d, 0, "at least 1048576 bytes", "%ju bytes",
		       (uintmax_t)i->disk_size);
}

static enum vhdxlog_status ident_signature_bad(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!i->identifier_readable)
		return vl_blocked(d, "unreadable");
	if (memcmp(i->identifier, vl_identifier_signature, 8) == 0)
		return vl_pass();
	if (i->disk_size < 8)
		return vl_fail(d, 0, "\"vhdxfile\"", "end of file");
	return vl_fail_bytes(d, 0, "\"vhdxfile\"", i->identifier, 8);
}

static enum vhdxlog_status ident_creator_not_utf16(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->pub.creator.units == VL_CREATOR_UNITS)
		return vl_fail(d, VL_OFF_identifier_creator,
			       "a NUL within 256 units", "none");
	if (!vl_utf16_is_valid(i->pub.creator))
		return vl_fail(d, VL_OFF_identifier_creator, "UTF-16",
			       "a lone surrogate");
	return vl_pass();
}

static enum vhdxlog_status header_none_valid(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->header[0].valid || i->header[1].valid)
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(1), "a usable header", "none");
}

static enum vhdxlog_status header_one_invalid(const void *subject,
					      struct vl_detail *d)
{
	const struct vl_image *i = subject;
	unsigned bad = i->header[0].valid ? 2 : 1;

	if (i->header[0].valid == i->header[1].valid)
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(bad), "two usable headers",
		       "header %u is not", bad);
}

static enum vhdxlog_status header_sequence_equal_conflict(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!equal_numbers(i) || identical(i))
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(2) + VL_OFF_header_sequence_number,
		       "different numbers", "%ju in both",
		       (uintmax_t)i->header[0].sequence_number);
}

static enum vhdxlog_status header_sequence_equal_identical(const void *subject,
							   struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!equal_numbers(i) || !identical(i))
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(2) + VL_OFF_header_sequence_number,
		       "different numbers", "%ju in both, all else equal too",
		       (uintmax_t)i->header[0].sequence_number);
}

static enum vhdxlog_status header_sequence_gap(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_image *i = subject;
	uint64_t a = i->header[0].sequence_number;
	uint64_t b = i->header[1].sequence_number;
	uint64_t gap = a > b ? a - b : b - a;

	if (!both_valid(i))
		return VHDXLOG_NOT_APPLICABLE;
	if (gap <= 1)
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(1) + VL_OFF_header_sequence_number,
		       "numbers one apart", "%ju and %ju", (uintmax_t)a,
		       (uintmax_t)b);
}

static enum vhdxlog_status header_version_unsupported(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (vl_header_followed(i)->version == 1)
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_version), "1", "%u",
		       vl_header_followed(i)->version);
}

static bool log_in_use(const struct vl_image *i)
{
	return !vl_guid_is_zero(&vl_header_followed(i)->log_guid);
}

static enum vhdxlog_status log_version(const struct vl_image *i,
				       struct vl_detail *d, bool in_use)
{
	if (vl_header_followed(i)->log_version == 0)
		return vl_pass();
	if (log_in_use(i) != in_use)
		return VHDXLOG_NOT_APPLICABLE;
	return vl_fail(d, field_at(i, VL_OFF_header_log_version), "0", "%u",
		       vl_header_followed(i)->log_version);
}

static enum vhdxlog_status header_log_version_unsupported(const void *subject,
							  struct vl_detail *d)
{
	return log_version(subject, d, true);
}

static enum vhdxlog_status header_log_version_nonzero(const void *subject,
						      struct vl_detail *d)
{
	return log_version(subject, d, false);
}

static enum vhdxlog_status header_log_offset_unaligned(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (vl_header_followed(i)->log_offset % VL_MIB == 0)
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_log_offset),
		       "a multiple of 1048576", "%ju",
		       (uintmax_t)vl_header_followed(i)->log_offset);
}

static enum vhdxlog_status
header_log_offset_in_header_section(const void *subject, struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (!vl_header_followed(i)->log_length)
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_header_followed(i)->log_offset >= VL_HEADER_SECTION)
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_log_offset),
		       "at least 1048576", "%ju",
		       (uintmax_t)vl_header_followed(i)->log_offset);
}

static enum vhdxlog_status header_log_length_unaligned(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (vl_header_followed(i)->log_length % VL_MIB == 0)
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_log_length),
		       "a multiple of 1048576", "%u", vl_header_followed(i)->log_length);
}

static enum vhdxlog_status
header_log_length_zero_with_guid(const void *subject, struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (vl_header_followed(i)->log_length || !log_in_use(i))
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_log_length),
		       "a length, as LogGuid is not zero", "0");
}

static enum vhdxlog_status header_log_length_too_large(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (vl_header_followed(i)->log_length <= VL_GIB)
		return vl_pass();
	return vl_fail(d, field_at(i, VL_OFF_header_log_length),
		       "at most 1073741824", "%u", vl_header_followed(i)->log_length);
}

static enum vhdxlog_status header_log_beyond_eof(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_header *h = vl_header_followed(i);
	char want[VHDXLOG_VALUE_TEXT];

	if (!h->log_length)
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_end(h->log_offset, h->log_length) <= i->disk_size)
		return vl_pass();
	snprintf(want, sizeof(want), "an end within %ju bytes",
		 (uintmax_t)i->disk_size);
	return vl_fail(d, field_at(i, VL_OFF_header_log_offset), want,
		       "%ju + %u", (uintmax_t)h->log_offset, h->log_length);
}

static enum vhdxlog_status header_log_guid_differs(const void *subject,
						   struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_header *other =
		&i->header[2 - i->pub.current_header];
	char want[VHDXLOG_GUID_TEXT];

	if (!both_valid(i))
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_guid_equal(&other->log_guid, &vl_header_followed(i)->log_guid))
		return vl_pass();
	vhdxlog_guid_format(&vl_header_followed(i)->log_guid, want);
	return vl_fail_guid(d, other->offset + VL_OFF_header_log_guid, want,
			    &other->log_guid);
}

static enum vhdxlog_status header_data_write_guid_differs(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_header *other =
		&i->header[2 - i->pub.current_header];
	char want[VHDXLOG_GUID_TEXT];

	if (!both_valid(i))
		return VHDXLOG_NOT_APPLICABLE;
	if (vl_guid_equal(&other->data_write_guid,
			  &vl_header_followed(i)->data_write_guid))
		return vl_pass();
	vhdxlog_guid_format(&vl_header_followed(i)->data_write_guid, want);
	return vl_fail_guid(d, other->offset + VL_OFF_header_data_write_guid,
			    want, &other->data_write_guid);
}

static enum vhdxlog_status header_foreign(const void *subject,
					  struct vl_detail *d)
{
	const struct vl_image *i = subject;
	unsigned slot = i->assumed.foreign;

	if (!both_valid(i))
		return VHDXLOG_NOT_APPLICABLE;
	if (!slot)
		return vl_pass();
	return vl_fail(d, VL_HEADER_OFFSET(slot), "headers of one file",
		       "header %u of another", slot);
}

static enum vhdxlog_status header_log_misplaced(const void *subject,
						struct vl_detail *d)
{
	const struct vl_image *i = subject;
	const struct vhdxlog_header *h = vl_header_followed(i);
	char want[VHDXLOG_VALUE_TEXT];

	if (!i->assumed.misplaced)
		return vl_pass();
	snprintf(want, sizeof(want), "%ju + %u", (uintmax_t)i->log.offset,
		 i->log.length);
	return vl_fail(d, field_at(i, VL_OFF_header_log_offset), want,
		       "%ju + %u", (uintmax_t)h->log_offset, h->log_length);
}

static enum vhdxlog_status header_reserved_area_nonzero(const void *subject,
							struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->reserved_nonzero == UINT64_MAX)
		return vl_pass();
	return vl_fail(d, i->reserved_nonzero, "0", "a byte that is not zero");
}

static enum vhdxlog_status file_size_unaligned(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_image *i = subject;

	if (i->disk_size % VL_MIB == 0)
		return vl_pass();
	return vl_fail(d, i->disk_size, "a multiple of 1048576", "%ju",
		       (uintmax_t)i->disk_size);
}

const vl_check_fn vl_header_checks[VLC_COUNT] = {
	[VLC_file_too_small] = file_too_small,
	[VLC_ident_signature_bad] = ident_signature_bad,
	[VLC_ident_creator_not_utf16] = ident_creator_not_utf16,
	[VLC_header_none_valid] = header_none_valid,
	[VLC_header_one_invalid] = header_one_invalid,
	[VLC_header_sequence_equal_conflict] = header_sequence_equal_conflict,
	[VLC_header_sequence_equal_identical] = header_sequence_equal_identical,
	[VLC_header_sequence_gap] = header_sequence_gap,
	[VLC_header_version_unsupported] = header_version_unsupported,
	[VLC_header_log_version_unsupported] = header_log_version_unsupported,
	[VLC_header_log_version_nonzero] = header_log_version_nonzero,
	[VLC_header_log_offset_unaligned] = header_log_offset_unaligned,
	[VLC_header_log_offset_in_header_section] =
		header_log_offset_in_header_section,
	[VLC_header_log_length_unaligned] = header_log_length_unaligned,
	[VLC_header_log_length_zero_with_guid] =
		header_log_length_zero_with_guid,
	[VLC_header_log_length_too_large] = header_log_length_too_large,
	[VLC_header_log_beyond_eof] = header_log_beyond_eof,
	[VLC_header_log_guid_differs] = header_log_guid_differs,
	[VLC_header_data_write_guid_differs] = header_data_write_guid_differs,
	[VLC_header_foreign] = header_foreign,
	[VLC_header_log_misplaced] = header_log_misplaced,
	[VLC_header_reserved_area_nonzero] = header_reserved_area_nonzero,
	[VLC_file_size_unaligned] = file_size_unaligned,
};
