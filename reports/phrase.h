/* SPDX-License-Identifier: MIT */
/*
 * What sentences are made of: text that grows, numbers in words, and the
 * clauses that several sentences share.
 */
#ifndef REPORTS_PHRASE_H
#define REPORTS_PHRASE_H

#include "reports/report.h"

/* A sentence that grows in the caller's buffer, by snprintf's rules. */
struct phrase {
	char *buf; /* borrowed */
	size_t size;
	size_t length; /* that there would be, were there room */
};

void phrase_add(struct phrase *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "no", "one" .. "twelve", then digits; with a capital letter on request. */
const char *phrase_number(uint64_t n, bool capital, char buf[24]);

/* "two log entries", "one page": the plural is given where it is no "s". */
void phrase_count(struct phrase *p, uint64_t n, const char *one,
		  const char *many, bool capital);

/* "; two are damaged"; nothing for none. */
void phrase_others(struct phrase *p, uint64_t n, const char *one,
		   const char *many);

/* The check that settled the state, or these words where none did. */
void phrase_because(struct phrase *p, const struct vhdxlog_outcome *o,
		    const char *otherwise);

/* "one page of the BAT, two of guest data and one of the metadata" */
void phrase_areas(struct phrase *p, const struct vhdxlog_effect *e);

/* Whether there is any such page. */
bool phrase_has_areas(const struct vhdxlog_effect *e);

/* That the whole log lies outside the file; false, saying nothing: not so. */
bool phrase_if_outside(struct phrase *p, const struct report_subject *s);

#endif
