/* SPDX-License-Identifier: MIT */
/*
 * The rules of an entry, [MS-VHDX] 2.3.1, one function each. Rules that are
 * tested for every descriptor were tested by descriptor.c and data.c, which
 * remember the first that breaks each; here they become verdicts.
 */
#include "base/bytes.h"
#include "base/guid.h"
#include "log/entry.h"

static uint64_t field(const struct vl_entry_case *c, unsigned offset)
{
	return c->at + offset;
}

static enum vhdxlog_status entry_length_zero(const void *subject,
					     struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.entry_length >= VL_SECTOR)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_entry_length),
		       "at least 4096", "%u", c->h.entry_length);
}

static enum vhdxlog_status entry_length_unaligned(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.entry_length % VL_SECTOR == 0)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_entry_length),
		       "a multiple of 4096", "%u", c->h.entry_length);
}

static enum vhdxlog_status entry_length_exceeds_log(const void *subject,
						    struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (c->h.entry_length <= c->log->pub.length)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "at most %u", c->log->pub.length);
	return vl_fail(d, field(c, VL_OFF_entry_header_entry_length),
		       d ? want : "", "%u", c->h.entry_length);
}

static enum vhdxlog_status entry_length_fills_log(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.entry_length != c->log->pub.length)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_entry_length),
		       "less than the log", "%u", c->h.entry_length);
}

static enum vhdxlog_status entry_checksum_bad(const void *subject,
					      struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (!c->crc_known)
		return vl_blocked(d, "a sector of the entry cannot be read");
	if (c->crc == c->h.checksum)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "0x%08x", c->crc);
	return vl_fail(d, field(c, VL_OFF_entry_header_checksum),
		       d ? want : "", "0x%08x", c->h.checksum);
}

static enum vhdxlog_status entry_guid_mismatch(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	const struct vhdxlog_log *log = &c->log->pub;
	char want[VHDXLOG_GUID_TEXT];

	if (!log->has_guid)
		return vl_blocked(d, "the log's GUID is not known");
	if (vl_guid_equal(&c->h.log_guid, &log->guid) &&
	    !vl_guid_is_zero(&log->guid))
		return vl_pass();
	if (d)
		vhdxlog_guid_format(&log->guid, want);
	return vl_fail_guid(d, field(c, VL_OFF_entry_header_log_guid),
			    d ? want : "", &c->h.log_guid);
}

static enum vhdxlog_status entry_guid_zero(const void *subject,
					   struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (!vl_guid_is_zero(&c->h.log_guid))
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_log_guid), "a GUID",
		       "the zero GUID");
}

static enum vhdxlog_status entry_descriptors_overflow(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (c->descriptor_sectors * VL_SECTOR <= c->h.entry_length)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "descriptors within %u bytes",
			 c->h.entry_length);
	return vl_fail(d, field(c, VL_OFF_entry_header_descriptor_count),
		       d ? want : "", "%u, which need %ju bytes",
		       c->h.descriptor_count,
		       (uintmax_t)(c->descriptor_sectors * VL_SECTOR));
}

static enum vhdxlog_status entry_tail_unaligned(const void *subject,
						struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.tail % VL_SECTOR == 0)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_tail),
		       "a multiple of 4096", "%u", c->h.tail);
}

static enum vhdxlog_status entry_tail_out_of_log(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (c->h.tail < c->log->pub.length)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "less than %u",
			 c->log->pub.length);
	return vl_fail(d, field(c, VL_OFF_entry_header_tail), d ? want : "",
		       "%u", c->h.tail);
}

static enum vhdxlog_status entry_sequence_zero(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.sequence_number)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_sequence_number),
		       "more than 0", "0");
}

static enum vhdxlog_status entry_reserved_nonzero(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (!c->h.reserved)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_reserved), "0",
		       "0x%08x", c->h.reserved);
}

static enum vhdxlog_status entry_flushed_offset_unaligned(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.flushed_file_offset % VL_MIB == 0)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_flushed_file_offset),
		       "a multiple of 1048576", "%ju",
		       (uintmax_t)c->h.flushed_file_offset);
}

static enum vhdxlog_status entry_last_offset_unaligned(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.last_file_offset % VL_MIB == 0)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_last_file_offset),
		       "a multiple of 1048576", "%ju",
		       (uintmax_t)c->h.last_file_offset);
}

static enum vhdxlog_status entry_flushed_offset_zero(const void *subject,
						     struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.flushed_file_offset)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_flushed_file_offset),
		       "more than 0", "0");
}

static enum vhdxlog_status entry_flushed_exceeds_file(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	/* For the active head this is log-file-truncated. */
	if (c->is_active_head ||
	    c->h.flushed_file_offset <= c->log->disk_size)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "at most %ju",
			 (uintmax_t)c->log->disk_size);
	return vl_fail(d, field(c, VL_OFF_entry_header_flushed_file_offset),
		       d ? want : "", "%ju",
		       (uintmax_t)c->h.flushed_file_offset);
}

static enum vhdxlog_status entry_slack_nonzero(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->slack != UINT64_MAX)
		return vl_fail(d, c->slack, "0", "bytes that are not zero");
	return c->descriptors_whole ? vl_pass() :
				      vl_blocked(d, "not all readable");
}

static enum vhdxlog_status entry_empty(const void *subject,
				       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (c->h.descriptor_count)
		return vl_pass();
	return vl_fail(d, field(c, VL_OFF_entry_header_descriptor_count),
		       "more than 0", "0");
}

static enum vhdxlog_status entry_wraps(const void *subject,
				       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	uint32_t n = vl_entry_sectors(c->log, &c->h);

	if ((uint64_t)c->sector + n <= c->log->ring.sectors)
		return vl_pass();
	return vl_fail(d, c->at, "an end within the ring",
		       "%u sectors from sector %u on", n, c->sector);
}

static enum vhdxlog_status entry_length_padded(const void *subject,
					       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	uint64_t need = (c->descriptor_sectors + c->n_data) * VL_SECTOR;
	char want[VHDXLOG_VALUE_TEXT];

	if (!c->descriptors_whole)
		return vl_blocked(d, "not all descriptors are known");
	if (c->h.entry_length <= need)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "%ju", (uintmax_t)need);
	return vl_fail(d, field(c, VL_OFF_entry_header_entry_length),
		       d ? want : "", "%u", c->h.entry_length);
}

static enum vhdxlog_status data_missing(const void *subject,
					struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (!c->n_data)
		return VHDXLOG_NOT_APPLICABLE;
	if (c->data_outside == UINT64_MAX)
		return vl_pass();
	if (d)
		snprintf(want, sizeof(want), "%ju data sectors",
			 (uintmax_t)c->n_data);
	return vl_fail(d, c->data_outside, d ? want : "", "%ju",
		       (uintmax_t)(c->h.entry_length / VL_SECTOR -
				   c->descriptor_sectors));
}

/* ------------------------------------------- rules of every descriptor */

/* Which descriptors a rule speaks of. */
enum about { ABOUT_ANY, ABOUT_ZERO, ABOUT_DATA, ABOUT_PLACE };

static enum vhdxlog_status nothing_found(const struct vl_entry_case *c,
					 enum about about, struct vl_detail *d)
{
	bool whole = about == ABOUT_DATA ? c->data_whole : c->descriptors_whole;
	bool none = about == ABOUT_DATA ? !c->n_data :
		    about == ABOUT_ZERO ? !c->n_zero :
					  !c->h.descriptor_count;

	if (none && c->descriptors_whole)
		return VHDXLOG_NOT_APPLICABLE;
	return whole ? vl_pass() :
		       vl_blocked(d, "not all of the entry belongs to it");
}

static enum vhdxlog_status found(const struct vl_entry_case *c,
				 enum vl_fault_id id, enum about about,
				 struct vl_detail *d, const char *want,
				 const char *format)
{
	const struct vl_fault *f = &c->fault[id];
	char got[VHDXLOG_VALUE_TEXT];

	if (!f->found)
		return nothing_found(c, about, d);
	if (!d)
		return VHDXLOG_FAIL;
	/* The format is one of the literals below, for one uintmax_t. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(got, sizeof(got), format, (uintmax_t)f->value);
#pragma GCC diagnostic pop
	return vl_fail(d, f->at, want, "%s", got);
}

#define FAULT(name, about, want, format)                                  \
	static enum vhdxlog_status name(const void *subject,              \
					struct vl_detail *d)              \
	{                                                                 \
		return found(subject, VLF_##name, about, d, want, format); \
	}

FAULT(desc_signature_bad, ABOUT_ANY, "\"desc\" or \"zero\"", "0x%08jx")
FAULT(desc_offset_unaligned, ABOUT_ANY, "a multiple of 4096", "%ju")
FAULT(desc_offset_overflow, ABOUT_ANY, "an end below 2^63", "%ju")
FAULT(desc_targets_headers, ABOUT_ANY, "at least 196608", "%ju")
FAULT(desc_targets_reserved_area, ABOUT_ANY, "not 0x50000 to 0xfffff", "%ju")
FAULT(desc_targets_log, ABOUT_ANY, "a place outside the log", "%ju")
FAULT(desc_beyond_eof, ABOUT_ANY, "an end within the file", "an end at %ju")
FAULT(zero_length_unaligned, ABOUT_ZERO, "a multiple of 4096", "%ju")
FAULT(zero_length_zero, ABOUT_ZERO, "more than 0", "%ju")
FAULT(zero_reserved_nonzero, ABOUT_ZERO, "0", "0x%08jx")
FAULT(zero_length_excessive, ABOUT_ZERO,
      "an end within the file and LastFileOffset", "an end at %ju")
FAULT(data_signature_bad, ABOUT_DATA, "\"data\"", "no data sector at sector %ju")
FAULT(desc_targets_payload, ABOUT_PLACE, "no payload block", "%ju")
FAULT(desc_targets_unowned, ABOUT_PLACE, "a structure", "%ju")

static enum vhdxlog_status with_number(const struct vl_entry_case *c,
				       enum vl_fault_id id, enum about about,
				       struct vl_detail *d, uint64_t number,
				       const char *format)
{
	char want[VHDXLOG_VALUE_TEXT];

	if (d)
		snprintf(want, sizeof(want), "%ju", (uintmax_t)number);
	return found(c, id, about, d, d ? want : "", format);
}

static enum vhdxlog_status desc_sequence_mismatch(const void *subject,
						  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	return with_number(c, VLF_desc_sequence_mismatch, ABOUT_ANY, d,
			   c->h.sequence_number, "%ju");
}

static enum vhdxlog_status data_sequence_high_mismatch(const void *subject,
						       struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	return with_number(c, VLF_data_sequence_high_mismatch, ABOUT_DATA, d,
			   c->h.sequence_number >> 32, "%ju");
}

static enum vhdxlog_status data_sequence_low_mismatch(const void *subject,
						      struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	return with_number(c, VLF_data_sequence_low_mismatch, ABOUT_DATA, d,
			   c->h.sequence_number & UINT32_MAX, "%ju");
}

static enum vhdxlog_status entry_last_offset_below_target(const void *subject,
							  struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;
	const struct vl_fault *f =
		&c->fault[VLF_entry_last_offset_below_target];
	char want[VHDXLOG_VALUE_TEXT];

	if (!f->found)
		return nothing_found(c, ABOUT_ANY, d);
	if (d)
		snprintf(want, sizeof(want), "at least %ju",
			 (uintmax_t)f->value);
	return vl_fail(d, field(c, VL_OFF_entry_header_last_file_offset),
		       d ? want : "", "%ju", (uintmax_t)c->h.last_file_offset);
}

static enum vhdxlog_status desc_duplicate_target(const void *subject,
						 struct vl_detail *d)
{
	const struct vl_entry_case *c = subject;

	if (!c->fault[VLF_desc_duplicate_target].found && !c->duplicates_known)
		return vl_blocked(d, "too many descriptors to compare");
	return found(c, VLF_desc_duplicate_target, ABOUT_ANY, d,
		     "each page once", "%ju a second time");
}

const vl_check_fn vl_entry_checks[VLC_COUNT] = {
	[VLC_entry_length_zero] = entry_length_zero,
	[VLC_entry_length_unaligned] = entry_length_unaligned,
	[VLC_entry_length_exceeds_log] = entry_length_exceeds_log,
	[VLC_entry_length_fills_log] = entry_length_fills_log,
	[VLC_entry_checksum_bad] = entry_checksum_bad,
	[VLC_entry_guid_mismatch] = entry_guid_mismatch,
	[VLC_entry_guid_zero] = entry_guid_zero,
	[VLC_entry_descriptors_overflow] = entry_descriptors_overflow,
	[VLC_entry_tail_unaligned] = entry_tail_unaligned,
	[VLC_entry_tail_out_of_log] = entry_tail_out_of_log,
	[VLC_entry_sequence_zero] = entry_sequence_zero,
	[VLC_entry_reserved_nonzero] = entry_reserved_nonzero,
	[VLC_entry_flushed_offset_unaligned] = entry_flushed_offset_unaligned,
	[VLC_entry_last_offset_unaligned] = entry_last_offset_unaligned,
	[VLC_entry_flushed_offset_zero] = entry_flushed_offset_zero,
	[VLC_entry_flushed_exceeds_file] = entry_flushed_exceeds_file,
	[VLC_entry_slack_nonzero] = entry_slack_nonzero,
	[VLC_entry_empty] = entry_empty,
	[VLC_entry_wraps] = entry_wraps,
	[VLC_desc_signature_bad] = desc_signature_bad,
	[VLC_desc_sequence_mismatch] = desc_sequence_mismatch,
	[VLC_desc_offset_unaligned] = desc_offset_unaligned,
	[VLC_desc_offset_overflow] = desc_offset_overflow,
	[VLC_desc_targets_headers] = desc_targets_headers,
	[VLC_desc_targets_reserved_area] = desc_targets_reserved_area,
	[VLC_desc_targets_log] = desc_targets_log,
	[VLC_desc_beyond_eof] = desc_beyond_eof,
	[VLC_desc_duplicate_target] = desc_duplicate_target,
	[VLC_zero_length_unaligned] = zero_length_unaligned,
	[VLC_zero_length_zero] = zero_length_zero,
	[VLC_zero_reserved_nonzero] = zero_reserved_nonzero,
	[VLC_zero_length_excessive] = zero_length_excessive,
	[VLC_entry_last_offset_below_target] = entry_last_offset_below_target,
	[VLC_data_missing] = data_missing,
	[VLC_data_signature_bad] = data_signature_bad,
	[VLC_data_sequence_high_mismatch] = data_sequence_high_mismatch,
	[VLC_data_sequence_low_mismatch] = data_sequence_low_mismatch,
	[VLC_entry_length_padded] = entry_length_padded,
	[VLC_desc_targets_payload] = desc_targets_payload,
	[VLC_desc_targets_unowned] = desc_targets_unowned,
};
