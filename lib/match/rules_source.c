/* SPDX-License-Identifier: MIT */
/*
 * Rules from source. After an error libyara's compiler takes no more, so each
 * file behind one that failed is given to a fresh one: all that is wrong is told
 * at once.
 */
#include "base/alloc.h"
#include "match/rules.h"

#include <stdlib.h>
#include <string.h>

/* An include by the name that the source has, and where it was found. */
struct include {
	struct include *next;
	char *name, *path; /* owned */
};

struct compilation {
	struct vl_rules_say *say;
	YR_COMPILER *compiler;
	const char *path; /* of the file that was given */
	struct include *includes; /* owned; the latest first */
};

/* What is told of an include carries the name of it, else it is of the file. */
static void on_message(int level, const char *file, int line,
		       const YR_RULE *rule, const char *message, void *ctx)
{
	struct compilation *c = ctx;

	(void)rule;
	vl_rules_say(c->say, level == YARA_ERROR_LEVEL_ERROR,
		     file ? file : c->path, line > 0 ? (unsigned)line : 0,
		     message);
}

/* ---------------------------------------------------------------- includes */

static const char *path_of(const struct compilation *c, const char *calling)
{
	for (const struct include *i = c->includes; calling && i; i = i->next)
		if (strcmp(i->name, calling) == 0)
			return i->path;
	return c->path;
}

/* The name as seen from the folder of the file that includes it. */
static char *beside(const char *path, const char *name)
{
	const char *slash = *name == '/' ? NULL : strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
	size_t length = strlen(name);
	char *joined = malloc(folder + length + 1);

	if (!joined)
		return NULL;
	memcpy(joined, path, folder);
	memcpy(joined + folder, name, length + 1);
	return joined;
}

static bool remember(struct compilation *c, const char *name, char *path)
{
	struct include *i = vl_calloc(1, sizeof(*i));

	if (i)
		i->name = strdup(name);
	if (!i || !i->name) {
		free(i);
		return false;
	}
	i->path = path;
	i->next = c->includes;
	c->includes = i;
	return true;
}

static const char *on_include(const char *name, const char *calling,
			      const char *namespace_, void *ctx)
{
	struct compilation *c = ctx;
	char *path = beside(path_of(c, calling), name), *text = NULL;
	size_t length;

	(void)namespace_;
	if (path)
		text = vl_rules_read(c->say, path, &length);
	if (path && text && remember(c, name, path))
		return text;
	c->say->no_memory |= !path || text;
	free(text);
	free(path);
	return NULL;
}

static void on_include_done(const char *text, void *ctx)
{
	(void)ctx;
	free((void *)(uintptr_t)text);
}

/* ---------------------------------------------------------------- compiling */

static void end(struct compilation *c)
{
	while (c->includes) {
		struct include *i = c->includes;

		c->includes = i->next;
		free(i->name);
		free(i->path);
		free(i);
	}
	if (c->compiler)
		yr_compiler_destroy(c->compiler);
	c->compiler = NULL;
}

static int begin(struct compilation *c)
{
	if (yr_compiler_create(&c->compiler) != ERROR_SUCCESS) {
		c->compiler = NULL;
		return VHDXLOG_E_NOMEM;
	}
	yr_compiler_set_callback(c->compiler, on_message, c);
	yr_compiler_set_include_callback(c->compiler, on_include,
					 on_include_done, c);
	return vl_rules_declare(c->say, c->compiler);
}

static int add_text(struct compilation *c, const char *file, const char *text)
{
	size_t length;
	char *namespace_ = NULL;
	int errors;

	c->path = vl_rules_path(file, &length);
	if (length && !(namespace_ = strndup(file, length)))
		return VHDXLOG_E_NOMEM;
	errors = yr_compiler_add_string(c->compiler, text, namespace_);
	free(namespace_);
	if (errors && c->compiler->last_error == ERROR_INSUFFICIENT_MEMORY)
		c->say->no_memory = true;
	return errors ? VHDXLOG_E_MISUSE : 0;
}

static int add(struct compilation *c, const char *file)
{
	size_t length;
	char *text = vl_rules_read(c->say, vl_rules_path(file, &length),
				   &length);
	int rc = VHDXLOG_E_MISUSE;

	if (!text)
		return rc;
	if (length >= 4 && memcmp(text, "YARA", 4) == 0)
		rc = 0; /* of those, each is a set of its own */
	else if (memchr(text, '\0', length))
		vl_rules_say(c->say, true, vl_rules_path(file, &length), 0,
			     "neither YARA source nor compiled rules");
	else
		rc = add_text(c, file, text);
	free(text);
	return rc;
}

int vl_rules_compile(struct vl_rules_say *say, YR_RULES **rules)
{
	const struct vhdxlog_rules_options *o = say->options;
	struct compilation c = { .say = say };
	int worst = begin(&c);

	for (size_t i = 0; i < o->file_count && worst != VHDXLOG_E_NOMEM &&
			   !say->no_memory;
	     i++) {
		int rc = add(&c, o->files[i]);

		if (rc == 0)
			continue;
		worst = rc;
		end(&c);
		if (begin(&c) == VHDXLOG_E_NOMEM)
			worst = VHDXLOG_E_NOMEM;
	}
	if (worst == 0 &&
	    yr_compiler_get_rules(c.compiler, rules) != ERROR_SUCCESS)
		worst = VHDXLOG_E_NOMEM;
	end(&c);
	return say->no_memory ? VHDXLOG_E_NOMEM : worst;
}
