/* SPDX-License-Identifier: MIT */
#include "base/zeroes.h"

#include <isa-l/mem_routines.h>

#define STRETCH 4096u /* is passed at once where it is all zero */

size_t vl_first_nonzero(const uint8_t *buf, size_t len)
{
	size_t i = 0;

	while (len - i >= STRETCH &&
	       isal_zero_detect((void *)(buf + i), STRETCH) == 0)
		i += STRETCH;
	while (i < len && !buf[i])
		i++;
	return i;
}
