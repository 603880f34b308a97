/* SPDX-License-Identifier: MIT */
/* Rules as libyara holds them. */
#ifndef VL_MATCH_RULES_H
#define VL_MATCH_RULES_H

#include "vhdxlog-match.h"

#include <yara.h>

/* All rules that were given as source, or one file of compiled ones. */
struct vl_rule_set {
	YR_RULES *rules; /* owned */
	/* What must be asked also where none of their strings is: a copy, in
	 * which all other rules are off. Owned; NULL: there is none. */
	YR_RULES *free;
	/* It is not known which those are: all are asked of each stretch. */
	bool alone;
	size_t first; /* number of its first rule among those of all sets */
};

struct vhdxlog_rules {
	struct vl_rule_set *sets; /* owned */
	size_t set_count;
	size_t rule_count;
	bool has_yara; /* yr_initialize() was called */
};

/* The message channel, with what is being looked at. */
struct vl_rules_say {
	const struct vhdxlog_rules_options *options;
	const char *file; /* borrowed */
	bool any_error;
	bool no_memory; /* which is no matter of the rules */
	bool defines_said; /* what is wrong with them need not be said again */
};

void vl_rules_say(struct vl_rules_say *say, bool is_error, const char *file,
		  unsigned line, const char *text);

/* rules_file.c: a whole file, and a NUL behind it; free(). NULL: it was said. */
char *vl_rules_read(struct vl_rules_say *say, const char *path, size_t *length);

/* rules_define.c: the variables, and what the user defines. 0, or it was said. */
int vl_rules_declare(struct vl_rules_say *say, YR_COMPILER *compiler);
int vl_rules_redefine(struct vl_rules_say *say, YR_RULES *rules);

/* rules_source.c: all files of source; *rules is NULL where there are none. */
int vl_rules_compile(struct vl_rules_say *say, YR_RULES **rules);

/* rules_free.c: what of a set must be asked where no string was found; of the
 * copy, that is left. false: out of memory. */
bool vl_rules_sort(struct vl_rule_set *set);

/* "NAMESPACE:PATH": returns the path, *length is that of the namespace. */
const char *vl_rules_path(const char *file, size_t *length);

#endif
