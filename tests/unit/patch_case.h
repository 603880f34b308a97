/* SPDX-License-Identifier: MIT */
/* Files in memory, changes of them made by hand, and their patches. */
#ifndef TESTS_PATCH_CASE_H
#define TESTS_PATCH_CASE_H

#include "helpers.h"
#include "write/patch.h"

#define LONGEST	   65536u /* piece of a patch */
#define MAX_PIECES 16u	  /* of a change that is made here */

/* A file in memory; what is not there is zero. */
struct file {
	struct vl_view view; /* first */
	struct buffer bytes; /* owned */
	uint64_t reads, longest;
	bool fails;
};

struct file zero_file(size_t len);
void file_free(struct file *f);
bool same_file(const struct file *a, const struct file *b);

/* A change of pieces that are at hand. */
struct made {
	struct vl_change change; /* its context is this */
	struct vl_piece pieces[MAX_PIECES];
	uint8_t *bytes[MAX_PIECES]; /* owned */
	size_t count, at, given;
};

void made_open(struct made *m, uint64_t old_size, uint64_t new_size);
void made_close(struct made *m);

/* The bytes are copied; NULL: zeroes. */
void made_add(struct made *m, uint64_t off, uint64_t len, const void *bytes,
	      uint32_t entry);

/* The file with the change made; fails the test where the change does not end.
 */
struct file change_result(const struct file *old, const struct vl_change *c);

/* What the first line says in all tests. */
extern const struct vl_patch_about patch_about;

struct buffer write_patch(const struct vl_change *change,
			  const struct file *old, struct vl_patch_tally *tally);

/* A file descriptor of a file that holds the text. */
int memory_file(const void *text, size_t len);

/* A patch that was opened, or why it was not. */
struct opened {
	int rc;
	struct vl_change change;
	struct vl_patch_tally tally;
	struct vl_patch_fault fault;
};

struct opened open_patch(const void *text, size_t len, bool backwards,
			 const struct file *old);
void close_patch(struct opened *o);

/* The file with the patch applied, or taken back. */
struct file patched(const struct file *old, const struct buffer *patch,
		    bool backwards);

/* 2000 bytes become 1500: three pieces, one of them of what is cut off. */
struct file small_change(struct made *m);
struct buffer small_patch(struct file *old, struct file *new);

#endif
