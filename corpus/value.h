/* SPDX-License-Identifier: MIT */
/* The small notations of a recipe: numbers, GUIDs. */
#ifndef CORPUS_VALUE_H
#define CORPUS_VALUE_H

#include "vhdxlog.h"

/* "123", "0x1f", "64K", "3M", "1M+0x1000"; false if it is none of these. */
bool value_number(const char *text, uint64_t *number);

/*
 * "zero"; "current", the GUID of the log unless the recipe gives another one;
 * canonical text; or any other name, which stands for a GUID of its own.
 */
struct vhdxlog_guid value_guid(const char *text);

#endif
