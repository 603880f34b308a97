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
#define LIST_MOST ((size_t)1 << 30)

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

/* All that a descriptor gives, and a NUL. false: errno says why; EFBIG where it is
 * more than names are. */
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
		if (*len > LIST_MOST) {
			errno = EFBIG;
			return false;
		}
	}
	(*bytes)[*len] = '\0';
	return n == 0;
}

/* Names first to last, counted from 1, of which there is nothing. */
static void add_empty(struct tool_images *images, const char *list,
		      size_t first, size_t last)
{
	char *why;

	if (last < first)
		return;
	why = first == last ?
		      tool_format("name %zu of %s is empty", first, list) :
		      tool_format("names %zu to %zu of %s are empty", first,
				  last, list);
	tool_images_add(images, tool_format("%s", ""), why);
}

/* The last name may end without a NUL, as wc and du have it. */
static void add_names(struct tool_images *images, const struct tool_options *o,
		      const char *bytes, size_t len)
{
	const char *end = bytes + len;
	size_t number = 1, full = 0; /* the last one that is not empty */

	for (const char *p = bytes; p < end; p += strlen(p) + 1, number++) {
		if (!*p)
			continue;
		add_empty(images, o->many.files_from, full + 1, number - 1);
		add_named(images, o, p);
		full = number;
	}
	add_empty(images, o->many.files_from, full + 1, number - 1);
}

static char *list_error(const char *what, int *status, int value)
{
	*status = value;
	return tool_format("%s: %s", what, strerror(errno));
}

/* The list that was read to bytes; NULL, or why it is none. */
static char *take_list(struct tool_images *images, const struct tool_options *o,
		       const char *bytes, size_t len)
{
	static const char image[] = "vhdxfile"; /* 2.2.1: its Signature */

	if (len >= strlen(image) && memcmp(bytes, image, strlen(image)) == 0)
		return tool_format("this is a VHDX image, and no list of "
				   "names");
	add_names(images, o, bytes, len);
	return NULL;
}

static char *find_listed(struct tool_images *images,
			 const struct tool_options *o, int *status)
{
	const char *name = o->many.files_from;
	bool to_stdin = strcmp(name, "-") == 0;
	int fd = to_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	char *bytes, *why;
	size_t len;

	if (fd < 0)
		return list_error("opening the list of names", status,
				  TOOL_USAGE);
	if (read_all(fd, &bytes, &len)) {
		*status = TOOL_USAGE;
		why = take_list(images, o, bytes, len);
	} else {
		why = list_error("reading the list of names", status,
				 TOOL_FAILED);
	}
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
