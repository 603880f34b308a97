/* SPDX-License-Identifier: MIT */
/*
 * Which system calls there are. What is not listed fails with EPERM, which
 * whoever asked reports like any other error; and what libc tries before an
 * older way, as if the kernel had never heard of it.
 *
 * Nothing that is there can be opened for writing, whatever its name; what is open
 * for reading keeps its rights and times; nothing can be mapped to be executed; no
 * program or process can be started, and no other be sent anything.
 */
#include "tools/common/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---------------------------------------------------------------- the lists */

/* To read, to look, to write what is open; memory, threads, signals, time. */
static const int always[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(lseek),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(fstat), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(fadvise64), SCMP_SYS(dup),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(membarrier),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(uname), SCMP_SYS(getrandom),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* To fill a new file, in whatever way it is copied, and give it its name. */
static const int for_new_files[] = {
	SCMP_SYS(pwrite64), SCMP_SYS(ftruncate), SCMP_SYS(fallocate),
	SCMP_SYS(copy_file_range), SCMP_SYS(fsync),
	SCMP_SYS(umask), SCMP_SYS(linkat), SCMP_SYS(link), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
};

/* A call that is allowed where one of its arguments has these bits so. */
struct condition {
	int call;
	unsigned argument;
	uint64_t mask, value;
};

#define ALL_BITS 0xffffffffu
/* To open what is there, and only to read it. */
#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

static const struct condition conditions[] = {
	{ SCMP_SYS(openat), 2, WRITES, O_RDONLY },
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD },
	/* Is it a terminal, and how wide? */
	{ SCMP_SYS(ioctl), 1, ALL_BITS, TCGETS },
	{ SCMP_SYS(ioctl), 1, ALL_BITS, TIOCGWINSZ },
	{ SCMP_SYS(fcntl), 1, ALL_BITS, F_GETFL },
	{ SCMP_SYS(fcntl), 1, ALL_BITS, F_GETFD },
	{ SCMP_SYS(fcntl), 1, ALL_BITS, F_SETFD },
	{ SCMP_SYS(fcntl), 1, ALL_BITS, F_DUPFD_CLOEXEC },
	/* To ask for limits, and set none. */
	{ SCMP_SYS(prlimit64), 2, UINT64_MAX, 0 },
};

static const struct condition conditions_for_new_files[] = {
	{ SCMP_SYS(openat), 2, O_CREAT | O_EXCL, O_CREAT | O_EXCL },
	{ SCMP_SYS(openat), 2, O_TMPFILE | O_CREAT, O_TMPFILE },
	{ SCMP_SYS(ioctl), 1, ALL_BITS, FICLONERANGE },
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* --------------------------------------------------------------- the filter */

static int add_calls(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

static int add_conditions(scmp_filter_ctx filter, const struct condition *list,
			  size_t count)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, list[i].call, 1,
				      SCMP_CMP(list[i].argument,
					       SCMP_CMP_MASKED_EQ, list[i].mask,
					       list[i].value));
	return rc;
}

/* A signal to ourselves, as by abort() and raise(). */
static int add_own_signals(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, ALL_BITS,
					(scmp_datum_t)getpid()));
}

/* file: NULL where it is made anew again and again: the descriptor is not known. */
static int add_mode_of(scmp_filter_ctx filter, const struct tool_newfile *file)
{
	unsigned count = file ? 1 : 0;
	struct scmp_arg_cmp is_it =
		SCMP_A0(SCMP_CMP_MASKED_EQ, ALL_BITS,
			(scmp_datum_t)(file ? file->fd : 0));
	int rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
					SCMP_SYS(fchmod), count, &is_it);

	return rc ? rc :
		    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
					   SCMP_SYS(fchown), count,
					   &is_it);
}

/* Also whether there is any. */
static int add_modes(scmp_filter_ctx filter, const struct tool_needs *needs,
		     bool *any)
{
	int rc = 0;

	*any = needs->kept;
	if (*any)
		return add_mode_of(filter, NULL);
	for (int i = 0; rc == 0 && i < TOOL_SANDBOX_FILES; i++) {
		if (!needs->files[i] || !needs->files[i]->target)
			continue;
		*any = true;
		rc = add_mode_of(filter, needs->files[i]);
	}
	return rc;
}

static int add_rules(scmp_filter_ctx filter, const struct tool_needs *needs)
{
	bool makes_files = false;
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
				  SCMP_SYS(clone3), 0);

	if (rc == 0)
		rc = add_calls(filter, always, COUNT(always));
	if (rc == 0)
		rc = add_conditions(filter, conditions, COUNT(conditions));
	if (rc == 0)
		rc = add_own_signals(filter);
	if (rc == 0)
		rc = add_modes(filter, needs, &makes_files);
	if (rc == 0 && makes_files)
		rc = add_calls(filter, for_new_files, COUNT(for_new_files));
	if (rc == 0 && makes_files)
		rc = add_conditions(filter, conditions_for_new_files,
				    COUNT(conditions_for_new_files));
	return rc;
}

/*
 * The lists are what they are, so that what the library itself refuses is for want
 * of memory, which it calls EFAULT where it makes the program of them.
 */
int sandbox_seccomp(const struct tool_needs *needs)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!filter)
		return ENOMEM;
	/* The kernel's own errno, where it is the one that refuses. */
	seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	rc = add_rules(filter, needs) == 0 ? seccomp_load(filter) : -ENOMEM;
	seccomp_release(filter);
	return rc == -EFAULT ? ENOMEM : -rc;
}
