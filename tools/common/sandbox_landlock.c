/* SPDX-License-Identifier: MIT */
/*
 * Landlock: what may be opened, by file and not by name. The kernel says how much
 * of it there is (its ABI); newer than the headers, so numbers are here.
 *
 * The evidence may be read, a file each, and nothing beside it. In the folders of
 * outputs names may be made and removed; what has a name there may not even be
 * read, as the files that get these are open.
 */
#include "tools/common/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By the ABI that knows them first. */
#define ABI_1_FS  ((1ull << 13) - 1)
#define ABI_2_FS  (1ull << 13) /* to link and rename into another folder */
#define ABI_3_FS  (1ull << 14) /* to truncate */
#define ABI_4_NET 3ull	       /* to bind and connect, TCP */
#define ABI_5_FS  (1ull << 15) /* ioctl of devices */
#define ABI_6_SCOPED 3ull /* abstract sockets, signals, of others */

/* All that there is by now; a kernel takes it where what it lacks is 0. */
struct ruleset {
	uint64_t fs, net, scoped;
};

static struct ruleset handled_by(long abi)
{
	return (struct ruleset){
		.fs = ABI_1_FS | (abi >= 2 ? ABI_2_FS : 0) |
		      (abi >= 3 ? ABI_3_FS : 0) | (abi >= 5 ? ABI_5_FS : 0),
		.net = abi >= 4 ? ABI_4_NET : 0,
		.scoped = abi >= 6 ? ABI_6_SCOPED : 0,
	};
}

#define READ	 LANDLOCK_ACCESS_FS_READ_FILE
#define LIST	 LANDLOCK_ACCESS_FS_READ_DIR
#define NAME                                                                   \
	(LIST | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define REPLACE (NAME | READ | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* Whether whoever opens the path meets that before any rule is asked. */
static bool is_of_path(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP ||
	       error == EACCES || error == ENAMETOOLONG;
}

/*
 * What has no such path is no file that a rule could be of: whoever opens it will
 * be told why. Nor is a pipe, to which no rules apply. All else that fails may
 * pass, and a rule that is missing then would be told as the reason.
 */
static int allow(int ruleset, const char *path, uint64_t file, uint64_t folder)
{
	struct landlock_path_beneath_attr rule = {
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	int failed = 0;

	if (rule.parent_fd < 0)
		return is_of_path(errno) ? 0 : errno;
	if (fstat(rule.parent_fd, &st) != 0)
		failed = errno;
	else
		rule.allowed_access = S_ISDIR(st.st_mode) ? folder : file;
	if (rule.allowed_access &&
	    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		    &rule, 0) != 0)
		failed = errno;
	close(rule.parent_fd);
	return failed == EBADFD ? 0 : failed;
}

/* What is behind a device is asked for there before a file gets its name. */
static int allow_devices(int ruleset, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode) ?
		       allow(ruleset, "/sys", 0, READ) :
		       0;
}

static int allow_kept(int ruleset, const char *path)
{
	char *folder = tool_newfile_folder(path);
	int failed = allow(ruleset, folder, 0, REPLACE);

	free(folder);
	return failed;
}

static int allow_all(int ruleset, const struct tool_needs *needs)
{
	const struct tool_evidence *e = needs->evidence;
	int failed = 0;

	for (int i = 0; !failed && i < e->count; i++) {
		failed = allow(ruleset, e->paths[i], READ, LIST);
		if (!failed)
			failed = allow_devices(ruleset, e->paths[i]);
	}
	for (int i = 0; !failed && i < TOOL_SANDBOX_FILES; i++) {
		if (needs->files[i] && needs->files[i]->target)
			failed = allow(ruleset, needs->files[i]->folder, 0,
				       NAME);
	}
	if (!failed && needs->kept)
		failed = allow_kept(ruleset, needs->kept);
	return failed;
}

int sandbox_landlock(const struct tool_needs *needs)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset handled = handled_by(abi);
	int failed, ruleset;

	if (abi < 0)
		return errno;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled,
			       sizeof(handled), 0);
	if (ruleset < 0)
		return errno;
	failed = allow_all(ruleset, needs);
	if (!failed && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		failed = errno;
	close(ruleset);
	return failed;
}
