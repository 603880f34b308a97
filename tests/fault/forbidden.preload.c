/* SPDX-License-Identifier: MIT */
/*
 * A mistake that an image makes use of: at the first pread(), inside the program,
 * everything is tried that whoever wrote the image could want. The program then
 * goes on as if nothing had happened.
 *
 *	FORBIDDEN_EVIDENCE=PATH	 the image, and
 *	FORBIDDEN_OTHER=PATH	 a file beside it that is nobody's business
 *	FORBIDDEN_REPORT=PATH	 gets a line for each: "name done", "name refused" or
 *				 "name failed: why", where it was not for a right
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "pread.h"

static const char *evidence, *other;
static int report = -1, image = -1;

/* Opened and made before there is a sandbox. */
static int datagrams = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FORBIDDEN_REPORT");

	evidence = getenv("FORBIDDEN_EVIDENCE");
	other = getenv("FORBIDDEN_OTHER");
	if (!path || !evidence || !other)
		abort();
	report = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	datagrams = socket(AF_INET, SOCK_DGRAM, 0);
	if (report < 0)
		abort();
}

/* A descriptor, or -1. */
static int opened(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

/* ------------------------------------------------------- what is there, by name */

static int open_to_write(void)
{
	return opened(open(evidence, O_WRONLY));
}

static int open_to_write_both(void)
{
	return opened(open(evidence, O_RDWR));
}

static int open_to_append(void)
{
	return opened(open(evidence, O_WRONLY | O_APPEND));
}

static int open_to_create(void)
{
	return opened(open(evidence, O_WRONLY | O_CREAT, 0600));
}

/* Past the wrapper, as whoever gets here would. */
static int open_the_old_way(void)
{
#ifdef SYS_open
	return opened((int)syscall(SYS_open, evidence, O_RDWR));
#else
	errno = EPERM;
	return -1;
#endif
}

static int open_the_new_way(void)
{
	uint64_t how[3] = { O_RDWR, 0, 0 };

	return opened((int)syscall(SYS_openat2, AT_FDCWD, evidence, how,
				   sizeof(how)));
}

static int shorten(void)
{
	struct stat st;

	return stat(evidence, &st) != 0 ? -1 : truncate(evidence, st.st_size);
}

static int change_mode(void)
{
	return chmod(evidence, 0644);
}

static int change_owner(void)
{
	return chown(evidence, (uid_t)-1, (gid_t)-1);
}

static int change_times(void)
{
	return utimensat(AT_FDCWD, evidence, NULL, 0);
}

static int change_attribute(void)
{
	return setxattr(evidence, "user.vhdxlog", "x", 1, 0);
}

static int remove_it(void)
{
	return unlink(evidence);
}

static int rename_over(void)
{
	return rename(other, evidence);
}

static int link_elsewhere(void)
{
	return link(evidence, "linked");
}

static int link_by_name(void)
{
	return symlink(evidence, "linked-by-name");
}

static int make_folder(void)
{
	return mkdir("folder", 0700);
}

static int make_file(void)
{
	return opened(open("made", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static int make_nameless(void)
{
	return opened(open(".", O_RDWR | O_TMPFILE, 0600));
}

/* ----------------------------------------------- what is there, by descriptor */

static int change_mode_of_image(void)
{
	return fchmod(image, 0644);
}

static int change_times_of_image(void)
{
	return futimens(image, NULL);
}

static int lock_image(void)
{
	return flock(image, LOCK_SH | LOCK_NB);
}

static int lock_part_of_image(void)
{
	struct flock part = { .l_type = F_RDLCK, .l_len = 1 };

	return fcntl(image, F_SETLK, &part);
}

static int lease_image(void)
{
	return fcntl(image, F_SETLEASE, F_RDLCK);
}

static int change_flags_of_image(void)
{
	int flags = 0;

	return ioctl(image, FS_IOC_GETFLAGS, &flags) != 0 ?
		       -1 :
		       ioctl(image, FS_IOC_SETFLAGS, &flags);
}

static int change_attribute_of_image(void)
{
	return fsetxattr(image, "user.vhdxlog", "x", 1, 0);
}

/* ---------------------------------------------------------- what is elsewhere */

static int read_other(void)
{
	return opened(open(other, O_RDONLY));
}

static int read_users(void)
{
	return opened(open("/etc/passwd", O_RDONLY));
}

static int list_folder(void)
{
	return opened(open("/", O_RDONLY | O_DIRECTORY));
}

static int open_terminal(void)
{
	return opened(open("/dev/null", O_WRONLY));
}

/* -------------------------------------------------- other programs, the network */

static int make_socket(void)
{
	return opened(socket(AF_INET, SOCK_STREAM, 0));
}

static int make_local_socket(void)
{
	return opened(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int send_datagram(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };

	return sendto(datagrams, "x", 1, 0, (struct sockaddr *)&to,
		      sizeof(to)) == 1 ?
		       0 :
		       -1;
}

/* Where it works the child is gone at once. */
static int start_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

static int start_process_another_way(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

/* Of a file that is none, so that the program is there to tell. */
static int start_program(void)
{
	static char *const none[] = { NULL };

	execve("/dev/null/none", none, none);
	return errno == ENOTDIR ? 0 : -1;
}

static int signal_another(void)
{
	return kill(getppid(), 0);
}

static int look_into_another(void)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { &byte, 1 };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1 ? 0 : -1;
}

static int trace_another(void)
{
	errno = 0;
	ptrace(PTRACE_PEEKUSER, getppid(), NULL, NULL);
	return errno == ESRCH ? 0 : -1;
}

static int take_descriptor(void)
{
	return opened((int)syscall(SYS_pidfd_open, getppid(), 0));
}

/* ------------------------------------------------------------------ the machine */

static int mount_something(void)
{
	return mount("none", "/nowhere/at/all", "tmpfs", 0, NULL) != 0 &&
			       errno == ENOENT ?
		       0 :
		       -1;
}

static int leave_namespace(void)
{
	return unshare(CLONE_FS);
}

static int map_to_execute(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : munmap(p, 4096);
}

static int make_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r = mprotect(p, 4096, PROT_READ | PROT_EXEC), why = errno;

	munmap(p, 4096);
	errno = why;
	return r;
}

static int make_memory_file(void)
{
	return opened(memfd_create("x", 0));
}

static int ring_of_calls(void)
{
	char room[120] = { 0 };

	return opened((int)syscall(SYS_io_uring_setup, 1, room));
}

static int filter_packets(void)
{
	/* A command that is none. */
	return syscall(SYS_bpf, -1, NULL, 0) != 0 && errno == EINVAL ? 0 : -1;
}

static int set_limits(void)
{
	struct rlimit l;

	return getrlimit(RLIMIT_NOFILE, &l) != 0 ?
		       -1 :
		       setrlimit(RLIMIT_NOFILE, &l);
}

static int change_itself(void)
{
	return prctl(PR_SET_NAME, "x", 0, 0, 0);
}

static int change_folder(void)
{
	return chdir(".");
}

/* More than any limit of the program's, and never touched. */
static int take_memory(void)
{
	size_t len = (size_t)1 << 42;
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p != MAP_FAILED)
		return munmap(p, len);
	/* As it is said that there is too little. */
	errno = errno == ENOMEM ? EPERM : errno;
	return -1;
}

/* ------------------------------------------------------------------------- all */

#define TRY(name) { #name, name }

static const struct {
	const char *name;
	int (*function)(void);
} tries[] = {
	TRY(open_to_write), TRY(open_to_write_both), TRY(open_to_append),
	TRY(open_to_create), TRY(open_the_old_way), TRY(open_the_new_way),
	TRY(shorten), TRY(change_mode), TRY(change_owner), TRY(change_times),
	TRY(change_attribute), TRY(link_elsewhere), TRY(link_by_name),
	TRY(make_folder), TRY(make_file), TRY(make_nameless),
	TRY(change_mode_of_image), TRY(change_times_of_image), TRY(lock_image),
	TRY(lock_part_of_image), TRY(lease_image), TRY(change_flags_of_image),
	TRY(change_attribute_of_image), TRY(read_other), TRY(read_users),
	TRY(list_folder), TRY(open_terminal), TRY(make_socket),
	TRY(make_local_socket), TRY(send_datagram), TRY(start_process),
	TRY(start_process_another_way), TRY(start_program),
	TRY(signal_another), TRY(look_into_another), TRY(trace_another),
	TRY(take_descriptor), TRY(mount_something), TRY(leave_namespace),
	TRY(map_to_execute), TRY(make_executable), TRY(make_memory_file),
	TRY(ring_of_calls), TRY(filter_packets), TRY(set_limits),
	TRY(change_itself), TRY(change_folder), TRY(take_memory),
	/* Last: what they take away is not there for others. */
	TRY(remove_it), TRY(rename_over),
};

static void try_all(void)
{
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		int r, why;

		errno = 0;
		r = tries[i].function();
		why = errno;
		if (r == 0)
			dprintf(report, "%s done\n", tries[i].name);
		/* EXDEV: by Landlock, from one folder into another. */
		else if (why == EPERM || why == EACCES || why == EXDEV)
			dprintf(report, "%s refused\n", tries[i].name);
		else
			dprintf(report, "%s failed: %s\n", tries[i].name,
				strerror(why));
	}
}

ssize_t instead_of_pread(const char *name, int fd, void *buf, size_t len,
			 off64_t off)
{
	ssize_t (*real)(int, void *, size_t, off64_t);

	if (image < 0) {
		image = fd;
		try_all();
	}
	*(void **)&real = dlsym(RTLD_NEXT, name);
	return real(fd, buf, len, off);
}
