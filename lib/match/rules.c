/* SPDX-License-Identifier: MIT */
#include "match/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

void vl_rules_say(struct vl_rules_say *say, bool is_error, const char *file,
		  unsigned line, const char *text)
{
	const struct vhdxlog_rules_message message = { is_error, file, line,
						       text };

	say->any_error |= is_error;
	if (say->options->say)
		say->options->say(say->options->say_ctx, &message);
}

/* As the yara program has it: what is no identifier is no namespace. */
const char *vl_rules_path(const char *file, size_t *length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	size_t n = strspn(file, letters);

	*length = n && file[n] == ':' ? n : 0;
	return file + (*length ? *length + 1 : 0);
}

/* ---------------------------------------------------------- compiled rules */

struct memory {
	const char *bytes;
	size_t length, at;
};

static size_t read_memory(void *to, size_t size, size_t count, void *ctx)
{
	struct memory *m = ctx;
	size_t n = size ? (m->length - m->at) / size : 0;

	if (n > count)
		n = count;
	memcpy(to, m->bytes + m->at, n * size);
	m->at += n * size;
	return n;
}

static int load_memory(const char *bytes, size_t length, YR_RULES **yara)
{
	struct memory memory = { bytes, length, 0 };
	YR_STREAM stream = { .user_data = &memory, .read = read_memory };

	return yr_rules_load_stream(&stream, yara);
}

static const char *load_trouble(int error)
{
	switch (error) {
	case ERROR_UNSUPPORTED_FILE_VERSION:
		return "compiled by another version of YARA";
	default: return "damaged, as compiled rules";
	}
}

/* The set at the end of the list; room for it was made. */
static void append(struct vhdxlog_rules *rules, YR_RULES *yara, YR_RULES *copy)
{
	struct vl_rule_set *set = &rules->sets[rules->set_count++];

	*set = (struct vl_rule_set){ .rules = yara,
				     .free = copy,
				     .first = rules->rule_count };
	rules->rule_count += yara->num_rules;
}

static int load(struct vhdxlog_rules *rules, struct vl_rules_say *say,
		const char *bytes, size_t length)
{
	YR_RULES *yara, *copy;
	int error = load_memory(bytes, length, &yara), rc;

	if (error == ERROR_SUCCESS) {
		error = load_memory(bytes, length, &copy);
		if (error != ERROR_SUCCESS)
			yr_rules_destroy(yara);
	}
	if (error == ERROR_INSUFFICIENT_MEMORY)
		return VHDXLOG_E_NOMEM;
	if (error != ERROR_SUCCESS) {
		vl_rules_say(say, true, say->file, 0, load_trouble(error));
		return VHDXLOG_E_MISUSE;
	}
	append(rules, yara, copy);
	rc = vl_rules_redefine(say, yara);
	return rc ? rc : vl_rules_redefine(say, copy);
}

static int load_file(struct vhdxlog_rules *rules, struct vl_rules_say *say,
		     const char *file)
{
	size_t prefix, length = 0;
	const char *path = vl_rules_path(file, &prefix);
	char *bytes = vl_rules_read(say, path, &length);
	int rc = 0;

	if (!bytes)
		return VHDXLOG_E_MISUSE;
	say->file = path;
	if (length >= 4 && memcmp(bytes, "YARA", 4) == 0) {
		if (prefix) {
			vl_rules_say(say, true, path, 0,
				     "compiled rules have namespaces of their "
				     "own, and take no other");
			rc = VHDXLOG_E_MISUSE;
		} else {
			rc = load(rules, say, bytes, length);
		}
	}
	free(bytes);
	return rc;
}

/* ------------------------------------------------------------- from source */

struct buffer {
	char *bytes; /* owned */
	size_t length, room;
};

static size_t write_memory(const void *from, size_t size, size_t count,
			   void *ctx)
{
	struct buffer *b = ctx;

	if (!vl_reserve((void **)&b->bytes, &b->room, b->length + size * count,
			1))
		return 0;
	memcpy(b->bytes + b->length, from, size * count);
	b->length += size * count;
	return count;
}

/* The way through the form that files of compiled rules have. */
static YR_RULES *copy_of(YR_RULES *yara)
{
	struct buffer buffer = { .bytes = NULL };
	YR_STREAM stream = { .user_data = &buffer, .write = write_memory };
	YR_RULES *copy = NULL;

	if (yr_rules_save_stream(yara, &stream) != ERROR_SUCCESS ||
	    load_memory(buffer.bytes, buffer.length, &copy) != ERROR_SUCCESS)
		copy = NULL;
	free(buffer.bytes);
	return copy;
}

static int take_source(struct vhdxlog_rules *rules, YR_RULES *yara)
{
	YR_RULES *copy = copy_of(yara);

	if (!copy) {
		yr_rules_destroy(yara);
		return VHDXLOG_E_NOMEM;
	}
	append(rules, yara, copy);
	return 0;
}

/* ------------------------------------------------------------------- public */

static int fill(struct vhdxlog_rules *rules, struct vl_rules_say *say)
{
	const struct vhdxlog_rules_options *o = say->options;
	YR_RULES *yara = NULL;
	int rc = vl_rules_compile(say, &yara), r;

	if (yara)
		rc = take_source(rules, yara);
	/* What cannot be read was said. */
	for (size_t i = 0; i < o->file_count && !say->any_error; i++)
		if ((r = load_file(rules, say, o->files[i])))
			rc = r;
	if (say->no_memory)
		rc = VHDXLOG_E_NOMEM;
	else if (rc == 0 && say->any_error)
		rc = VHDXLOG_E_MISUSE;
	for (size_t i = 0; i < rules->set_count && rc == 0; i++)
		if (!vl_rules_sort(&rules->sets[i]))
			rc = VHDXLOG_E_NOMEM;
	return rc;
}

int vhdxlog_rules_open(const struct vhdxlog_rules_options *options,
		       struct vhdxlog_rules **out, struct vhdxlog_error *err)
{
	struct vl_rules_say say = { .options = options };
	struct vhdxlog_rules *rules = vl_calloc(1, sizeof(*rules));
	int rc;

	*out = NULL;
	if (!rules)
		return vl_nomem(err);
	rules->has_yara = yr_initialize() == ERROR_SUCCESS;
	rules->sets = vl_calloc(options->file_count + 1, sizeof(*rules->sets));
	rc = rules->has_yara && rules->sets ? fill(rules, &say) :
					      VHDXLOG_E_NOMEM;
	if (rc) {
		vhdxlog_rules_close(rules);
		return vl_error(err, (enum vhdxlog_code)rc, 0, 0,
				"reading the rules");
	}
	*out = rules;
	return 0;
}

void vhdxlog_rules_close(struct vhdxlog_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; rules->sets && i < rules->set_count; i++) {
		if (rules->sets[i].free)
			yr_rules_destroy(rules->sets[i].free);
		yr_rules_destroy(rules->sets[i].rules);
	}
	if (rules->has_yara)
		yr_finalize();
	free(rules->sets);
	free(rules);
}

size_t vhdxlog_rules_count(const struct vhdxlog_rules *rules)
{
	return rules->rule_count;
}
