/* SPDX-License-Identifier: MIT */
/* External variables: the five that say where a rule looks, and the user's. */
#include "match/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum kind { INTEGER, FLOAT, BOOLEAN, STRING };

struct variable {
	const char *name;
	enum kind kind;
	int64_t integer;
	double number;
	const char *string;
};

static const struct variable own[] = {
	{ "scope", STRING, 0, 0, "" },
	{ "entry_sequence", INTEGER, -1, 0, NULL },
	{ "target_region", STRING, 0, 0, "" },
	{ "target_offset", INTEGER, -1, 0, NULL },
	{ "stale", BOOLEAN, 0, 0, NULL },
};

#define OWN (sizeof(own) / sizeof(*own))

/* As the yara program reads what is given to it with -d. */
static void read_value(struct variable *v, const char *value)
{
	size_t digits = *value == '-';
	char *end;

	v->string = value;
	v->kind = STRING;
	if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
		v->kind = BOOLEAN;
		v->integer = *value == 't';
		return;
	}
	if (!value[digits] ||
	    strspn(value + digits, "0123456789.") != strlen(value + digits))
		return;
	errno = 0;
	if (!strchr(value, '.')) {
		v->integer = strtoll(value, &end, 10);
		if (!*end && errno == 0)
			v->kind = INTEGER;
	} else if (strchr(value, '.') == strrchr(value, '.')) {
		v->number = strtod(value, &end);
		if (!*end && errno == 0)
			v->kind = FLOAT;
	}
}

/* As libyara's own lexer has it. */
static bool is_identifier(const char *name, size_t length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return length && length < 128 && strspn(name, letters) == length &&
	       (*name < '0' || *name > '9');
}

static bool is_own(const char *name)
{
	for (size_t i = 0; i < OWN; i++)
		if (strcmp(own[i].name, name) == 0)
			return true;
	return false;
}

static void say_wrong(struct vl_rules_say *say, const char *define,
		      const char *what)
{
	char text[384];

	say->any_error = true;
	if (say->defines_said)
		return;
	snprintf(text, sizeof(text), "%.160s %s", define, what);
	vl_rules_say(say, true, NULL, 0, text);
}

/* The name goes to the buffer. false: it was said what is wrong. */
static bool parse(struct vl_rules_say *say, const char *define, char name[128],
		  struct variable *v)
{
	const char *equals = strchr(define, '=');
	size_t length = equals ? (size_t)(equals - define) : strlen(define);

	if (!equals || !is_identifier(define, length)) {
		say_wrong(say, define, "is no definition (limit=17 is)");
		return false;
	}
	memcpy(name, define, length);
	name[length] = '\0';
	v->name = name;
	if (is_own(name)) {
		say_wrong(say, name, "says where a rule looks, and cannot be "
				     "defined");
		return false;
	}
	read_value(v, equals + 1);
	return true;
}

static int declare(YR_COMPILER *compiler, const struct variable *v)
{
	switch (v->kind) {
	case INTEGER:
		return yr_compiler_define_integer_variable(compiler, v->name,
							   v->integer);
	case FLOAT:
		return yr_compiler_define_float_variable(compiler, v->name,
							 v->number);
	case BOOLEAN:
		return yr_compiler_define_boolean_variable(compiler, v->name,
							   (int)v->integer);
	case STRING: break;
	}
	return yr_compiler_define_string_variable(compiler, v->name, v->string);
}

int vl_rules_declare(struct vl_rules_say *say, YR_COMPILER *compiler)
{
	const struct vhdxlog_rules_options *o = say->options;
	struct variable v = { .name = NULL };
	char name[128];
	int failed = 0;

	for (size_t i = 0; i < OWN; i++)
		if (declare(compiler, &own[i]) != ERROR_SUCCESS)
			return VHDXLOG_E_NOMEM;
	for (size_t i = 0; i < o->define_count; i++) {
		if (!parse(say, o->defines[i], name, &v)) {
			failed = VHDXLOG_E_MISUSE;
			continue;
		}
		switch (declare(compiler, &v)) {
		case ERROR_SUCCESS: break;
		case ERROR_INSUFFICIENT_MEMORY: return VHDXLOG_E_NOMEM;
		default:
			say_wrong(say, o->defines[i], "is defined twice");
			failed = VHDXLOG_E_MISUSE;
		}
	}
	say->defines_said = true;
	return failed;
}

static int redefine(YR_RULES *rules, const struct variable *v)
{
	switch (v->kind) {
	case INTEGER:
		return yr_rules_define_integer_variable(rules, v->name,
							v->integer);
	case FLOAT:
		return yr_rules_define_float_variable(rules, v->name,
						      v->number);
	case BOOLEAN:
		return yr_rules_define_boolean_variable(rules, v->name,
							(int)v->integer);
	case STRING: break;
	}
	return yr_rules_define_string_variable(rules, v->name, v->string);
}

/* Compiled rules know only what they were compiled with. What they do not know
 * they do not ask for. */
static int set(struct vl_rules_say *say, YR_RULES *rules,
	       const struct variable *v)
{
	char text[256];

	switch (redefine(rules, v)) {
	case ERROR_INSUFFICIENT_MEMORY: return VHDXLOG_E_NOMEM;
	case ERROR_INVALID_EXTERNAL_VARIABLE_TYPE:
		snprintf(text, sizeof(text),
			 "it was compiled with a variable %s of another type",
			 v->name);
		vl_rules_say(say, true, say->file, 0, text);
		return VHDXLOG_E_MISUSE;
	default: return 0;
	}
}

int vl_rules_redefine(struct vl_rules_say *say, YR_RULES *rules)
{
	const struct vhdxlog_rules_options *o = say->options;
	struct variable v = { .name = NULL };
	char name[128];
	int rc = 0, r;

	for (size_t i = 0; i < OWN; i++)
		if ((r = set(say, rules, &own[i])))
			rc = r;
	for (size_t i = 0; i < o->define_count; i++) {
		if (!parse(say, o->defines[i], name, &v))
			rc = VHDXLOG_E_MISUSE;
		else if ((r = set(say, rules, &v)))
			rc = r;
	}
	return rc;
}
