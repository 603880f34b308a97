/* SPDX-License-Identifier: MIT */
/*
 * What the emitters of a comparison share: walks over what differs, and the
 * words for its sides.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "reports/report.h"

/* What a comparison comes to. */
struct compare_tally {
	uint64_t pages, bytes; /* 4 KiB pages that differ, bytes in them */
	uint64_t area_pages[VHDXLOG_AREA_COUNT];
	uint64_t stretches; /* that the pages are told as */
	uint64_t unread; /* pages of them that may differ: they were not read */
	uint64_t bat, items; /* BAT entries; other things with a name */
	uint64_t ranges, virtual_bytes; /* of the guest's disk */
};

/* Called with each thing in turn; NULL: it is not wanted. */
struct compare_visitor {
	void (*page)(void *ctx, const struct vhdxlog_difference *page);
	void (*detail)(void *ctx, const struct vhdxlog_difference *page,
		       const struct vhdxlog_detail *detail);
	void (*page_end)(void *ctx, const struct vhdxlog_difference *page,
			 uint64_t details);
	void (*range)(void *ctx, const struct vhdxlog_virtual_range *range);
	void *ctx;
};

/* Walk over all that differs; 0 or a negative code. */
int compare_walk(const struct report_compare *compare,
		 const struct compare_visitor *visitor,
		 struct vhdxlog_error *err);

/* Whether anything does: a walk that ends at the first. */
int compare_differs(const struct report_compare *compare, bool *differs,
		    struct vhdxlog_error *err);

/* Add to a tally, which starts zeroed, what a walk tells. */
void compare_count_page(struct compare_tally *tally,
			const struct vhdxlog_difference *page);
void compare_count_detail(struct compare_tally *tally,
			  const struct vhdxlog_detail *detail);
void compare_count_range(struct compare_tally *tally,
			 const struct vhdxlog_virtual_range *range);

/* Of all that differs. 0 or a negative code. */
int compare_count(const struct report_compare *compare,
		  struct compare_tally *tally, struct vhdxlog_error *err);

/* By how much the one file is longer, bytes. */
uint64_t compare_longer(const struct report_compare *compare);

/* Of the file of a side, bytes. */
static inline uint64_t compare_length(const struct report_side *side)
{
	return vhdxlog_overlay_about(side->overlay)->size;
}

/* How many of the bytes of a stretch a side has. */
uint64_t compare_present(const struct report_side *side, uint64_t offset,
			 uint64_t length);

/* "disk", "E5"; "" for a page that begins behind the end of the file. */
const char *compare_from(const struct report_side *side, uint64_t offset,
			 uint32_t entry, char buf[VHDXLOG_ID_TEXT]);

/* What a state is, in words; snprintf's rules. */
int compare_side_words(char *buf, size_t size, const struct report_side *side);

/* Whether one side is a BAT entry of its disk. */
static inline bool compare_has_entry(const struct vhdxlog_bat_entry *entry)
{
	return entry->state_name;
}

/* Whether it says where in the file the block is. */
static inline bool compare_is_located(const struct vhdxlog_bat_entry *entry)
{
	return entry->state >= 6 || entry->file_offset != 0;
}

/* The side by which a thing of the BAT is named: b, where it has it. */
static inline const struct vhdxlog_bat_entry *
compare_entry(const struct vhdxlog_detail *detail)
{
	return compare_has_entry(&detail->b) ? &detail->b : &detail->a;
}

/* The i-th static sentence on what the comparison cannot tell, or NULL. */
const char *compare_limitation(const struct report_compare *compare, size_t i);

#endif
