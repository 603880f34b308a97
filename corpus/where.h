/* SPDX-License-Identifier: MIT */
/*
 * Places of an image by name, the names being those of ondisk/layout.h:
 *
 *	identifier.creator		header1.log_offset, header2., headers.
 *	regions.entry_count		regions1.entry[0].length, regions2.
 *	metadata.entry[3].offset	item:file-parameters.block_size
 *	locator.entry[0].key_offset	locator.key[0], locator.value[1]
 *	bat[3]				E5.tail, E5.d1.file_offset, E5.s0.page
 *	log[7]				file
 *
 * and any of these with "+N" behind it: N bytes further. "headers" and "regions"
 * are both copies.
 */
#ifndef CORPUS_WHERE_H
#define CORPUS_WHERE_H

#include "corpus/image.h"

struct where {
	uint64_t off[2]; /* in the file */
	unsigned copies; /* 1 or 2 */
	uint64_t size;	 /* of what is named; to the end of it after "+N" */
	bool has_structure;
	enum vhdxlog_structure structure; /* what a ".field" would be one of */
	bool has_field;
	struct vhdxlog_field field;
	bool is_bat;	/* bat[N]: values as in "blocks" */
	bool is_string; /* locator.key[N], locator.value[N]: UTF-16 */
};

/* Find what a name means; an unknown one ends the program with status 2. */
struct where where_is(const struct image *image, const struct node *n,
		      const char *name);

#endif
