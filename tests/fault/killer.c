/* SPDX-License-Identifier: MIT */
/*
 * fault-killer [OPTION]... FAULT FOLDER COMMAND [ARG]...: run a command over and
 * over, each time with a fault at the next of its system calls, and look at the
 * folder it works in after every run. It ends when a run had no such call any
 * more. Counting begins with the first call that concerns the folder.
 *
 *	-r NAME	  a file of the folder that the command makes or replaces. It
 *		  must be what it was or what a run without a fault makes of it;
 *		  everything else in the folder must be as it was, times included
 *	-t NAME	  such a file that may also tell of a failure
 *	-s	  hidden files may be left there
 *	-q	  of calls in a row that only read, the first is enough: the disk
 *		  is the same before all of them
 *	-z	  the command must do its work in spite of the fault
 *	-c NAME	  the file that others change, for the faults shrink and change
 *	-x MEANS  the file system has no tmpfile, reflink, ranges
 *		  (copy_file_range) or holes (SEEK_DATA)
 *	-e STATUS how the command ends when it has done its work, if not with 0
 *	-o	  what it writes to standard output is a result, too, of which part may
 *		  be there; its writing fails like that in the folder
 *	-v	  say what each run was
 *
 *	kill-before, kill-after	   SIGKILL, before or after each call
 *	TERM, INT, HUP		   a signal
 *	WAY:write		   ... of these, at the calls alone that write in the
 *				   folder
 *	read:ERROR, write:ERROR	   the next call that reads or writes in the folder
 *				   fails; ERROR as EIO
 *	reads:ERROR, writes:ERROR  and so do all that follow
 *	short-read, short-write	   the next call moves one byte
 *	short-reads, short-writes  and so do all that follow
 *	shrink, change[:OFFSET]	   before each call, somebody cuts the file in half,
 *				   or writes a byte of it
 *
 * After a fault the status must be 0 (-e) and every result good, or 1 or 3 with a
 * message and no result; one that tells of a call that failed names a file of the
 * folder, or standard output, and the error. A killed command may be either way with
 * each result.
 * Status: 0 all was well, 1 it was not, 2 usage, 77 tracing is not possible here.
 */
#include "tests/fault/killer.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD	    (1u << FILE_OLD)
#define NEW	    (1u << FILE_NEW)
#define TOLD	    (1u << FILE_TOLD)

/* --------------------------------------------------- others change the file */

static void let_change(struct killer *k)
{
	struct file *file = folder_file(&k->folder, k->changed);

	if (!file || k->change_at >= file->old.len)
		killer_usage("the file to change is not there");
	file->changes = true;
}

static void touch(void *ctx)
{
	struct killer *k = ctx;
	const struct file *file = folder_file(&k->folder, k->changed);

	if (k->shrinks)
		file_cut(&k->folder, file, file->old.len / 2);
	else
		file_spoil(&k->folder, file, k->change_at);
}

/* -------------------------------------------------------------------- runs */

static void run(struct killer *k, const struct fault *fault,
		struct traced *traced)
{
	if (ftruncate(k->errors, 0) != 0 || lseek(k->errors, 0, SEEK_SET) != 0)
		killer_usage("no place for messages");
	if (k->output >= 0 && (ftruncate(k->output, 0) != 0 ||
			       lseek(k->output, 0, SEEK_SET) != 0))
		killer_usage("no place for output");
	if (trace_run(k->argv, k->folder.path, k->without, fault, k->errors,
		      k->output, traced) != 0) {
		printf("tracing is not possible here: %s\n", strerror(errno));
		exit(77);
	}
}

static struct bytes bytes_of(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	struct bytes b = {calloc(1, (size_t)len + 1), (size_t)len};

	if (!b.at || pread(fd, b.at, b.len, 0) != (ssize_t)b.len)
		killer_usage("no memory");
	return b;
}

/* Of a file that cannot be asked after, the program says that it may have changed;
 * stdio may forget why standard output took no more. */
static bool says_cause(const struct killer *k, const char *text)
{
	return strstr(text, strerror(k->fault.number)) ||
	       (k->output >= 0 && strstr(text, "it did not take all bytes")) ||
	       (k->fault.kinds & CALL_READS && strstr(text, "changed while"));
}

/* That it failed, and where a call did, of which file and why. */
static bool says_why(const struct killer *k)
{
	struct bytes said = bytes_of(k->errors);
	const char *text = (const char *)said.at;
	bool whole = said.len > 0;

	if (k->fault.way == FAULT_ERROR && whole)
		whole = says_cause(k, text) &&
			(strstr(text, k->folder.path) ||
			 strstr(text, k->real) ||
			 (k->output >= 0 && strstr(text, "standard output")));
	free(said.at);
	return whole;
}

static bool is_printed(const struct killer *k)
{
	struct bytes now;
	bool same;

	if (k->output < 0)
		return true;
	now = bytes_of(k->output);
	same = now.len == k->printed.len &&
	       memcmp(now.at, k->printed.at, now.len) == 0;
	free(now.at);
	return same;
}

static void print_messages(const struct killer *k)
{
	char buf[4096];
	ssize_t n;

	lseek(k->errors, 0, SEEK_SET);
	while ((n = read(k->errors, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
}

/* What is wrong with how it ended and what it left, or NULL. */
static const char *judge_end(const struct killer *k, const struct traced *run,
			     unsigned states)
{
	const struct fault *f = &k->fault;
	int killer = WIFSIGNALED(run->status) ? WTERMSIG(run->status) : 0;
	int status = WIFEXITED(run->status) ? WEXITSTATUS(run->status) : -1;
	bool dies = f->way == FAULT_KILL_BEFORE || f->way == FAULT_KILL_AFTER;

	if (status != k->good_status && (status == 1 || status == 3))
		states &= ~TOLD;
	if (states & ~(OLD | NEW))
		return "a result is neither what it was nor what it should be";
	if (killer && (dies ? killer == SIGKILL
			    : f->way == FAULT_SIGNAL && killer == f->number))
		return NULL;
	if (status == k->good_status)
		return states & OLD || !is_printed(k)
			       ? "it ended well, but a result is missing"
			       : NULL;
	if (k->must_work)
		return "it did not do its work";
	if (status != 1 && status != 3)
		return "not a way to end";
	if (states & NEW)
		return "it failed, but left a result";
	if (f->way != FAULT_SIGNAL && !says_why(k))
		return "it failed, and did not say what and why";
	return NULL;
}

/* With a file that others changed, results may also be those of the change. */
static const char *judge(const struct killer *k, const struct traced *run)
{
	const struct folder *folder = &k->folder;
	unsigned states = folder_results(folder, 0);
	const char *wrong = folder_untouched(folder);

	if (!wrong)
		wrong = judge_end(k, run, states);
	if (wrong && k->fault.way == FAULT_TOUCH)
		wrong = judge_end(k, run, folder_results(folder, 1));
	return wrong;
}

static int complain(const struct killer *k, const struct traced *run,
		    unsigned long n, const char *what)
{
	printf("%s at call %lu, %s: %s (wait status 0x%x)\n", k->fault_text, n,
	       *run->struck ? run->struck : "not reached", what,
	       (unsigned)run->status);
	print_messages(k);
	return 1;
}

/* Without a fault; what it makes is what results have to be. */
static int learn(struct killer *k, int which)
{
	static const struct fault none;
	struct traced traced;

	run(k, &none, &traced);
	folder_learn(&k->folder, which);
	if (which == 0 && k->output >= 0)
		k->printed = bytes_of(k->output);
	if (which == 0 && (!WIFEXITED(traced.status) ||
			   WEXITSTATUS(traced.status) != k->good_status))
		return complain(k, &traced, 0, "failed without a fault");
	if (which == 0 && folder_untouched(&k->folder))
		return complain(k, &traced, 0, folder_untouched(&k->folder));
	folder_restore(&k->folder);
	return 0;
}

static int learn_all(struct killer *k)
{
	int status = learn(k, 0);

	if (status || k->fault.way != FAULT_TOUCH)
		return status;
	touch(k);
	learn(k, 1);
	return 0;
}

struct tally {
	unsigned long runs, worked, failed, died;
};

static void count(struct tally *t, int status, int good_status)
{
	t->runs++;
	if (WIFSIGNALED(status))
		t->died++;
	else if (WEXITSTATUS(status) == good_status)
		t->worked++;
	else
		t->failed++;
}

static int walk(struct killer *k)
{
	struct tally tally = {0};
	struct traced traced;

	for (unsigned long n = 1;; n++) {
		const char *wrong;

		k->fault.at = n;
		run(k, &k->fault, &traced);
		if (traced.calls < n)
			break;
		if (k->verbose)
			printf("%lu %s 0x%x\n", n, traced.struck,
			       (unsigned)traced.status);
		wrong = judge(k, &traced);
		if (wrong)
			return complain(k, &traced, n, wrong);
		count(&tally, traced.status, k->good_status);
		folder_restore(&k->folder);
	}
	folder_restore(&k->folder);
	printf("%s: %lu runs: %lu did their work, %lu failed, %lu died\n",
	       k->fault_text, tally.runs, tally.worked, tally.failed,
	       tally.died);
	return tally.runs == 0;
}

int main(int argc, char **argv)
{
	struct killer k = {.errors = -1, .output = -1};
	int status;

	killer_parse(&k, argc, argv);
	k.fault.touch = touch;
	k.fault.ctx = &k;
	k.errors = memfd_create("messages", MFD_CLOEXEC);
	if (!realpath(k.folder.path, k.real))
		killer_usage("no such folder");
	folder_read(&k.folder, k.results, k.result_count);
	if (k.changed)
		let_change(&k);
	if (k.tells)
		folder_file(&k.folder, k.tells)->tells = true;
	status = learn_all(&k);
	if (!status)
		status = walk(&k);
	folder_release(&k.folder);
	close(k.errors);
	free(k.printed.at);
	return status;
}
