/* SPDX-License-Identifier: MIT */
#include "tools/common/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "tools/common/number.h"

#define LEAST 40
#define MOST  200

static uint64_t asked_for(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t n;

	return columns && tool_parse_count(columns, &n) ? n : 0;
}

unsigned tool_terminal_width(int fd)
{
	uint64_t columns = asked_for();
	struct winsize size;

	if (!columns && ioctl(fd, TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	if (!columns)
		return 0;
	return columns < LEAST ? LEAST : columns > MOST ? MOST : (unsigned)columns;
}
