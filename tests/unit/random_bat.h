/* SPDX-License-Identifier: MIT */
/*
 * Small images whose log writes nothing but the BAT, each named by a seed: a few
 * sessions, entries that are applied and such that are not, blocks that come, go,
 * move and share places, in two pages of the table.
 */
#ifndef TESTS_RANDOM_BAT_H
#define TESTS_RANDOM_BAT_H

#include "helpers.h"

/* Blocks of 1 MiB, a disk of 1 GiB, a file of no more than 24 MiB. */
struct buffer random_bat(uint64_t seed, bool differencing);

#endif
