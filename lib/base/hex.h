/* SPDX-License-Identifier: MIT */
/* Bytes as pairs of hex digits. */
#ifndef VL_BASE_HEX_H
#define VL_BASE_HEX_H

#include <stdint.h>

/* The two digits of a byte, in lower case and without a NUL. */
static inline void vl_hex_put(uint8_t byte, char text[2])
{
	static const char digits[] = "0123456789abcdef";

	text[0] = digits[byte >> 4];
	text[1] = digits[byte & 15];
}

/* What a digit of either case stands for, or -1. */
static inline int vl_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that two digits stand for, or -1; looks at no NUL's neighbour. */
static inline int vl_hex_byte(const char *text)
{
	int high = vl_hex_digit(text[0]);
	int low = high < 0 ? -1 : vl_hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

#endif
