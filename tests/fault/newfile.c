/* SPDX-License-Identifier: MIT */
/*
 * fault-newfile PATH [replace]: a new file of what standard input has, made as
 * all programs make theirs, to be watched while calls fail or it is killed. Its
 * exit status; why it was refused is on standard output.
 */
#include <stdio.h>
#include <unistd.h>

#include "tools/common/newfile.h"
#include "tools/common/say.h"

static int fill(int fd)
{
	static char block[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0) {
		if (write(fd, block, (size_t)n) != n)
			return TOOL_FAILED;
	}
	return n == 0 ? 0 : TOOL_FAILED;
}

int main(int argc, char **argv)
{
	static const struct tool_evidence none;
	struct tool_newfile file;
	int status;

	if (argc < 2)
		return TOOL_USAGE;
	status = tool_newfile_open(&file, argv[1], argc > 2, &none);
	if (!status) {
		status = fill(file.fd);
		if (status)
			tool_newfile_drop(&file);
		else
			status = tool_newfile_keep(&file);
	}
	if (file.refusal)
		puts(file.refusal);
	return status;
}
