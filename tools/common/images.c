/* SPDX-License-Identifier: MIT */
#include "tools/common/images.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/say.h"

#define PIECE (64 * 1024)

void tool_images_add(struct tool_images *images, char *path, char *why)
{
	if (images->count == images->room) {
		images->room = images->room ? 2 * images->room : 64;
		images->list = tool_grow(images->list, images->room,
					 sizeof(*images->list));
	}
	images->list[images->count++] = (struct tool_image){ path, why };
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A name as it was given; a folder's link is followed here, and never below. */
static void add_named(struct tool_images *images,
		      const struct tool_options *o, const char *path)
{
	if (o->many.recursive && is_folder(path))
		tool_images_walk(images, path);
	else
		tool_images_add(images, tool_format("%s", path), NULL);
}

/* ------------------------------------------------------------- --files0-from */

/* All that a descriptor gives, and a NUL. false: errno says why. */
static bool read_all(int fd, char **bytes, size_t *len)
{
	size_t room = PIECE;
	ssize_t n;

	*bytes = tool_alloc(room, 1);
	*len = 0;
	/* Ends: at the end of the list, which is read once. */
	for (;;) {
		if (room - *len < PIECE / 2) {
			room *= 2;
			*bytes = tool_grow(*bytes, room, 1);
		}
		n = read(fd, *bytes + *len, room - *len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	(*bytes)[*len] = '\0';
	return n == 0;
}

/* The last name may end without a NUL, as wc and du have it. */
static void add_names(struct tool_images *images, const struct tool_options *o,
		      const char *bytes, size_t len)
{
	const char *end = bytes + len;
	size_t number = 1;

	for (const char *p = bytes; p < end; p += strlen(p) + 1, number++) {
		if (*p)
			add_named(images, o, p);
		else
			tool_images_add(images, tool_format("%s", ""),
					tool_format("name %zu of %s is empty",
						    number,
						    o->many.files_from));
	}
}

static char *list_error(const char *what, int *status, int value)
{
	*status = value;
	return tool_format("%s: %s", what, strerror(errno));
}

static char *find_listed(struct tool_images *images,
			 const struct tool_options *o, int *status)
{
	const char *name = o->many.files_from;
	bool to_stdin = strcmp(name, "-") == 0;
	int fd = to_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	char *bytes, *why = NULL;
	size_t len;

	if (fd < 0)
		return list_error("opening the list of names", status,
				  TOOL_USAGE);
	if (read_all(fd, &bytes, &len))
		add_names(images, o, bytes, len);
	else
		why = list_error("reading the list of names", status,
				 TOOL_FAILED);
	free(bytes);
	if (!to_stdin)
		close(fd);
	return why;
}

/* --------------------------------------------------------------------- all */

char *tool_images_find(struct tool_images *images,
		       const struct tool_options *o, int *status)
{
	*images = (struct tool_images){ .list = NULL };
	*status = TOOL_DONE;
	if (o->many.files_from)
		return find_listed(images, o, status);
	for (int i = 0; i < o->operand_count; i++)
		add_named(images, o, o->operands[i]);
	return NULL;
}

void tool_images_release(struct tool_images *images)
{
	for (size_t i = 0; i < images->count; i++) {
		free(images->list[i].path);
		free(images->list[i].why);
	}
	free(images->list);
	*images = (struct tool_images){ .list = NULL };
}
