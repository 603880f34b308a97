/* SPDX-License-Identifier: MIT */
/*
 * The kernel stops every thread of the command before and after each of its
 * system calls. A call that is to fail is not made: its number is replaced by
 * one that no call has, and its result by the error. But close()
 * closes also where it fails.
 */
#include "tests/fault/killer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_THREADS 64

/* A thread in a call at the end of which something is to be done. */
struct thread {
	pid_t id;  /* 0: none */
	int error; /* how it is to end; 0: as it does */
	bool kill;
};

struct tracer {
	const struct fault *fault;
	unsigned without;
	bool output; /* counts like a file of the folder */
	const char *folder;
	char real[PATH_MAX]; /* the folder by its full path */
	pid_t leader;
	bool armed; /* the folder has been asked for */
	bool reads; /* so did the last call, and nothing else */
	struct thread threads[MAX_THREADS];
	struct traced *run;
};

/* --------------------------------------------------------- what is concerned
 */

static bool begins(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

static bool is_within(const struct tracer *t, const char *path)
{
	return begins(path, t->folder) || begins(path, t->real);
}

/* A string of the command; "" where there is none. It ends with a page. */
static void read_string(pid_t id, uint64_t at, char buf[static PATH_MAX])
{
	struct iovec to = {buf, PATH_MAX - 1};
	struct iovec from = {(void *)(uintptr_t)at, 0};
	ssize_t n;

	from.iov_len = 4096 - at % 4096;
	n = process_vm_readv(id, &to, 1, &from, 1, 0);
	buf[n > 0 ? n : 0] = '\0';
	if (n <= 0 || strlen(buf) < (size_t)n)
		return;
	to = (struct iovec){buf + n, (size_t)(PATH_MAX - 1 - n)};
	from = (struct iovec){(void *)(uintptr_t)(at + (uint64_t)n),
			      to.iov_len};
	if (process_vm_readv(id, &to, 1, &from, 1, 0) <= 0)
		buf[n] = '\0';
	buf[PATH_MAX - 1] = '\0';
}

static bool path_concerns(const struct tracer *t, pid_t id, uint64_t at)
{
	char path[PATH_MAX];

	read_string(id, at, path);
	return is_within(t, path);
}

static bool fd_concerns(const struct tracer *t, pid_t id, uint64_t fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	if ((int)fd < 0)
		return false;
	if (t->output && (int)fd == STDOUT_FILENO)
		return true;
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)id, (int)fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	return is_within(t, path);
}

static bool concerns(const struct tracer *t, pid_t id, const struct call *call,
		     const uint64_t *args)
{
	for (unsigned i = 0; i < 6; i++) {
		if (call->fds & 1u << i && fd_concerns(t, id, args[i]))
			return true;
		if (call->paths & 1u << i && path_concerns(t, id, args[i]))
			return true;
	}
	return false;
}

/* ------------------------------------------------------------ what is done */

static struct thread *find_thread(struct tracer *t, pid_t id)
{
	for (size_t i = 0; i < MAX_THREADS; i++) {
		if (t->threads[i].id == id)
			return &t->threads[i];
	}
	return NULL;
}

static struct thread *add_thread(struct tracer *t, pid_t id)
{
	struct thread *thread = find_thread(t, 0);

	if (!thread) {
		fputs("fault-killer: too many threads\n", stderr);
		exit(3);
	}
	*thread = (struct thread){.id = id};
	return thread;
}

#ifdef __x86_64__
#define CAN_CHANGE_CALLS true

static void change_call(pid_t id, bool skip, int length_argument)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, id, NULL, &regs) != 0)
		return;
	if (skip)
		regs.orig_rax = ~0ull;
	else
		*(length_argument == 2	 ? &regs.rdx
		  : length_argument == 3 ? &regs.r10
					 : &regs.r8) = 1;
	ptrace(PTRACE_SETREGS, id, NULL, &regs);
}

static void change_result(pid_t id, int error)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, id, NULL, &regs) != 0)
		return;
	regs.rax = (unsigned long long)-(long long)error;
	ptrace(PTRACE_SETREGS, id, NULL, &regs);
}
#else
#define CAN_CHANGE_CALLS false

static void change_call(pid_t id, bool skip, int length_argument)
{
	(void)id, (void)skip, (void)length_argument;
}

static void change_result(pid_t id, int error)
{
	(void)id, (void)error;
}
#endif

static void fail_call(struct tracer *t, pid_t id, int error, bool made)
{
	add_thread(t, id)->error = error;
	if (!made)
		change_call(id, true, 0);
}

static void strike(struct tracer *t, pid_t id, const struct call *call)
{
	const struct fault *f = t->fault;

	switch (f->way) {
	case FAULT_NONE:
		break;
	case FAULT_KILL_BEFORE:
		kill(t->leader, SIGKILL);
		break;
	case FAULT_KILL_AFTER:
		add_thread(t, id)->kill = true;
		break;
	case FAULT_SIGNAL:
		kill(t->leader, f->number);
		break;
	case FAULT_ERROR:
		fail_call(t, id, f->number,
			  call && strcmp(call->name, "close") == 0);
		break;
	case FAULT_SHORT:
		change_call(id, false, call->length);
		break;
	case FAULT_TOUCH:
		f->touch(f->ctx);
		break;
	}
}

/* Whether the call goes on with a row that is counted once. */
static bool is_in_row(struct tracer *t, const struct call *call,
		      const uint64_t *args, bool near)
{
	bool before = t->reads;

	t->reads = near && !(call_kind(call, args) & CALL_WRITES);
	return t->fault->rows && before && t->reads;
}

static bool is_counted(const struct fault *f, const struct call *call,
		       const uint64_t *args, bool near)
{
	unsigned kind;

	if (!f->kinds)
		return true;
	kind = call && near ? call_kind(call, args) : 0;
	return (kind & f->kinds) == f->kinds;
}

static void note_struck(struct tracer *t, const struct call *call, uint64_t nr)
{
	if (*t->run->struck)
		return;
	if (call)
		snprintf(t->run->struck, sizeof(t->run->struck), "%s",
			 call->name);
	else
		snprintf(t->run->struck, sizeof(t->run->struck), "call %u",
			 (unsigned)nr);
}

static void before_call(struct tracer *t, pid_t id, uint64_t nr,
			const uint64_t *args)
{
	const struct fault *f = t->fault;
	const struct call *call = call_of(nr);
	bool near = call && concerns(t, id, call, args);
	int missing = call ? call_missing(t->without, call, args) : 0;

	t->armed |= near;
	if (missing)
		fail_call(t, id, missing, false);
	if (is_in_row(t, call, args, near) || !t->armed || missing ||
	    !is_counted(f, call, args, near))
		return;
	t->run->calls++;
	if (!f->at || t->run->calls < f->at ||
	    (t->run->calls > f->at && !f->goes_on))
		return;
	note_struck(t, call, nr);
	strike(t, id, call);
}

static void after_call(struct tracer *t, pid_t id)
{
	struct thread *thread = find_thread(t, id);

	if (!thread)
		return;
	if (thread->error)
		change_result(id, thread->error);
	if (thread->kill)
		kill(t->leader, SIGKILL);
	*thread = (struct thread){.id = 0};
}

static void at_call(struct tracer *t, pid_t id)
{
	struct __ptrace_syscall_info info;
	uint64_t args[6];

	if (ptrace(PTRACE_GET_SYSCALL_INFO, id, (void *)sizeof(info), &info) <=
	    0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		after_call(t, id);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	for (int i = 0; i < 6; i++)
		args[i] = info.entry.args[i];
	before_call(t, id, info.entry.nr, args);
}

/* --------------------------------------------------------------------- run */

static _Noreturn void become(char **argv, int go, int errors, int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char c;

	dup2(null, STDIN_FILENO);
	dup2(output >= 0 ? output : null, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	if (read(go, &c, 1) == 1)
		execvp(argv[0], argv);
	_exit(127);
}

/* The command, stopped nowhere yet; -1 with errno. */
static pid_t start(char **argv, int errors, int output)
{
	const unsigned long options = PTRACE_O_TRACESYSGOOD |
				      PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL |
				      PTRACE_O_TRACEEXEC;
	int go[2], saved;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, go[0], errors, output);
	close(go[0]);
	if (pid > 0 && ptrace(PTRACE_SEIZE, pid, NULL, options) != 0) {
		saved = errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		errno = saved;
		pid = -1;
	}
	if (pid > 0 && (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 ||
			write(go[1], "", 1) != 1))
		pid = -1;
	close(go[1]);
	return pid;
}

/* The signal to go on with after a stop that waitpid() told of. */
static int stop(struct tracer *t, pid_t id, int status)
{
	int signal = WSTOPSIG(status);

	if (signal == (SIGTRAP | 0x80))
		at_call(t, id);
	/* Calls, and events: new threads, exec. */
	return signal == (SIGTRAP | 0x80) || status >> 16 ? 0 : signal;
}

int trace_run(char **argv, const char *folder, unsigned without,
	      const struct fault *fault, int errors, int output,
	      struct traced *run)
{
	struct tracer t = {.fault = fault,
			   .without = without,
			   .output = output >= 0,
			   .folder = folder,
			   .run = run};
	int status;
	pid_t id;

	*run = (struct traced){.calls = 0};
	if (!CAN_CHANGE_CALLS && (without || fault->way == FAULT_ERROR ||
				  fault->way == FAULT_SHORT)) {
		errno = ENOSYS;
		return -1;
	}
	if (!realpath(folder, t.real))
		return -1;
	t.leader = start(argv, errors, output);
	if (t.leader < 0)
		return -1;
	while ((id = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, id, NULL,
			       (long)stop(&t, id, status));
		else if (id == t.leader)
			run->status = status;
	}
	return 0;
}
