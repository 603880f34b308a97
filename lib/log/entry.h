/* SPDX-License-Identifier: MIT */
/* One entry under examination: what its checks look at. */
#ifndef VL_LOG_ENTRY_H
#define VL_LOG_ENTRY_H

#include "log/log.h"

/* The checks that are made once for each descriptor or data sector. */
#define VL_PER_DESCRIPTOR(X)       \
	X(desc_signature_bad)      \
	X(desc_sequence_mismatch)  \
	X(desc_offset_unaligned)   \
	X(desc_offset_overflow)    \
	X(desc_targets_headers)    \
	X(desc_targets_reserved_area) \
	X(desc_targets_log)        \
	X(desc_beyond_eof)         \
	X(desc_duplicate_target)   \
	X(zero_length_unaligned)   \
	X(zero_length_zero)        \
	X(zero_reserved_nonzero)   \
	X(zero_length_excessive)   \
	X(entry_last_offset_below_target) \
	X(data_signature_bad)      \
	X(data_sequence_high_mismatch) \
	X(data_sequence_low_mismatch) \
	X(desc_targets_payload)    \
	X(desc_targets_unowned)

enum vl_fault_id {
#define X(name) VLF_##name,
	VL_PER_DESCRIPTOR(X)
#undef X
	VLF_COUNT,
};

/* The first descriptor or data sector that breaks a rule. */
struct vl_fault {
	bool found;
	uint64_t at;	/* in the image */
	uint64_t value; /* what was found there */
};

struct vl_entry_case {
	const struct vl_log *log;
	uint32_t sector;
	uint64_t at; /* of the entry in the image */
	bool is_active_head;
	uint64_t declared; /* length that the sequence of it declares, or 0 */
	bool collect; /* its targets are wanted */
	struct vl_entry_header h;
	uint64_t descriptor_sectors; /* by DescriptorCount */
	uint64_t n_data, n_zero;     /* descriptors seen of each kind */
	uint64_t zeroed;	     /* bytes of the file that are */
	bool readable;		     /* no sector of the entry was a hole */
	bool descriptors_whole;	     /* all of them were looked at */
	bool data_whole;	     /* all data sectors were looked at */
	bool duplicates_known;
	uint64_t data_outside; /* image offset of the first data sector that
				  lies outside EntryLength, or UINT64_MAX */
	uint64_t slack; /* first slack byte that is not zero, or UINT64_MAX */
	bool crc_known;
	uint32_t crc;
	struct vl_fault fault[VLF_COUNT];
};

extern const vl_check_fn vl_entry_checks[VLC_COUNT];

/* EntryLength in sectors, or 0 where it is not sane. */
static inline uint32_t vl_entry_sectors(const struct vl_log *log,
					const struct vl_entry_header *h)
{
	uint32_t n = h->entry_length / VL_SECTOR;

	return h->entry_length % VL_SECTOR || n > log->ring.sectors ? 0 : n;
}

/* descriptor.c: walk the descriptors of c, whose header is decoded. */
int vl_entry_descriptors(struct vl_log *log, struct vl_entry_case *c,
			 struct vhdxlog_error *err);

/* data.c: look at the data sectors, by what the ring remembers of them. */
void vl_entry_data(struct vl_entry_case *c);

#endif
