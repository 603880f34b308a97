/* SPDX-License-Identifier: MIT */
/*
 * What a report says of an image, as text: everything but digests of bytes. Two
 * images of which it is the same are told of in the same way.
 */
#ifndef TESTS_REPORT_TEXT_H
#define TESTS_REPORT_TEXT_H

#include "vhdxlog.h"

/* free() it. */
char *report_text(struct vhdxlog_scan *scan);

/* Expect two to be the same; the message names the line that is not. */
void expect_same_report(const char *a, const char *b, const char *what,
			uint64_t seed);

#endif
