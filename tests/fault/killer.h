/* SPDX-License-Identifier: MIT */
/*
 * The parts of fault-killer: which system calls there are, a traced run with
 * one fault in it, and what the run left in its folder.
 */
#ifndef TESTS_FAULT_KILLER_H
#define TESTS_FAULT_KILLER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* ------------------------------------------------------------ killer_calls.c
 */

/* What a call is, of those that have to do with files. */
enum {
	CALL_READS = 1,	 /* bytes of a file, or facts about it */
	CALL_WRITES = 2, /* or names, removes, makes durable */
	CALL_MOVES = 4,	 /* as many bytes as one of its arguments says */
};

struct call {
	long number;
	const char *name;
	unsigned kind;
	unsigned fds, paths; /* masks of the arguments that are such */
	int length;	     /* the argument that says how many bytes */
};

/* NULL: it has nothing to do with files. */
const struct call *call_of(uint64_t number);

/* What kind the call is with these arguments: an open() may be either. */
unsigned call_kind(const struct call *call, const uint64_t args[static 6]);

/* Means of a file system that may be missing; what they then fail with. */
enum {
	WITHOUT_TMPFILE = 1,
	WITHOUT_RANGES = 2,
	WITHOUT_HOLES = 4,
	WITHOUT_REFLINK = 8,
};

/* "tmpfile", "ranges", "holes", "reflink"; 0: no such word. */
unsigned without_of(const char *word);

/* 0, or the error that this call ends with on a file system without those. */
int call_missing(unsigned without, const struct call *call,
		 const uint64_t args[static 6]);

/* ------------------------------------------------------------ killer_trace.c
 */

enum fault_way {
	FAULT_NONE,
	FAULT_KILL_BEFORE,
	FAULT_KILL_AFTER,
	FAULT_SIGNAL,
	FAULT_ERROR, /* the call is not made */
	FAULT_SHORT, /* the call moves one byte */
	FAULT_TOUCH, /* just before the call, somebody else does something */
};

struct fault {
	enum fault_way way;
	unsigned kinds; /* of the calls to count; 0: all, also other calls */
	bool goes_on;	/* not only the call `at`, but all from there */
	bool rows;	/* of calls in a row that only read, count the first */
	int number;	/* of the signal or error */
	unsigned long at; /* from 1 */
	void (*touch)(void *ctx);
	void *ctx;
};

struct traced {
	/* Calls to count, from the first that concerns the folder. */
	unsigned long calls;
	char struck[32]; /* name of the first call with the fault, or "" */
	int status;	 /* as of waitpid() */
};

/*
 * Run argv, standard error to errors, standard output to output, which then is as
 * if in the folder, or with -1 to nowhere. 0, or -1 with errno where tracing is not
 * possible.
 */
int trace_run(char **argv, const char *folder, unsigned without,
	      const struct fault *fault, int errors, int output,
	      struct traced *run);

/* ----------------------------------------------------------- killer_folder.c
 */

enum file_state {
	FILE_OLD,
	FILE_NEW,
	FILE_TOLD, /* something else, of a file that may tell of a failure */
	FILE_OTHER,
};

struct bytes {
	uint8_t *at; /* owned; NULL: there is no such file */
	size_t len;
};

struct file {
	char *name;   /* owned; in the folder */
	bool result;  /* made by the command; else it must stay as it is, */
	bool changes; /* unless others change it meanwhile */
	bool tells;	/* a result that may say what failed instead */
	struct stat stat;
	struct bytes old;
	struct bytes good[2]; /* of a result; the second after a touch */
};

struct folder {
	const char *path;
	bool strays;	    /* hidden files are forgiven */
	struct file *files; /* owned */
	size_t count;
};

/* Everything that is there, and the results that are not there yet. */
void folder_read(struct folder *folder, char *const *results, size_t n);
void folder_release(struct folder *folder);

struct file *folder_file(const struct folder *folder, const char *name);

/* Take what the results are now as good[which]. */
void folder_learn(struct folder *folder, int which);

/* NULL, or what is wrong: static, or valid until the next call. */
const char *folder_untouched(const struct folder *folder);
/* The states that the results are in: masks of 1 << enum file_state. */
unsigned folder_results(const struct folder *folder, int which);

/* All bytes as they were. */
void folder_restore(struct folder *folder);

/* What others may do to a file: make it shorter, write another byte. */
void file_cut(const struct folder *folder, const struct file *file, size_t len);
void file_spoil(const struct folder *folder, const struct file *file,
		uint64_t at);

/* ------------------------------------------------------------------ killer.c */

#define MAX_RESULTS 8

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
	char real[PATH_MAX]; /* its full path: messages may have either */
	int good_status;
	int errors;	      /* what the command says */
	int output;	      /* its standard output; -1: it does not matter */
	struct bytes printed; /* on that, without a fault */
};

/* ------------------------------------------------------ killer_arguments.c */

/* Say what is wrong, and end with status 2. */
_Noreturn void killer_usage(const char *what);

/* The command line, into a zeroed struct but for what main() puts into it. */
void killer_parse(struct killer *k, int argc, char **argv);

#endif
