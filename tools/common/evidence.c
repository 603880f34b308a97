/* SPDX-License-Identifier: MIT */
#include "tools/common/evidence.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools/common/say.h"

/* Of devices on devices; the kernel itself allows no circle. */
#define MAX_DEPTH 8

/* What is read besides the images. */
#define OTHERS 4

struct tool_evidence tool_evidence_of(const struct tool_options *o, int images)
{
	struct tool_evidence e = {
		.paths = tool_alloc((size_t)images + OTHERS, sizeof(*e.paths)),
	};
	const char *others[OTHERS] = { o->parent, o->replay.apply,
				       o->replay.unapply,
				       o->many.files_from };

	for (int i = 0; i < images; i++)
		e.paths[e.count++] = o->operands[i];
	for (int i = 0; i < OTHERS; i++) {
		if (others[i])
			e.paths[e.count++] = others[i];
	}
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

	for (int i = 0; i < MAX_DEPTH && S_ISBLK(at.st_mode); i++) {
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

	/* A pipe or a terminal is none: there may be many to look at. */
	if (!S_ISREG(target.st_mode) && !S_ISBLK(target.st_mode))
		return false;
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

/* ------------------------------------------------ file systems on evidence */

/* "8:16" */
static bool parse_device(const char *text, dev_t *device)
{
	char *end;
	unsigned long high = strtoul(text, &end, 10), low;

	if (end == text || *end != ':')
		return false;
	text = end + 1;
	low = strtoul(text, &end, 10);
	if (end == text || high > UINT_MAX || low > UINT_MAX)
		return false;
	*device = makedev((unsigned)high, (unsigned)low);
	return true;
}

/* The disk that a device is a partition of; false: it is none. */
static bool find_disk(dev_t partition, dev_t *disk)
{
	char *path = tool_format("/sys/dev/block/%u:%u/", major(partition),
				 minor(partition));
	char *mark = tool_format("%spartition", path);
	char *whole = tool_format("%s../dev", path);
	char line[PATH_MAX];
	bool found = read_line(mark, line) && read_line(whole, line) &&
		     parse_device(line, disk);

	free(path);
	free(mark);
	free(whole);
	return found;
}

static bool is_device_evidence(const struct tool_evidence *e, dev_t device)
{
	struct stat node = { .st_mode = S_IFBLK, .st_rdev = device };

	return tool_is_evidence(e, &node);
}

/* The device that holds the file that a loop device shows; false: no file. */
static bool find_below(dev_t loop, dev_t *device)
{
	struct stat node = { .st_mode = S_IFBLK, .st_rdev = loop };
	struct stat file = bottom_of(&node);

	*device = file.st_dev;
	return S_ISREG(file.st_mode);
}

bool tool_folder_is_on_evidence(const struct tool_evidence *e,
				const char *folder)
{
	struct stat st;
	dev_t at, disk;

	if (stat(folder, &st) != 0)
		return false;
	at = st.st_dev;
	for (int i = 0; i < MAX_DEPTH; i++) {
		if (is_device_evidence(e, at) ||
		    (find_disk(at, &disk) && is_device_evidence(e, disk)))
			return true;
		if (!find_below(at, &at))
			break;
	}
	return false;
}
