/* SPDX-License-Identifier: MIT */
/*
 * The command line of all programs and subcommands: one table knows every option,
 * a command says which groups of it it takes. Help is made from the same table.
 */
#ifndef TOOLS_COMMON_OPTIONS_H
#define TOOLS_COMMON_OPTIONS_H

#include <stdbool.h>

#include "reports/report.h"
#include "tools/common/anchor.h"

enum tool_format {
	TOOL_TEXT,
	TOOL_JSON,
	TOOL_JSONL,
	TOOL_CSV,
	TOOL_MAP, /* of ddrescue */
	TOOL_HTML,
	TOOL_FORMAT_COUNT,
};

/* Options that are taken or not taken together. --help and --version always. */
enum {
	TOOL_OUTPUT = 1,    /* -f -o --no-color */
	TOOL_VERBOSITY = 2, /* -q */
	TOOL_DETAIL = 4,    /* -v */
	TOOL_IMAGE = 8,	    /* --offset .. --parent --strict */
	TOOL_SCAN = 16,	    /* --all-checks --hash --policy --custody .. */
	TOOL_MANUAL = 32,   /* --man */
	TOOL_HASH = 64,	    /* --no-hash */
	TOOL_SILENCE = 128, /* -q, of a command that has no verdict */
	TOOL_RAW_LOG = 256, /* --raw-log */
	TOOL_REPLAY = 512,  /* --sequence --rearm --patch .. */
	TOOL_TIMELINE = 1024, /* --session --block --as-of --anchor .. */
	TOOL_COMPARE = 2048,  /* --bytes --state-a --state-b */
	TOOL_EXTRACT = 4096,  /* -o --short --redact */
	TOOL_CARVE = 8192,    /* --offset --state .. */
	TOOL_MANY = 16384,    /* --jobs --files0-from --recursive .. */
	TOOL_YARA = 32768,    /* --yara .. */
};

/* What vhdxlog-replay is to do. */
struct tool_replay_options {
	const char *sequence; /* an id that names entries, or NULL */
	const char *policy;   /* or NULL */
	size_t policy_index;  /* its row in the selection; of none: the first */
	const char *patch, *apply, *unapply; /* paths, or NULL */
	bool dry_run, overwrite, force, rearm, hash, salvage;
	unsigned fixes; /* sum of 1 << place in tool_fix_names */
};

/* What --fix can be asked for, in the order in which it is made; NULL ends it. */
extern const char *const tool_fix_names[];

/* What of a timeline is wanted. */
struct tool_timeline_options {
	const char *session; /* a number, a LogGuid or its beginning, or NULL */
	bool has_block, has_virtual, has_area, has_as_of, has_anchor;
	uint64_t block;
	uint64_t virtual_offset; /* bytes of the guest's disk */
	enum vhdxlog_area area;
	uint32_t as_of; /* sector of an entry */
	struct tool_anchor anchor;
};

/* What is compared, and how. */
struct tool_compare_options {
	const char *state_a, *state_b; /* of two images; NULL: disk */
	bool bytes; /* with a dump of what differs */
};

/* How structures are looked for. */
struct tool_carve_options {
	const char *state; /* path, or NULL */
	bool has_period;
	uint64_t period; /* bytes read from one time it is kept to the next */
};

/* Many images at once, and what may be spent on each. */
struct tool_many_options {
	const char *files_from; /* of names that end with a NUL; or NULL */
	bool recursive;
	unsigned jobs;	      /* 0: as many as there are processors */
	uint64_t max_read;    /* bytes; 0: any number */
	uint64_t timeout;     /* milliseconds; 0: any time */
};

#define TOOL_MOST_RULES	  64
#define TOOL_MOST_DEFINES 64

/* Rules, and what they are held against. */
struct tool_yara_options {
	const char *files[TOOL_MOST_RULES];
	size_t file_count;
	const char *defines[TOOL_MOST_DEFINES];
	size_t define_count;
	unsigned scopes; /* as struct vhdxlog_match_options has them */
	unsigned timeout; /* seconds; 0: none */
	bool has_sequence;
	struct vhdxlog_range sequence;
	const char *detail; /* the first option that wants rules, or NULL */
};

/* What was asked for. Strings are borrowed from the command line. */
struct tool_options {
	enum tool_format format;
	const char *output; /* NULL or "-": standard output */
	bool quiet, verbose, all_checks, no_color, custody, manual;
	uint64_t offset;
	const char *parent;
	uint64_t policies; /* of --policy, as struct report_options has them */
	struct vhdxlog_options scan; /* for the library */
	struct tool_replay_options replay;
	struct tool_timeline_options timeline;
	struct tool_compare_options compare;
	struct tool_carve_options carve;
	struct tool_many_options many;
	struct tool_yara_options yara;
	bool short_of; /* extract: also what is not all there */
	bool redact;   /* extract metadata: without names */
	bool no_sandbox;
	int operand_count;
	char **operands;
	int argc; /* the whole command line, for --custody */
	char *const *argv;
};

/* Words that are known, by index; NULL after the last. */
typedef const char *tool_words(size_t index);

/* A subcommand, or a program that has none. */
struct tool_command {
	const char *program;  /* "vhdxlog" */
	const char *name;     /* "scan"; NULL: the program itself */
	const char *operands; /* "IMAGE..." */
	const char *summary;  /* in a line of the list of commands */
	const char *about;    /* for --help: a paragraph, lines ended */
	const char *after;    /* for --help: examples, exit status */
	unsigned groups;
	unsigned formats; /* sum of 1 << TOOL_TEXT .. */
	tool_words *words; /* that an operand can be, or begin with; or NULL */
	int least_operands, most_operands; /* most: 0 is any number */
	int (*run)(const struct tool_options *options);
};

/*
 * Read the options of argv[1] on (argv[0] is the name of the command or program).
 * Returns true where the command is to be run; else *status says with what to
 * exit: help or version were printed, or misuse was reported.
 */
bool tool_options_parse(const struct tool_command *command, int argc,
			char **argv, struct tool_options *options, int *status);

/* Say what is wrong with a command line, and where help is; TOOL_USAGE. */
int tool_misuse(const struct tool_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print --version, to standard output; returns the exit status. */
int tool_print_version(const char *program);

/* What the emitters are to be told; path stays the caller's to set. */
struct report_options tool_report_options(const struct tool_options *options,
					  bool to_terminal);

#endif
