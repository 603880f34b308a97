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

/* *end gets what is behind the digits. */
static bool parse_digits(const char *text, unsigned long long *n, char **end)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	unsigned base = hex ? 16 : 10;
	const char *digits = hex ? text + 2 : text;

	if (!is_digit(*digits, base))
		return false;
	errno = 0;
	*n = strtoull(digits, end, (int)base);
	return errno == 0;
}

bool tool_parse_bytes(const char *text, uint64_t *bytes)
{
	unsigned long long n;
	char *end;
	int shift;

	if (!parse_digits(text, &n, &end))
		return false;
	shift = unit_shift(end);
	if (shift < 0 || n > UINT64_MAX >> shift)
		return false;
	*bytes = (uint64_t)n << shift;
	return true;
}

bool tool_parse_count(const char *text, uint64_t *count)
{
	unsigned long long n;
	char *end;

	if (!parse_digits(text, &n, &end) || *end)
		return false;
	*count = n;
	return true;
}

/* Behind the point: ".5" is 500. false: no such fraction. */
static bool parse_fraction(const char *text, uint64_t *thousandths)
{
	unsigned digits = 0;

	*thousandths = 0;
	if (!*text)
		return true;
	for (text++; is_digit(*text, 10); text++, digits++)
		*thousandths = 10 * *thousandths + (uint64_t)(*text - '0');
	if (*text || digits == 0 || digits > 3)
		return false;
	for (; digits < 3; digits++)
		*thousandths *= 10;
	return true;
}

bool tool_parse_seconds(const char *text, uint64_t *milliseconds)
{
	unsigned long long n;
	uint64_t fraction;
	char *end;

	errno = 0;
	if (!is_digit(*text, 10))
		return false;
	n = strtoull(text, &end, 10);
	if (errno || n > UINT64_MAX / 1000 - 1 || (*end && *end != '.') ||
	    !parse_fraction(end, &fraction))
		return false;
	*milliseconds = n * 1000 + fraction;
	return true;
}
