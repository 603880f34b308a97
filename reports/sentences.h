/* SPDX-License-Identifier: MIT */
/*
 * The sentences of report_summary() that sentences.c does not say itself: one
 * for each state.
 */
#ifndef REPORTS_SENTENCES_H
#define REPORTS_SENTENCES_H

#include "reports/phrase.h"

/* --------------------------------------------------------- sentences_file.c */

void say_not_vhdx(struct phrase *p, const struct report_subject *s);
void say_unreadable(struct phrase *p, const struct report_subject *s);
void say_unstable(struct phrase *p, const struct report_subject *s);
void say_headers_lost(struct phrase *p, const struct report_subject *s);
void say_truncated(struct phrase *p, const struct report_subject *s);
void say_damaged(struct phrase *p, const struct report_subject *s);

#endif
