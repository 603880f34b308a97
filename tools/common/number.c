/* SPDX-License-Identifier: MIT */
#include "tools/common/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c, unsigned base)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	return c && memchr(digits, c, base == 10 ? 10 : sizeof(digits) - 1);
}

/* How many bits a unit shifts; -1: no unit. */
static int unit_shift(const char *unit)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (!*unit)
		return 0;
	letter = memchr(letters, *unit & ~0x20, sizeof(letters) - 1);
	if (!letter || (unit[1] && strcasecmp(unit + 1, "iB") != 0))
		return -1;
	return 10 * ((int)(letter - letters) + 1);
}

bool tool_parse_bytes(const char *text, uint64_t *bytes)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	unsigned base = hex ? 16 : 10;
	const char *digits = hex ? text + 2 : text;
	unsigned long long n;
	char *end;
	int shift;

	if (!is_digit(*digits, base))
		return false;
	errno = 0;
	n = strtoull(digits, &end, (int)base);
	if (errno)
		return false;
	shift = unit_shift(end);
	if (shift < 0 || n > UINT64_MAX >> shift)
		return false;
	*bytes = (uint64_t)n << shift;
	return true;
}
