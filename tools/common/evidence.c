/* SPDX-License-Identifier: MIT */
#include "tools/common/evidence.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools/common/say.h"

/* Loop devices on loop devices; the kernel itself allows no circle. */
#define MAX_LOOPS 8

struct tool_evidence tool_evidence_of(const struct tool_options *o, int images)
{
	struct tool_evidence e = {
		.paths = tool_alloc((size_t)images + 1, sizeof(*e.paths)),
	};

	for (int i = 0; i < images; i++)
		e.paths[e.count++] = o->operands[i];
	if (o->parent)
		e.paths[e.count++] = o->parent;
	return e;
}

void tool_evidence_release(struct tool_evidence *e)
{
	free(e->paths);
	*e = (struct tool_evidence){ .paths = NULL };
}

/* ------------------------------------------------------------ loop devices */

/* The first line of a file of sysfs; false: there is no such file. */
static bool read_line(const char *path, char line[PATH_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, PATH_MAX - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	line[n - (line[n - 1] == '\n')] = '\0';
	return true;
}

/* folder: of the loop device, from that of the device in sysfs. */
static bool find_behind(const struct stat *device, const char *folder,
			struct stat *file)
{
	char *path = tool_format("/sys/dev/block/%u:%u/%sloop/backing_file",
				 major(device->st_rdev), minor(device->st_rdev),
				 folder);
	char name[PATH_MAX];
	bool found = read_line(path, name) && stat(name, file) == 0;

	free(path);
	return found;
}

/* What is behind a loop device or a partition of one; else the file itself. */
static struct stat bottom_of(const struct stat *file)
{
	struct stat at = *file, next;

	for (int i = 0; i < MAX_LOOPS && S_ISBLK(at.st_mode); i++) {
		if (!find_behind(&at, "", &next) &&
		    !find_behind(&at, "../", &next))
			break;
		at = next;
	}
	return at;
}

/* ---------------------------------------------------------------- the rule */

/* One device may have several nodes. Nothing else can be an image. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISBLK(a->st_mode) && S_ISBLK(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev &&
	       a->st_ino == b->st_ino;
}

bool tool_is_evidence(const struct tool_evidence *e, const struct stat *file)
{
	struct stat input, target = bottom_of(file);

	for (int i = 0; i < e->count; i++) {
		if (stat(e->paths[i], &input) != 0)
			continue;
		input = bottom_of(&input);
		if (is_same(&input, &target))
			return true;
	}
	return false;
}

bool tool_fd_is_evidence(const struct tool_evidence *e, int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && tool_is_evidence(e, &file);
}
