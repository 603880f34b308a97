/* SPDX-License-Identifier: MIT */
#include "tools/common/start.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/*
 * A closed standard stream must not become the image that is opened next. With
 * /dev/null opened for reading in its place, writing to it fails as it should.
 */
static void occupy_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

void tool_start(void)
{
	occupy_standard_streams();
	/* A reader that went away and a full disk are reported, not fatal. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}
