/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_COMMON_NUMBER_H
#define TOOLS_COMMON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A number of bytes: decimal or 0x and hex, with K, M, G or T (or KiB, MiB, ..)
 * behind it for powers of 1024. false: not that, or more than 64 bits.
 */
bool tool_parse_bytes(const char *text, uint64_t *bytes);

/* A number that counts, decimal or 0x and hex. false: not that, or too big. */
bool tool_parse_count(const char *text, uint64_t *count);

/*
 * Seconds, decimal, with up to three digits behind a point, as milliseconds. false:
 * not that, or too big.
 */
bool tool_parse_seconds(const char *text, uint64_t *milliseconds);

#endif
