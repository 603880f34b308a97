/* SPDX-License-Identifier: MIT */
/*
 * The catalogue in words, for `explain` on a terminal and as a manual page.
 */
#ifndef REPORTS_EXPLAIN_H
#define REPORTS_EXPLAIN_H

#include "reports/report.h"

/* "region tables" for "region". */
const char *explain_area_title(const char *area);

/* Whether no check before vhdxlog_check_at(index) is of its area. */
bool explain_first_of_area(size_t index);

/* "each entry of the log", "the image" */
const char *explain_object_words(enum vhdxlog_object object);

#endif
