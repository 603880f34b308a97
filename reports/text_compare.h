/* SPDX-License-Identifier: MIT */
/* What the parts of the report of a comparison share. */
#ifndef REPORTS_TEXT_COMPARE_H
#define REPORTS_TEXT_COMPARE_H

#include "reports/compare.h"
#include "reports/phrase.h"
#include "reports/text.h"

#define TEXT_COMPARE_SHOWN 20	/* of each list, without -v */
#define TEXT_COMPARE_KEPT  1024 /* more than these, with -v: another walk */

struct text_compare {
	struct text t;
	struct report_compare *compare;
	struct compare_tally tally;
	/* The first of each kind, up to `room` of them. */
	uint64_t room;
	struct vhdxlog_difference *pages;
	struct vhdxlog_detail *bat, *items;
	struct vhdxlog_virtual_range *ranges;
	const char *head;	      /* "disk.vhdx: " */
	const char *a_name, *b_name; /* in sentences */
};

/* How much the two differ, in a sentence; the tally and the names are needed. */
void text_compare_sentence(struct phrase *p, const struct text_compare *c);

#define TEXT_COMPARE_WORDS 96

/* "present at 20 MiB"; "20 MiB to 22 MiB", of the guest's disk. */
const char *text_compare_entry(const struct vhdxlog_bat_entry *e,
			       char buf[TEXT_COMPARE_WORDS]);
const char *text_compare_range(uint64_t offset, uint64_t length,
			       char buf[TEXT_COMPARE_WORDS]);

/* text_compare_table.c: pages, BAT entries, items, the guest's disk. */
int text_compare_tables(struct text_compare *c);

/* Tell a visitor what is to be shown of a list that has so many in all. */
int text_compare_tell(struct text_compare *c,
		      const struct compare_visitor *visitor, uint64_t total);

/* text_compare_bytes.c: side by side. */
int text_compare_bytes(struct text_compare *c);

#endif
