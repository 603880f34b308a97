/* SPDX-License-Identifier: MIT */
/*
 * The temporary file has no name while it is being written (O_TMPFILE), so that
 * nothing is left of it however the program ends; where the file system has no
 * such files, it is a hidden one beside the target.
 */
#include "tools/common/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/say.h"

#define BUFFER	     (256 * 1024)
#define MAX_ATTEMPTS 100 /* at a name that nothing has yet */
#define MAX_LINKS    40	 /* one after the other, as the kernel has it */

static int failed(const char *path, const char *what)
{
	/* Whoever closed the pipe knows. */
	if (errno == EPIPE)
		return TOOL_FAILED;
	tool_say_path(path, "%s: %s", what,
		      errno ? strerror(errno) : "it did not take all bytes");
	return TOOL_FAILED;
}

static const char *name_of(const struct tool_output *o)
{
	return o->target ? o->target : "standard output";
}

/* "dir/" of a path, or "". free() it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return tool_format("%.*s", slash ? (int)(slash - path + 1) : 0, path);
}

static char *temporary_name(const char *target, unsigned attempt)
{
	char *folder = folder_of(target);
	char *name = tool_format("%s.vhdxlog-%ld-%u", folder, (long)getpid(),
				 attempt);

	free(folder);
	return name;
}

/* ---------------------------------------------------------- what not to hit */

#define IS_EVIDENCE "this is the evidence; nothing is written to it"

static bool is_evidence(const struct tool_output *o)
{
	struct stat target;

	return stat(o->target, &target) == 0 &&
	       tool_is_evidence(o->evidence, &target);
}

static int refuse(const struct tool_output *o, const char *why)
{
	tool_say_path(name_of(o), "%s", why);
	return TOOL_USAGE;
}

/* -------------------------------------------------------------------- open */

/* Nobody else reads a file before it has the rights of the one it replaces. */
static mode_t first_mode(const struct stat *old)
{
	return old ? 0600 : 0666;
}

/* -1: the file system has no files without a name, or they cannot be named. */
static int open_nameless(const char *target, mode_t mode)
{
	char *folder = folder_of(target);
	int fd = -1;

	if (access("/proc/self/fd", X_OK) == 0)
		fd = open(*folder ? folder : ".",
			  O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	free(folder);
	return fd;
}

static int open_hidden(struct tool_output *o, mode_t mode)
{
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < MAX_ATTEMPTS; i++) {
		free(o->temporary);
		o->temporary = temporary_name(o->target, i);
		fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			  mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		free(o->temporary);
		o->temporary = NULL;
	}
	return fd;
}

/*
 * Owner, group and mode as they were, as far as we may give them. Where a step
 * is refused, as on a file system that knows no such things, fewer may read the
 * file than before, never more.
 */
static void take_over(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 0777;

	if (fchown(fd, old->st_uid, old->st_gid) != 0 &&
	    fchown(fd, (uid_t)-1, old->st_gid) != 0)
		mode &= ~(mode_t)S_IRWXG;
	fchmod(fd, mode);
}

/* old: the file that will be replaced, or NULL. */
static int open_temporary(struct tool_output *o, const struct stat *old)
{
	int fd = open_nameless(o->target, first_mode(old));

	o->nameless = fd >= 0;
	if (fd < 0)
		fd = open_hidden(o, first_mode(old));
	if (fd >= 0 && old)
		take_over(fd, old);
	return fd;
}

/* fd: as it was opened, or -1 with errno. */
static int use_fd(struct tool_output *o, int fd)
{
	if (fd < 0)
		return failed(o->target, "cannot be written");
	o->stream = fdopen(fd, "w");
	if (!o->stream) {
		close(fd);
		return failed(o->target, "cannot be written");
	}
	setvbuf(o->stream, NULL, _IOFBF, BUFFER);
	return 0;
}

/* The path that a symbolic link names, or NULL: it is none. free() it. */
static char *behind_link(const char *path)
{
	char to[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof(to));
	char *folder, *name;

	if (n <= 0 || n == sizeof(to))
		return NULL;
	folder = *to == '/' ? tool_format("%s", "") : folder_of(path);
	name = tool_format("%s%.*s", folder, (int)n, to);
	free(folder);
	return name;
}

/*
 * Behind a symbolic link, the file that it names is replaced or made, not the
 * link. What is there but has no path, as the pipe that /dev/stdout may be, is
 * opened through the link.
 */
static char *resolve(const char *path)
{
	char *at = realpath(path, NULL), *next;
	struct stat st;

	if (at)
		return at;
	at = tool_format("%s", path);
	if (stat(path, &st) == 0)
		return at;
	for (int i = 0; i < MAX_LINKS && (next = behind_link(at)); i++) {
		free(at);
		at = next;
	}
	return at;
}

static int open_target(struct tool_output *o)
{
	struct stat st;

	if (stat(o->target, &st) != 0)
		return use_fd(o, errno == ENOENT ? open_temporary(o, NULL) :
						   -1);
	if (tool_is_evidence(o->evidence, &st))
		return refuse(o, IS_EVIDENCE);
	if (S_ISBLK(st.st_mode))
		return refuse(o, "a block device is not overwritten");
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return failed(o->target, "cannot be written");
	}
	if (S_ISREG(st.st_mode))
		return use_fd(o, open_temporary(o, &st));
	return use_fd(o, open(o->target, O_WRONLY | O_CLOEXEC | O_NOCTTY));
}

static int open_stdout(struct tool_output *o)
{
	if (tool_fd_is_evidence(o->evidence, STDOUT_FILENO))
		return refuse(o, IS_EVIDENCE);
	o->stream = stdout;
	o->to_terminal = isatty(STDOUT_FILENO);
	setvbuf(stdout, NULL, _IOFBF, BUFFER);
	return 0;
}

int tool_output_open(struct tool_output *o, const char *path,
		     const struct tool_evidence *evidence)
{
	int status;

	*o = (struct tool_output){ .evidence = evidence };
	if (tool_fd_is_evidence(evidence, STDERR_FILENO))
		return TOOL_USAGE;
	if (!path || strcmp(path, "-") == 0)
		return open_stdout(o);
	o->target = resolve(path);
	status = open_target(o);
	if (status) {
		free(o->target);
		o->target = NULL;
	}
	return status;
}

/* ------------------------------------------------------------------- close */

bool tool_output_works(struct tool_output *o)
{
	errno = 0;
	if (fflush(o->stream) == 0 && !ferror(o->stream))
		return true;
	failed(name_of(o), "writing");
	return false;
}

/* Give the file without a name its temporary one. */
static bool give_name(struct tool_output *o)
{
	char *fd = tool_format("/proc/self/fd/%d", fileno(o->stream));
	int r = -1;

	for (unsigned i = 0; r != 0 && i < MAX_ATTEMPTS; i++) {
		free(o->temporary);
		o->temporary = temporary_name(o->target, i);
		r = linkat(AT_FDCWD, fd, AT_FDCWD, o->temporary,
			   AT_SYMLINK_FOLLOW);
		if (r != 0 && errno != EEXIST)
			break;
	}
	free(fd);
	if (r != 0) {
		free(o->temporary);
		o->temporary = NULL;
	}
	return r == 0;
}

static bool is_durable(struct tool_output *o)
{
	/* What is written in place may be a pipe, which has no disk. */
	bool in_place = !o->nameless && !o->temporary;

	return in_place || fsync(fileno(o->stream)) == 0;
}

/* The name is on disk only when its folder is. Not all file systems do it. */
static void sync_folder(const char *target)
{
	char *folder = folder_of(target);
	int fd = open(*folder ? folder : ".",
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static int finish(struct tool_output *o)
{
	bool written = tool_output_works(o);
	int status = written ? 0 : TOOL_FAILED;

	if (written && !is_durable(o))
		status = failed(o->target, "writing");
	if (!status && o->nameless && !give_name(o))
		status = failed(o->target, "cannot be created");
	if (fclose(o->stream) != 0 && !status)
		status = failed(o->target, "writing");
	if (!status && o->temporary && is_evidence(o))
		status = refuse(o, IS_EVIDENCE);
	if (!status && o->temporary && rename(o->temporary, o->target) != 0)
		status = failed(o->target, "cannot be created");
	return status;
}

int tool_output_close(struct tool_output *o, bool keep)
{
	int status = 0;

	if (!o->target)
		return keep ? tool_flush_stdout() : 0;
	if (keep)
		status = finish(o);
	else
		fclose(o->stream);
	if (!status && keep && o->temporary)
		sync_folder(o->target);
	if (o->temporary && (status || !keep))
		unlink(o->temporary);
	free(o->temporary);
	free(o->target);
	*o = (struct tool_output){ .stream = NULL };
	return status;
}

int tool_flush_stdout(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return TOOL_DONE;
	return failed("standard output", "writing");
}
