/* SPDX-License-Identifier: MIT */
#include "write/encode.h"

uint64_t vl_bat_encode(enum vl_block_state state, uint64_t file_offset)
{
	return VL_BAT_OFFSET(file_offset) | VL_BAT_STATE((uint64_t)state);
}
