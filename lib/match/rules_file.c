/* SPDX-License-Identifier: MIT */
/*
 * Files of rules are read like evidence: regular files, O_RDONLY, and whole, as
 * libyara's own way of reading follows what the file becomes meanwhile.
 */
#include "match/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST (256u * 1024 * 1024)

static void say_error(struct vl_rules_say *say, const char *path,
		      const struct vhdxlog_error *err)
{
	const char *why = vhdxlog_strerror(err->code);

	if (err->code == VHDXLOG_E_NOMEM || err->sys_errno == ENOMEM) {
		say->no_memory = true;
		return;
	}
	if (err->code == VHDXLOG_E_NOT_FILE)
		why = "not a regular file";
	else if (err->sys_errno && strerrordesc_np(err->sys_errno))
		why = strerrordesc_np(err->sys_errno);
	vl_rules_say(say, true, path, 0, why);
}

static char *read_all(struct vl_rules_say *say, const char *path,
		      struct vhdxlog_source *source, size_t *length)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	uint64_t size = vhdxlog_source_size(source);
	char *bytes;

	if (size > MOST) {
		vl_rules_say(say, true, path, 0,
			     "longer than 256 MiB, which no rules are");
		return NULL;
	}
	bytes = malloc(size + 1);
	if (!bytes) {
		say->no_memory = true;
		return NULL;
	}
	if (size && vhdxlog_source_read(source, 0, bytes, size, &err) != 0) {
		say_error(say, path, &err);
		free(bytes);
		return NULL;
	}
	bytes[size] = '\0';
	*length = size;
	return bytes;
}

char *vl_rules_read(struct vl_rules_say *say, const char *path, size_t *length)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_source *source;
	char *bytes;

	if (vhdxlog_source_open(path, 0, &source, &err) != 0) {
		say_error(say, path, &err);
		return NULL;
	}
	bytes = read_all(say, path, source, length);
	vhdxlog_source_close(source);
	return bytes;
}
