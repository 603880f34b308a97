/* SPDX-License-Identifier: MIT */
#include "tools/common/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/say.h"

#define MAX_ATTEMPTS 100 /* at a name that nothing has yet */
#define MAX_LINKS    40	 /* one after the other, as the kernel has it */
#define MAX_HIDDEN   4	 /* files with a hidden name at a time */

static const char it_exists[] =
	"it exists already, and is not replaced without --overwrite";

static int refuse(struct tool_newfile *f, const char *why)
{
	tool_say_path(f->target, "%s", why);
	f->refusal = why;
	return TOOL_USAGE;
}

/* Of "dir/" in a path; 0: there is none. */
static int folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path + 1) : 0;
}

/* "dir/" of a path, or "". free() it. */
static char *folder_of(const char *path)
{
	return tool_format("%.*s", folder_length(path), path);
}

/* The same, as a path that can be opened. free() it. */
static char *folder_path(const char *path)
{
	return folder_length(path) ? folder_of(path) : tool_format(".");
}

/* For the longest hidden name beside a path: "dir/.vhdxlog-PID-N". */
static size_t hidden_room(const char *path)
{
	return (size_t)folder_length(path) + sizeof(".vhdxlog--") + 32;
}

/* ------------------------------------------------------------ hidden names */

/* What is to be removed when the program ends too soon. */
static const char *volatile hidden[MAX_HIDDEN];

static void remove_hidden(void)
{
	for (int i = 0; i < MAX_HIDDEN; i++) {
		if (hidden[i])
			unlink(hidden[i]);
	}
}

static void end_by_signal(int signal)
{
	remove_hidden();
	raise(signal); /* which now does what it always does */
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGXCPU };
#define ENDING (sizeof(ending) / sizeof(*ending))

/* By a signal, but for those that are ignored, as under nohup; or by exit(). */
static void heed_the_end(void)
{
	static bool heeded;
	struct sigaction ours = { .sa_handler = end_by_signal,
				  .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	for (size_t i = 0; i < ENDING && !heeded; i++) {
		if (sigaction(ending[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(ending[i], &ours, NULL);
	}
	if (!heeded)
		tool_at_end(remove_hidden);
	heeded = true;
}

/* Between a name and the note of it there must be no signal. */
static void hold_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDING; i++)
		sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

static void note_hidden(const char *path)
{
	int i = 0;

	while (i < MAX_HIDDEN - 1 && hidden[i])
		i++;
	hidden[i] = path;
}

static void forget_hidden(const char *path)
{
	for (int i = 0; i < MAX_HIDDEN; i++) {
		if (hidden[i] == path)
			hidden[i] = NULL;
	}
}

/* Makes the file's hidden name: -1 with errno, else a descriptor or 0. */
typedef int make_name(struct tool_newfile *f, const char *name);

/* Leaves errno as the last of them did. */
static int try_names(struct tool_newfile *f, make_name *make)
{
	int r = -1;

	for (unsigned i = 0; r < 0 && i < MAX_ATTEMPTS; i++) {
		snprintf(f->hidden, hidden_room(f->target),
			 "%.*s.vhdxlog-%ld-%u", folder_length(f->target),
			 f->target, (long)getpid(), i);
		r = make(f, f->hidden);
		if (r < 0 && errno != EEXIST)
			break;
	}
	if (r >= 0) {
		f->temporary = f->hidden;
		f->hidden = NULL;
	}
	return r;
}

/* Give it a name that nothing else has, as `make` does. */
static int hide(struct tool_newfile *f, make_name *make)
{
	sigset_t before;
	int r, why;

	heed_the_end();
	hold_signals(&before);
	r = try_names(f, make);
	why = errno;
	if (f->temporary)
		note_hidden(f->temporary);
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = why;
	return r;
}

/* -------------------------------------------------------------------- open */

/* Nobody else opens a file before it has the rights that it is to have. */
#define PRIVATE 0600

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* -1: the file system has no files without a name, or they cannot be named. */
static int open_nameless(struct tool_newfile *f)
{
	if (access("/proc/self/fd", X_OK) != 0)
		return -1;
	return open(f->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, PRIVATE);
}

static int open_hidden(struct tool_newfile *f, const char *name)
{
	(void)f;
	return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, PRIVATE);
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
static int open_temporary(struct tool_newfile *f, const struct stat *old)
{
	f->mode = usual_mode();
	f->has_rights = old;
	f->fd = open_nameless(f);
	if (f->fd < 0)
		f->fd = hide(f, open_hidden);
	if (f->fd < 0)
		return tool_failed(f->target, "cannot be written");
	if (old)
		take_over(f->fd, old);
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
 * Where the file itself is to be, also one that is not there yet. What is there
 * but has no path, as the pipe that /dev/stdout may be, is left to its link.
 * free() it.
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

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Why it must not be made; NULL: nothing stands against it. */
static const char *objection(const struct tool_newfile *f,
			     const struct stat *old)
{
	if (old && tool_is_evidence(f->evidence, old))
		return TOOL_IS_EVIDENCE;
	if (old && S_ISBLK(old->st_mode))
		return "a block device is not overwritten";
	if (old && S_ISDIR(old->st_mode))
		return "it is a directory";
	if (old && !S_ISREG(old->st_mode))
		return "it is no regular file";
	if (old && is_link(f->target))
		return "it is a file that has no name any more";
	if (tool_folder_is_on_evidence(f->evidence, f->folder))
		return TOOL_ON_EVIDENCE;
	return old && !f->replaces ? it_exists : NULL;
}

static int open_target(struct tool_newfile *f)
{
	struct stat st;
	const struct stat *old = stat(f->target, &st) == 0 ? &st : NULL;
	const char *why;

	if (!old && errno != ENOENT)
		return tool_failed(f->target, "cannot be written");
	why = objection(f, old);
	return why ? refuse(f, why) : open_temporary(f, old);
}

static void release(struct tool_newfile *f)
{
	if (f->fd >= 0)
		close(f->fd); /* what it could say, fsync() has said */
	forget_hidden(f->temporary);
	free(f->temporary);
	free(f->hidden);
	free(f->folder);
	free(f->target);
	*f = (struct tool_newfile){ .fd = -1, .refusal = f->refusal };
}

int tool_newfile_open(struct tool_newfile *f, const char *path, bool replaces,
		      const struct tool_evidence *evidence)
{
	int status;

	*f = (struct tool_newfile){ .fd = -1,
				    .target = resolve(path),
				    .replaces = replaces,
				    .evidence = evidence };
	f->folder = folder_path(f->target);
	f->hidden = tool_format("%*s", (int)hidden_room(f->target), "");
	status = open_target(f);
	if (status)
		release(f);
	return status;
}

bool tool_is_one_file(const char *a, const char *b)
{
	struct stat st[2];

	return stat(a, &st[0]) == 0 && stat(b, &st[1]) == 0 &&
	       st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
}

static bool has_same_folder(const char *a, const char *b)
{
	char *paths[] = { folder_path(a), folder_path(b) };
	bool same = tool_is_one_file(paths[0], paths[1]);

	free(paths[0]);
	free(paths[1]);
	return same;
}

bool tool_fd_is_at(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

char *tool_newfile_folder(const char *path)
{
	char *at = resolve(path), *folder = folder_path(at);

	free(at);
	return folder;
}

bool tool_newfile_same(const char *a, const char *b)
{
	char *paths[] = { resolve(a), resolve(b) };
	bool same = tool_is_one_file(paths[0], paths[1]) ||
		    (strcmp(basename(paths[0]), basename(paths[1])) == 0 &&
		     has_same_folder(paths[0], paths[1]));

	free(paths[0]);
	free(paths[1]);
	return same;
}

void tool_newfile_limit(struct tool_newfile *f, const struct stat *source)
{
	struct stat own;

	f->mode &= (source->st_mode | S_IWUSR) & 0777;
	if (fstat(f->fd, &own) != 0 || own.st_gid != source->st_gid)
		f->mode &= ~(unsigned)S_IRWXG;
}

/* -------------------------------------------------------------------- keep */
/*
 * Nothing here needs memory: a program that ends for want of it must not have
 * given the file its name.
 */

/* Give the file without a name this one, which nothing must have. */
static int link_fd(struct tool_newfile *f, const char *name)
{
	char fd[32];

	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, fd, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* As it could not be finished. Keeps errno. */
static void undo_name(const struct tool_newfile *f)
{
	int why = errno;

	unlink(f->target);
	errno = why;
}

/* Not every file system knows how to rename without replacing. */
static int rename_hidden(struct tool_newfile *f)
{
	int r = renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->target,
			  RENAME_NOREPLACE);

	if (r == 0 || (errno != EINVAL && errno != ENOSYS))
		return r;
	if (link(f->temporary, f->target) != 0)
		return -1;
	if (unlink(f->temporary) == 0)
		return 0;
	undo_name(f);
	return -1;
}

/* Where there is something already: false, with errno EEXIST. */
static bool appear(struct tool_newfile *f)
{
	return (f->temporary ? rename_hidden(f) : link_fd(f, f->target)) == 0;
}

static bool replace(struct tool_newfile *f)
{
	return (f->temporary || hide(f, link_fd) == 0) &&
	       rename(f->temporary, f->target) == 0;
}

static int give_name(struct tool_newfile *f)
{
	struct stat there;

	if (appear(f))
		return 0;
	if (!f->replaces)
		return errno == EEXIST ?
			       refuse(f, it_exists) :
			       tool_failed(f->target, "cannot be created");
	if (stat(f->target, &there) == 0 &&
	    tool_is_evidence(f->evidence, &there))
		return refuse(f, TOOL_IS_EVIDENCE);
	f->replaced = replace(f);
	return f->replaced ? 0 : tool_failed(f->target, "cannot be created");
}

/*
 * The name is on disk only when its folder is. One that may not be read, or of a
 * file system that does not do this, is left to that file system.
 */
static int sync_folder(const struct tool_newfile *f)
{
	int fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool failed = fd >= 0 && fsync(fd) != 0 && errno != EINVAL &&
		      errno != EOPNOTSUPP;
	int status = failed ? tool_failed(f->target, "cannot be kept") : 0;

	if (fd >= 0)
		close(fd);
	return status;
}

static int keep(struct tool_newfile *f)
{
	int status;

	/* Where that is refused, fewer may read it. */
	if (!f->has_rights)
		fchmod(f->fd, f->mode);
	status = fsync(f->fd) == 0 ? 0 : tool_failed(f->target, "writing");
	if (!status)
		status = give_name(f);
	if (status)
		return status;
	status = sync_folder(f);
	/* What was replaced cannot come back; so the new one stays, too. */
	if (status && f->replaced)
		return 0;
	if (status)
		undo_name(f);
	return status;
}

int tool_newfile_keep(struct tool_newfile *f)
{
	int status = keep(f);

	if (status)
		tool_newfile_drop(f);
	else
		release(f);
	return status;
}

void tool_newfile_drop(struct tool_newfile *f)
{
	if (!f->target)
		return;
	if (f->temporary)
		unlink(f->temporary);
	release(f);
}
