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
 *	-v	  say what each run was
 *
 *	kill-before, kill-after	   SIGKILL, before or after each call
 *	TERM, INT, HUP		   a signal
 *	read:ERROR, write:ERROR	   the next call that reads or writes in the folder
 *				   fails; ERROR as EIO
 *	reads:ERROR, writes:ERROR  and so do all that follow
 *	short-read, short-write	   the next call moves one byte
 *	short-reads, short-writes  and so do all that follow
 *	shrink, change[:OFFSET]	   before each call, somebody cuts the file in half,
 *				   or writes a byte of it
 *
 * After a fault the status must be 0 and every result good, or 1 or 3 with a
 * message and no result. A killed command may be either way with each result.
 * Status: 0 all was well, 1 it was not, 2 usage, 77 tracing is not possible here.
 */
#include "tests/fault/killer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_RESULTS 8
#define OLD	    (1u << FILE_OLD)
#define NEW	    (1u << FILE_NEW)
#define TOLD	    (1u << FILE_TOLD)

struct killer {
	struct fault fault;
	const char *fault_text;
	bool must_work, verbose;
	unsigned without;
	char *results[MAX_RESULTS];
	size_t result_count;
	char *tells; /* a result; NULL: none */
	char *changed; /* the file that others change */
	bool shrinks;
	uint64_t change_at;
	char **argv;
	struct folder folder;
	int errors; /* what the command says */
};

/* --------------------------------------------------------------- arguments */

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "fault-killer: %s\n", what);
	exit(2);
}

static int number_of_error(const char *name)
{
	static const int known[] = {EIO,   ENOSPC, EDQUOT, EFBIG, EINTR,
				    EPERM, EROFS,  ENOMEM, EINVAL};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(strerrorname_np(known[i]), name) == 0)
			return known[i];
	}
	usage("unknown error");
}

static bool is_signal(const char *text, int *number)
{
	static const int known[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(sigabbrev_np(known[i]), text) == 0) {
			*number = known[i];
			return true;
		}
	}
	return false;
}

/* "read", "reads", "write" or "writes" in front of the rest. */
static const char *parse_kind(const char *text, struct fault *f)
{
	if (strncmp(text, "read", 4) == 0) {
		f->kinds |= CALL_READS;
		text += 4;
	} else if (strncmp(text, "write", 5) == 0) {
		f->kinds |= CALL_WRITES;
		text += 5;
	} else {
		usage("unknown fault");
	}
	f->goes_on = *text == 's';
	return text + f->goes_on;
}

static void parse_touch(struct killer *k, const char *text)
{
	k->fault.way = FAULT_TOUCH;
	k->shrinks = strcmp(text, "shrink") == 0;
	if (!k->shrinks && text[6] == ':')
		k->change_at = strtoull(text + 7, NULL, 0);
	if (!k->changed)
		usage("which file is changed? -c NAME");
}

static void parse_fault(struct killer *k, const char *text)
{
	struct fault *f = &k->fault;

	k->fault_text = text;
	if (strcmp(text, "kill-before") == 0) {
		f->way = FAULT_KILL_BEFORE;
	} else if (strcmp(text, "kill-after") == 0) {
		f->way = FAULT_KILL_AFTER;
	} else if (is_signal(text, &f->number)) {
		f->way = FAULT_SIGNAL;
	} else if (strcmp(text, "shrink") == 0 ||
		   strncmp(text, "change", 6) == 0) {
		parse_touch(k, text);
	} else if (strncmp(text, "short-", 6) == 0) {
		f->way = FAULT_SHORT;
		f->kinds = CALL_MOVES;
		parse_kind(text + 6, f);
	} else {
		f->way = FAULT_ERROR;
		text = parse_kind(text, f);
		if (*text != ':')
			usage("which error?");
		f->number = number_of_error(text + 1);
	}
}

static void add_result(struct killer *k, char *name)
{
	if (k->result_count == MAX_RESULTS)
		usage("too many results");
	k->results[k->result_count++] = name;
}

static void add_without(struct killer *k, const char *word)
{
	unsigned bit = without_of(word);

	if (!bit)
		usage("unknown means");
	k->without |= bit;
}

static void parse(struct killer *k, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+r:t:sqzc:x:v")) >= 0) {
		if (c == 'r')
			add_result(k, optarg);
		else if (c == 't')
			add_result(k, k->tells = optarg);
		else if (c == 's')
			k->folder.strays = true;
		else if (c == 'q')
			k->fault.rows = true;
		else if (c == 'z')
			k->must_work = true;
		else if (c == 'c')
			k->changed = optarg;
		else if (c == 'x')
			add_without(k, optarg);
		else if (c == 'v')
			k->verbose = true;
		else
			exit(2);
	}
	if (argc - optind < 3)
		usage("FAULT FOLDER COMMAND...");
	parse_fault(k, argv[optind]);
	k->folder.path = argv[optind + 1];
	k->argv = argv + optind + 2;
}

/* --------------------------------------------------- others change the file */

static void let_change(struct killer *k)
{
	struct file *file = folder_file(&k->folder, k->changed);

	if (!file || k->change_at >= file->old.len)
		usage("the file to change is not there");
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
		usage("no place for messages");
	if (trace_run(k->argv, k->folder.path, k->without, fault, k->errors,
		      traced) != 0) {
		printf("tracing is not possible here: %s\n", strerror(errno));
		exit(77);
	}
}

static bool says_something(const struct killer *k)
{
	return lseek(k->errors, 0, SEEK_END) > 0;
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

	if (status == 1 || status == 3)
		states &= ~TOLD;
	if (states & ~(OLD | NEW))
		return "a result is neither what it was nor what it should be";
	if (killer && (dies ? killer == SIGKILL
			    : f->way == FAULT_SIGNAL && killer == f->number))
		return NULL;
	if (status == 0)
		return states & OLD ? "status 0, but a result is missing"
				    : NULL;
	if (k->must_work)
		return "it did not do its work";
	if (status != 1 && status != 3)
		return "not a way to end";
	if (states & NEW)
		return "it failed, but left a result";
	if (f->way != FAULT_SIGNAL && !says_something(k))
		return "it failed without a message";
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
	if (which == 0 && traced.status != 0)
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

static void count(struct tally *t, int status)
{
	t->runs++;
	if (WIFSIGNALED(status))
		t->died++;
	else if (WEXITSTATUS(status) == 0)
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
		count(&tally, traced.status);
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
	struct killer k = {.errors = -1};
	int status;

	parse(&k, argc, argv);
	k.fault.touch = touch;
	k.fault.ctx = &k;
	k.errors = memfd_create("messages", MFD_CLOEXEC);
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
	return status;
}
