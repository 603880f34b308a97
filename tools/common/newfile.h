/* SPDX-License-Identifier: MIT */
/*
 * A file that appears under its name only when it is whole. Until then it has no
 * name (O_TMPFILE), so that nothing is left of it however the program ends;
 * where the file system has no such files, it is a hidden one beside the target,
 * which signals that end the program remove. newfile.c is the one file of the
 * analysis program that may rename or remove anything.
 */
#ifndef TOOLS_COMMON_NEWFILE_H
#define TOOLS_COMMON_NEWFILE_H

#include <stdbool.h>

#include "tools/common/evidence.h"

struct tool_newfile {
	int fd;		 /* owned; open for reading and writing */
	char *target;	 /* owned; NULL: it is not open */
	char *temporary; /* owned; NULL: it has no name yet */
	char *folder;	 /* owned; that of target, as a path to open */
	char *hidden;	 /* owned; room for a hidden name, see newfile.c */
	bool replaces;	 /* may take the place of what is there */
	bool replaced;	 /* and did */
	unsigned mode;	 /* that it is to have; until then it is private */
	bool has_rights; /* those of what it replaces */
	const struct tool_evidence *evidence; /* borrowed: not written to */
	const char *refusal; /* static: what was said with TOOL_USAGE; NULL:
				nothing was refused. Stays when released. */
};

/*
 * Make a file that is to be at path. What is there already is replaced when it
 * is whole, its owner and rights taken over, if `replaces`; else it stays and
 * this is refused. Behind a symbolic link the file that it names is made or
 * replaced, not the link. Returns 0, or an exit status after a message:
 * TOOL_USAGE where path is evidence, lies on a device that is, exists, or is
 * neither a regular file nor nothing; TOOL_FAILED where it cannot be written.
 */
int tool_newfile_open(struct tool_newfile *file, const char *path,
		      bool replaces, const struct tool_evidence *evidence);

/*
 * Make what was written durable, give it its name, and make that durable; where
 * anything fails no trace of it is left. Only where it has replaced another by
 * then it stays, as that cannot come back. Returns 0, or an exit status after a
 * message: TOOL_USAGE as above, and where something has come there meanwhile
 * that is not to be replaced. Releases it in any case.
 */
int tool_newfile_keep(struct tool_newfile *file);

/* The folder in which a file that is to be at path gets its name. free() it. */
char *tool_newfile_folder(const char *path);

/* Whether what is to be at these paths is the same file. */
bool tool_newfile_same(const char *a, const char *b);

/* Whether there is one file at both paths. Needs no memory. */
bool tool_is_one_file(const char *a, const char *b);

/* Whether fd is the regular file at path. */
bool tool_fd_is_at(int fd, const char *path);

/*
 * Who may not read the file that it is made of may not read it either. What it
 * replaces decides alone, where there is such.
 */
void tool_newfile_limit(struct tool_newfile *file, const struct stat *source);

/* Leave no trace of it. Accepts one that was not opened, all zero. */
void tool_newfile_drop(struct tool_newfile *file);

#endif
