/* SPDX-License-Identifier: MIT */
#include "corpus/value.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"

static unsigned unit_shift(char c)
{
	static const char units[] = "KMGT";
	const char *p = c ? strchr(units, c) : NULL;

	return p ? 10 * (unsigned)(p - units + 1) : 0;
}

/* One summand; *text moves behind it. */
static bool summand(const char **text, uint64_t *number)
{
	bool hex = (*text)[0] == '0' && (*text)[1] == 'x';
	unsigned shift;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*number = strtoumax(*text, &end, hex ? 16 : 10);
	if (errno || (hex && end == *text + 1))
		return false;
	shift = unit_shift(*end);
	*text = end + (shift != 0);
	if (*number > UINT64_MAX >> shift)
		return false;
	*number <<= shift;
	return true;
}

bool value_number(const char *text, uint64_t *number)
{
	uint64_t more;

	if (!summand(&text, number))
		return false;
	while (*text == '+') {
		text++;
		if (!summand(&text, &more) || !vl_add(*number, more, number))
			return false;
	}
	return *text == '\0';
}

/* Of version 4 in Microsoft's byte order, like those of Windows. */
static struct vhdxlog_guid guid_of_name(const char *name)
{
	struct vhdxlog_guid g;
	uint32_t crc = ~0u;

	for (unsigned i = 0; i < 16; i += 4) {
		crc = vl_crc32c_raw(crc, name, strlen(name) + 1);
		vl_put_le32(g.bytes + i, crc);
	}
	g.bytes[7] = (uint8_t)((g.bytes[7] & 0x0f) | 0x40);
	g.bytes[8] = (uint8_t)((g.bytes[8] & 0x3f) | 0x80);
	return g;
}

struct vhdxlog_guid value_guid(const char *text)
{
	struct vhdxlog_guid g = { { 0 } };

	if (strcmp(text, "zero") == 0 || vhdxlog_guid_parse(text, &g))
		return g;
	if (strcmp(text, "current") == 0)
		text = "11111111-2222-4333-8444-555555555555";
	return vhdxlog_guid_parse(text, &g) ? g : guid_of_name(text);
}
