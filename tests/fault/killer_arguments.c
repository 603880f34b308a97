/* SPDX-License-Identifier: MIT */
#include "tests/fault/killer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void killer_usage(const char *what)
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
	killer_usage("unknown error");
}

/* Behind the name there is nothing, or ":write". */
static bool is_way(const char *text, const char *name)
{
	size_t n = strlen(name);

	return strncmp(text, name, n) == 0 &&
	       (!text[n] || strcmp(text + n, ":write") == 0);
}

static bool is_signal(const char *text, int *number)
{
	static const int known[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (is_way(text, sigabbrev_np(known[i]))) {
			*number = known[i];
			return true;
		}
	}
	return false;
}

static unsigned kinds_at(const char *text)
{
	return strchr(text, ':') ? CALL_WRITES : 0;
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
		killer_usage("unknown fault");
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
		killer_usage("which file is changed? -c NAME");
}

static void parse_fault(struct killer *k, const char *text)
{
	struct fault *f = &k->fault;

	k->fault_text = text;
	if (is_way(text, "kill-before")) {
		f->way = FAULT_KILL_BEFORE;
		f->kinds = kinds_at(text);
	} else if (is_way(text, "kill-after")) {
		f->way = FAULT_KILL_AFTER;
		f->kinds = kinds_at(text);
	} else if (is_signal(text, &f->number)) {
		f->way = FAULT_SIGNAL;
		f->kinds = kinds_at(text);
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
			killer_usage("which error?");
		f->number = number_of_error(text + 1);
	}
}

static void add_result(struct killer *k, char *name)
{
	if (k->result_count == MAX_RESULTS)
		killer_usage("too many results");
	k->results[k->result_count++] = name;
}

static void add_without(struct killer *k, const char *word)
{
	unsigned bit = without_of(word);

	if (!bit)
		killer_usage("unknown means");
	k->without |= bit;
}

void killer_parse(struct killer *k, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+r:t:sqzc:x:e:ov")) >= 0) {
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
		else if (c == 'e')
			k->good_status = (int)strtoul(optarg, NULL, 10);
		else if (c == 'o')
			k->output = memfd_create("output", MFD_CLOEXEC);
		else if (c == 'v')
			k->verbose = true;
		else
			exit(2);
	}
	if (argc - optind < 3)
		killer_usage("FAULT FOLDER COMMAND...");
	parse_fault(k, argv[optind]);
	k->folder.path = argv[optind + 1];
	k->argv = argv + optind + 2;
}

