/* SPDX-License-Identifier: MIT */
/*
 * What lies in folders: regular files of certain names. No symbolic link is
 * followed, so that nothing leads round in a circle, or out of what was named.
 */
#include "tools/common/images.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/say.h"

/* Folders that are still to be looked into. */
struct folders {
	char **list; /* owned */
	size_t count, room;
};

static void push(struct folders *f, char *path)
{
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->list = tool_grow(f->list, f->room, sizeof(*f->list));
	}
	f->list[f->count++] = path;
}

/* In any case of letters, and also of a name that begins with a dot. */
static bool is_image_name(const char *name)
{
	static const char *const endings[] = { ".vhdx", ".avhdx" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcasecmp(name + len - n, endings[i]) == 0)
			return true;
	}
	return false;
}

/* DT_REG, DT_DIR, or another. Not all file systems say it with the name. */
static unsigned char kind_of(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return is_image_name(entry->d_name) ? DT_REG : DT_UNKNOWN;
	return S_ISREG(st.st_mode) ? DT_REG :
	       S_ISDIR(st.st_mode) ? DT_DIR :
				     DT_UNKNOWN;
}

static char *join(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	bool slashed = len && folder[len - 1] == '/';

	return tool_format("%s%s%s", folder, slashed ? "" : "/", name);
}

static void look_at(struct tool_images *images, struct folders *todo,
		    const char *folder, DIR *dir, const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	switch (kind_of(dir, entry)) {
	case DT_DIR: push(todo, join(folder, name)); break;
	case DT_REG:
		if (is_image_name(name))
			tool_images_add(images, join(folder, name), NULL);
		break;
	default: break;
	}
}

static void fail(struct tool_images *images, const char *folder,
		 const char *what)
{
	tool_images_add(images, tool_format("%s", folder),
			tool_format("%s: %s", what, strerror(errno)));
}

/* The folder that was named may be a link, those below may not. */
static void look_into(struct tool_images *images, struct folders *todo,
		      const char *folder, bool named)
{
	int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY |
				      (named ? 0 : O_NOFOLLOW));
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir) {
		fail(images, folder, "opening the folder");
		if (fd >= 0)
			close(fd);
		return;
	}
	/* No other thread has this stream; readdir_r() is not to be used. */
	/* cppcheck-suppress readdirCalled */
	while (errno = 0, (entry = readdir(dir)))
		look_at(images, todo, folder, dir, entry);
	if (errno)
		fail(images, folder, "reading the folder");
	closedir(dir);
}

static int by_path(const void *a, const void *b)
{
	const struct tool_image *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void tool_images_walk(struct tool_images *images, const char *folder)
{
	struct folders todo = { .list = NULL };
	size_t first = images->count;

	look_into(images, &todo, folder, true);
	/* Ends: a folder has one path without links, and each is taken once. */
	while (todo.count) {
		char *next = todo.list[--todo.count];

		look_into(images, &todo, next, false);
		free(next);
	}
	free(todo.list);
	if (images->count == first)
		tool_images_add(images, tool_format("%s", folder),
				tool_format("no name in this folder ends in "
					    TOOL_IMAGE_NAMES));
	qsort(images->list + first, images->count - first,
	      sizeof(*images->list), by_path);
}
