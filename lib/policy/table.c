/* SPDX-License-Identifier: MIT */
/*
 * Every reader that is modelled, in the order of reports, and what of its rules a
 * table can say. How each was found out stands in tests/oracle/README.md.
 */
#include "policy/forest.h"

#define B(token) VL_BIT(VLC_##token)
#define LEAVES(token) VL_READER_BIT(VLC_reader_##token)

/* Rules that many readers share. */
#define LENGTH (B(entry_length_zero) | B(entry_length_unaligned) | \
		B(entry_length_exceeds_log))
#define SEALED (LENGTH | B(entry_checksum_bad))
#define NUMBERED B(entry_sequence_zero)
#define TAIL (B(entry_tail_unaligned) | B(entry_tail_out_of_log))
#define TABLE B(entry_descriptors_overflow)
#define KINDS (B(desc_signature_bad) | B(desc_sequence_mismatch))
#define PLACES (B(desc_offset_unaligned) | B(desc_offset_overflow) | \
		B(zero_length_unaligned))
#define DATA (B(data_missing) | B(data_signature_bad) |  \
	      B(data_sequence_high_mismatch) |           \
	      B(data_sequence_low_mismatch))
#define TARGETS (B(desc_targets_headers) | B(desc_targets_log))

/* What it asserts of every entry, of other LogGuids, too. */
#define CALEBF (LENGTH | NUMBERED | B(entry_tail_unaligned) |        \
		B(entry_flushed_offset_unaligned) |                  \
		B(entry_last_offset_unaligned) | TABLE |             \
		B(desc_signature_bad) | B(desc_offset_unaligned) |   \
		B(zero_length_unaligned) | B(data_missing) |         \
		B(data_signature_bad) | B(entry_length_padded) | B(entry_wraps))

static const uint8_t plain_always[] = {
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_none,
};

/* Headers that nobody follows. */
static const uint8_t no_header[] = { VLC_header_none_valid, VLC_none };

static const uint8_t ms_always[] = {
	VLC_ident_signature_bad,
	VLC_file_too_small,
	VLC_header_none_valid,
	VLC_header_sequence_equal_conflict,
	VLC_header_version_unsupported,
	VLC_header_log_version_unsupported,
	VLC_header_log_offset_unaligned,
	VLC_header_log_offset_in_header_section,
	VLC_header_log_length_unaligned,
	VLC_header_log_length_zero_with_guid,
	VLC_header_log_beyond_eof,
	VLC_none,
};

static const uint8_t openvmm_always[] = {
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_header_version_unsupported,
	VLC_header_log_version_unsupported,
	VLC_header_log_offset_unaligned,
	VLC_header_log_offset_in_header_section,
	VLC_header_log_length_unaligned,
	VLC_header_log_length_zero_with_guid,
	VLC_header_log_length_too_large,
	VLC_header_log_beyond_eof,
	VLC_none,
};

static const uint8_t strict_always[] = {
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_header_version_unsupported,
	VLC_none,
};

static const uint8_t strict_dirty[] = {
	VLC_header_log_version_unsupported,
	VLC_header_log_offset_unaligned,
	VLC_header_log_offset_in_header_section,
	VLC_header_log_length_unaligned,
	VLC_header_log_length_zero_with_guid,
	VLC_header_log_beyond_eof,
	VLC_none,
};

/* Where they ask for nothing else, a log must be there to be read. */
static const uint8_t plain_dirty[] = {
	VLC_header_log_length_zero_with_guid,
	VLC_none,
};

static const uint8_t vhdxrs_always[] = {
	VLC_file_too_small,
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_header_version_unsupported,
	VLC_none,
};

static const uint8_t vhdxrs_dirty[] = {
	VLC_header_log_version_unsupported,
	VLC_header_log_beyond_eof,
	VLC_none,
};

static const uint8_t rustimg_always[] = {
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_header_log_version_unsupported,
	VLC_header_log_version_nonzero,
	VLC_header_log_offset_unaligned,
	VLC_header_log_offset_in_header_section,
	VLC_header_log_length_unaligned,
	VLC_header_log_beyond_eof,
	VLC_region_none_valid,
	VLC_header_log_overlaps_region,
	VLC_none,
};

/* It panics where a header or region table is not as it asserts. */
static const uint8_t calebf_always[] = {
	VLC_header_none_valid,
	VLC_header_log_version_unsupported,
	VLC_header_log_version_nonzero,
	VLC_header_version_unsupported,
	VLC_header_log_length_unaligned,
	VLC_header_log_offset_unaligned,
	VLC_region_none_valid,
	VLC_none,
};

static const uint8_t both_headers[] = {
	VLC_ident_signature_bad,
	VLC_header_none_valid,
	VLC_header_one_invalid,
	VLC_header_version_unsupported,
	VLC_header_log_offset_unaligned,
	VLC_header_log_length_unaligned,
	VLC_none,
};

static const uint8_t identifier[] = {
	VLC_ident_signature_bad,
	VLC_none,
};

#define QEMU_LEAVES LEAVES(changes_data_write_guid)

const struct vl_policy vl_policy_table[VL_POLICIES] = {
	{
		.name = "ms-vhdx",
		.reader = "[MS-VHDX] v8.0",
		.run = vl_ms_vhdx,
		.follows_options = true,
		.always = ms_always,
		.length = VL_LENGTH_GROWN,
	},
	{
		.name = "qemu",
		.reader = "QEMU 7.2 to its master of 2025-04",
		.run = vl_qemu,
		.needs_version = true,
		.tie = VL_TIE_IDENTICAL,
		.leaves = QEMU_LEAVES,
	},
	{
		.name = "qemu-7.2",
		.reader = "QEMU 7.2 (7.2.22 was run)",
		.run = vl_qemu,
		.needs_version = true,
		.tie = VL_TIE_IDENTICAL,
		.leaves = QEMU_LEAVES,
	},
	{
		.name = "qemu-2013",
		.reader = "QEMU as of December 2013",
		.run = vl_qemu,
		.needs_version = true,
		.tie = VL_TIE_REFUSED,
		.length = VL_LENGTH_GROWN,
		.leaves = QEMU_LEAVES,
	},
	{
		.name = "openvmm",
		.reader = "openvmm, 2026-08",
		.run = vl_search_scan,
		.always = openvmm_always,
		.reject = SEALED | B(entry_length_fills_log) |
			  B(entry_tail_out_of_log) | TABLE | KINDS |
			  B(desc_offset_unaligned) | B(zero_length_unaligned) |
			  DATA | TARGETS | B(entry_length_padded),
		.bars = vl_bars_openvmm,
		.follows = vl_follows_window,
		.tail = VL_TAIL_IN_CHAIN,
		.zero_wins = true,
		.from_tail = true,
		.length = VL_LENGTH_GROWN,
	},
	{
		.name = "discutils",
		.reader = "DiscUtils, 2021-08",
		.run = vl_search_scan,
		.always = plain_always,
		.dirty = plain_dirty,
		.reject = SEALED | KINDS | DATA,
		.trips = true,
		.trips_below = VL_SECTOR,
		.trips_above = UINT32_MAX,
		.counts_in_32_bits = true,
		.data_first = true,
		.follows = vl_follows_number_round,
		.tail = VL_TAIL_TO_HEAD,
		.steps_into_head = true,
		.flushed = VL_FLUSHED_HEAD,
		.leaves = LEAVES(keeps_log_guid),
	},
	{
		.name = "ltr-discutils",
		.reader = "LTRData.DiscUtils, 2025-04 and later",
		.run = vl_search_scan,
		.always = plain_always,
		.dirty = plain_dirty,
		.reject = SEALED | KINDS | DATA,
		.trips = true,
		.trips_below = VL_FIRST_DESCRIPTOR,
		.trips_above = INT32_MAX,
		.counts_in_32_bits = true,
		.data_first = true,
		.follows = vl_follows_number_round,
		.tail = VL_TAIL_TO_HEAD,
		.steps_into_head = true,
		.flushed = VL_FLUSHED_HEAD,
		.leaves = LEAVES(keeps_log_guid),
	},
	{
		.name = "vhdx-rs",
		.reader = "vhdx-rs 0.2.0, told to replay, not strict, on a "
			  "writable image",
		.run = vl_search_scan,
		.always = vhdxrs_always,
		.dirty = vhdxrs_dirty,
		.tie = VL_TIE_REFUSED,
		.needs_own_table = true,
		.empty_is_clean = true,
		.reject = SEALED | B(entry_wraps) | NUMBERED,
		.follows = vl_follows_unwrapped,
		.tail = VL_TAIL_STARTS_ENTRY,
		.opens_without = true,
		.stops_at_apply = TABLE | B(desc_signature_bad) |
				  B(data_missing),
		.carries_out = vl_carries_any,
		.needs_both_headers = true,
		.flushed = VL_FLUSHED_HEAD,
		.length = VL_LENGTH_SET,
		.leaves = LEAVES(keeps_log_guid),
	},
	{
		.name = "rust-img",
		.reader = "rust-img-vhdx 0.6.1",
		.run = vl_rust_img,
		.always = rustimg_always,
		.needs_version = true,
		.empty_is_clean = true,
		.reject = SEALED | TABLE | KINDS | DATA,
		.skips_bodies = true,
		.may_fall_short = true,
		.length = VL_LENGTH_BOUNDED,
		.leaves = LEAVES(writes_log),
	},
	{
		.name = "aoiflux",
		.reader = "aoiflux/libvhdi (Go), 2026",
		.run = vl_search_newest,
		.always = no_header,
		.dirty = plain_dirty,
		.reject = SEALED | NUMBERED | TABLE | TAIL,
		.fails_at_apply = KINDS | PLACES | DATA,
		.in_memory = true,
	},
	{
		.name = "virtdisk",
		.reader = "virtdisk 0.3.1",
		.run = vl_virtdisk,
		.always = strict_always,
		.dirty = strict_dirty,
		.tie = VL_TIE_REFUSED,
		.reject = SEALED | NUMBERED | TAIL | TABLE | KINDS | PLACES |
			  DATA | TARGETS | B(entry_length_padded) |
			  B(entry_reserved_nonzero) |
			  B(zero_reserved_nonzero) |
			  B(entry_flushed_offset_unaligned) |
			  B(entry_last_offset_unaligned) |
			  B(entry_last_offset_below_target),
		.fails_at_apply = B(desc_targets_payload),
		.follows = vl_follows_number,
		.from_tail = true,
		.flushed = VL_FLUSHED_HEAD,
		.length = VL_LENGTH_GROWN,
		.leaves = LEAVES(changes_data_write_guid),
	},
	{
		.name = "xx-c",
		.reader = "a C archive reader, 2026",
		.run = vl_xx_c,
		.bars = vl_bars_xx_c,
		.always = no_header,
		.dirty = plain_dirty,
		.reject = SEALED | NUMBERED | TAIL | TABLE | KINDS |
			  B(desc_offset_unaligned) | DATA,
		.follows = vl_follows_number,
		.opens_without = true,
		.from_tail = true,
		.flushed = VL_FLUSHED_HEAD,
		.length = VL_LENGTH_GROWN,
		.in_memory = true,
	},
	{
		.name = "urbackup",
		.reader = "UrBackup, 2024-03",
		.run = vl_urbackup,
		.always = plain_always,
		.dirty = plain_dirty,
		.tie = VL_TIE_EVEN_INVALID,
		.reject = SEALED | B(entry_wraps) | KINDS | DATA,
		.trips = true,
		.trips_below = 8,
		.trips_above = UINT32_MAX,
		.zeroes_first = true,
		.offsets_have_sign = true,
		.flushed = VL_FLUSHED_EACH,
		.length = VL_LENGTH_GROWN,
	},
	{
		.name = "calebf",
		.reader = "calebfletcher/vhdx 0.1.0",
		.run = vl_calebf,
		.always = calebf_always,
		.tie = VL_TIE_SECOND,
		.reject = CALEBF,
		.aborts = CALEBF,
		.follows = vl_follows_any,
		.stops_at_apply = B(desc_sequence_mismatch) |
				  B(desc_beyond_eof),
		.carries_out = vl_carries_inside,
		.stops_at_end = true,
		.panics = true,
		.flushed = VL_FLUSHED_HEAD,
		.leaves = LEAVES(keeps_log_guid),
	},
	{
		.name = "libvhdi",
		.reader = "libvhdi 20210425 to 20260901",
		.run = vl_ignorer,
		.always = identifier,
		.needs_all_copies = true,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it does not read the log, and says nothing",
	},
	{
		.name = "dissect",
		.reader = "dissect.hypervisor 3.21",
		.run = vl_ignorer,
		.tie = VL_TIE_SECOND,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it does not read the log, and says nothing",
	},
	{
		.name = "go-vhdx",
		.reader = "Velocidex/go-vhdx",
		.run = vl_ignorer,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it does not read the log, and says nothing",
	},
	{
		.name = "ccl-vhdx",
		.reader = "ccl-vhdx",
		.run = vl_ignorer,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it prints LogGuid, and does not read the log",
	},
	{
		.name = "cloud-hypervisor",
		.reader = "cloud-hypervisor",
		.run = vl_ignorer,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it does not read the log, writes all the same, and a "
		       "later replay rolls that back",
		.remark = "writes",
		.leaves = LEAVES(keeps_log_guid),
	},
	{
		.name = "aaru",
		.reader = "Aaru",
		.run = vl_ignorer,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it does not read the log, and says nothing",
	},
	{
		.name = "7-zip",
		.reader = "7-Zip 25.01 (26.02 was run)",
		.run = vl_ignorer,
		.always = both_headers,
		.tie = VL_TIE_IDENTICAL,
		.outcome = VHDXLOG_OUTCOME_IGNORE,
		.why = "it warns that the log was not replayed, and shows "
		       "stale data",
		.remark = "warns",
	},
	{
		.name = "virtualbox",
		.reader = "VirtualBox",
		.run = vl_ignorer,
		.always = strict_always,
		.outcome = VHDXLOG_OUTCOME_REFUSE,
		.why = "it refuses a LogGuid that is not zero",
	},
};

int vl_ignorer(struct vl_case *c, struct vhdxlog_error *err)
{
	struct vl_place p;

	(void)err;
	if (vl_header_gate(c, &p))
		return 0;
	vl_decide(c, c->policy->outcome, "%s", c->policy->why);
	c->choice->effects |= c->policy->leaves;
	return 0;
}
