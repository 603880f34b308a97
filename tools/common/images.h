/* SPDX-License-Identifier: MIT */
/*
 * Which images a command is to look at: its operands, the names in a file, and
 * with --recursive what lies in folders. Found before anything is read or written,
 * so that all of them are known as evidence; nothing is said here.
 */
#ifndef TOOLS_COMMON_IMAGES_H
#define TOOLS_COMMON_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/common/options.h"

/* One, or what stands in the place of one that could not be found. */
struct tool_image {
	char *path; /* owned */
	char *why;  /* owned; not NULL: it is none, for this reason */
};

struct tool_images {
	struct tool_image *list; /* owned */
	size_t count, room;
};

/* What --recursive takes for an image, for messages. */
#define TOOL_IMAGE_NAMES ".vhdx or .avhdx"

/*
 * All that the options name, in order; what a folder holds, by name, bytewise.
 * Returns NULL, or why the file of --files0-from cannot be used; free() it.
 * *status gets the exit status of that. Release the images either way.
 */
char *tool_images_find(struct tool_images *images,
		       const struct tool_options *options, int *status);

/* For those who write a list. path and why are handed over; why may be NULL. */
void tool_images_add(struct tool_images *images, char *path, char *why);

/* Add all images in a folder and the folders in it, in order. */
void tool_images_walk(struct tool_images *images, const char *folder);

void tool_images_release(struct tool_images *images);

#endif
