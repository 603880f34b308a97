/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/carve_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/say.h"
#include "tools/vhdxlog/carve_item.h"

#define FIRST_LINE "vhdxlog carve state 1"
#define NOT_OURS   "it is no state of vhdxlog carve, and is not replaced"
#define BROKEN	   "it is a state of vhdxlog carve that was cut or changed"

static int refuse(const struct carve_state *s, const char *why)
{
	tool_say_path(s->path, "%s", why);
	return TOOL_USAGE;
}

/* ----------------------------------------------------------------- reading */

static void close_old(struct carve_state *s)
{
	vhdxlog_source_close(s->old);
	free(s->lines);
	s->old = NULL;
	s->lines = NULL;
}

/* "name value" */
static bool read_number(struct carve_lines *l, const char *name,
			uint64_t *value)
{
	char *line = carve_lines_next(l);
	const char *word = carve_word(&line);

	return word && strcmp(word, name) == 0 && carve_number(&line, value) &&
	       !line;
}

/* Every item, so that none turns out to be none when it is told. */
static bool read_items(struct carve_state *s, uint64_t *pass)
{
	struct carve_lines *l = s->lines;
	struct vhdxlog_carved item;
	char *line;

	s->items_at = carve_lines_position(l);
	for (;; s->items++) {
		s->items_end = carve_lines_position(l);
		line = carve_lines_next(l);
		if (!line || strncmp(line, "pass ", 5) == 0)
			break;
		if (!carve_item_parse(line, &item))
			return false;
	}
	return carve_word(&line) && carve_number(&line, pass) && !line;
}

static bool read_rest(struct carve_state *s, uint64_t pass)
{
	struct carve_lines *l = s->lines;
	uint64_t done, sum, stored;

	s->pass = pass <= SIZE_MAX ? carve_lines_take(l, (size_t)pass) : NULL;
	if (!s->pass || strlen(s->pass) != pass ||
	    !read_number(l, "position", &s->position) ||
	    !read_number(l, "read", &s->bytes_read) ||
	    !read_number(l, "done", &done))
		return false;
	s->done = done;
	sum = l->sum;
	return read_number(l, "sum", &stored) && stored == sum &&
	       carve_lines_position(l) == l->end;
}

static int read_old(struct carve_state *s)
{
	struct carve_lines *l = s->lines;
	struct carve_identity then;
	char *line = carve_lines_next(l), *file, *why;
	uint64_t pass;

	if (!line || strcmp(line, FIRST_LINE) != 0)
		return refuse(s, NOT_OURS);
	line = carve_lines_next(l);
	file = tool_format("%s", line ? line : "");
	if (!carve_identity_parse(file, carve_lines_next(l), &then) ||
	    !read_items(s, &pass) || !read_rest(s, pass)) {
		free(file);
		return refuse(s, BROKEN);
	}
	free(file);
	why = carve_identity_objection(&then, &s->identity);
	if (!why)
		return TOOL_DONE;
	tool_say_path(s->path,
		      "it is the state of %s; give another name to begin anew",
		      why);
	free(why);
	return TOOL_USAGE;
}

static void rewind_items(struct carve_state *s)
{
	carve_lines_begin(s->lines, s->old, s->items_at, s->items_end);
}

static int cannot_read(const struct carve_state *s,
		       struct vhdxlog_error *err)
{
	char *why;

	err->what = "reading the state";
	why = tool_error_text(err);
	tool_say_path(s->path, "%s", why);
	free(why);
	return TOOL_FAILED;
}

/* A file of no bytes is what mktemp makes: a place, and nothing in it. */
static int load(struct carve_state *s)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status;

	if (vhdxlog_source_open(s->path, 0, &s->old, &err) != 0)
		return err.sys_errno == ENOENT ? TOOL_DONE :
						 cannot_read(s, &err);
	s->lines = tool_alloc(1, sizeof(*s->lines));
	carve_lines_begin(s->lines, s->old, 0, vhdxlog_source_size(s->old));
	if (vhdxlog_source_size(s->old) == 0) {
		close_old(s);
		return TOOL_DONE;
	}
	status = read_old(s);
	if (status == TOOL_DONE)
		rewind_items(s);
	return status;
}

int carve_state_earlier(struct carve_state *s, struct vhdxlog_carved *item)
{
	char *line = s->old && !s->told ? carve_lines_next(s->lines) : NULL;

	s->told = !line || !carve_item_parse(line, item);
	return s->told;
}

/* ----------------------------------------------------------------- writing */

static void put(struct carve_state *s, const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, s->next.stream);
	s->sum = carve_sum(s->sum, bytes, len);
	s->written += len;
}

static void put_format(struct carve_state *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put_format(struct carve_state *s, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = tool_format_list(format, ap);
	va_end(ap);
	put(s, text, strlen(text));
	free(text);
}

static int is_written_to(const struct carve_state *s)
{
	tool_say_path(s->path, "something else has written to it meanwhile");
	return TOOL_FAILED;
}

/* What was kept of items is the beginning of what comes next. */
static int copy_items(struct carve_state *s)
{
	char *line;

	rewind_items(s);
	while ((line = carve_lines_next(s->lines))) {
		put_format(s, "%s\n", line);
		s->next_items++;
	}
	rewind_items(s);
	return s->next_items == s->items ? TOOL_DONE : is_written_to(s);
}

static int begin_next(struct carve_state *s)
{
	int status = tool_output_open(&s->next, s->path, s->evidence);
	char *identity;

	if (status)
		return status;
	s->writing = true;
	s->written = 0;
	s->sum = CARVE_SUM;
	identity = carve_identity_lines(&s->identity);
	put_format(s, "%s\n%s", FIRST_LINE, identity);
	free(identity);
	s->next_items_at = s->written;
	s->next_items = 0;
	return s->old ? copy_items(s) : TOOL_DONE;
}

static void drop_next(struct carve_state *s)
{
	if (s->writing)
		tool_output_close(&s->next, false);
	s->writing = false;
}

void carve_state_add(struct carve_state *s, const struct vhdxlog_carved *item)
{
	char *line;

	if (!s->writing)
		return;
	line = carve_item_line(item);
	put_format(s, "%s\n", line);
	s->next_items++;
	free(line);
}

static int put_end(struct carve_state *s, const struct vhdxlog_carve *carve,
		   bool done)
{
	char *pass = vhdxlog_carve_save(carve);

	if (!pass) {
		tool_say_path(s->path, "out of memory");
		return TOOL_FAILED;
	}
	s->items_at = s->next_items_at;
	s->items_end = s->written;
	s->items = s->next_items;
	put_format(s, "pass %zu\n", strlen(pass));
	put(s, pass, strlen(pass));
	free(pass);
	put_format(s, "position %" PRIu64 "\nread %" PRIu64 "\ndone %d\n",
		   s->position, s->bytes_read, done);
	put_format(s, "sum 0x%016" PRIx64 "\n", s->sum);
	return TOOL_DONE;
}

/* The one just written is the old one now. */
static int reopen(struct carve_state *s)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	close_old(s);
	if (vhdxlog_source_open(s->path, 0, &s->old, &err) != 0)
		return cannot_read(s, &err);
	s->lines = tool_alloc(1, sizeof(*s->lines));
	if (vhdxlog_source_size(s->old) != s->written)
		return is_written_to(s);
	return begin_next(s);
}

int carve_state_save(struct carve_state *s, const struct vhdxlog_carve *carve,
		     uint64_t bytes_read, bool done)
{
	int status;

	if (!s->writing)
		return TOOL_DONE;
	s->position = vhdxlog_carve_position(carve);
	s->bytes_read = bytes_read;
	status = put_end(s, carve, done);
	if (!status) {
		s->writing = false;
		status = tool_output_close(&s->next, true);
	}
	if (!status && !done)
		status = reopen(s);
	if (status)
		drop_next(s);
	return status;
}

/* -------------------------------------------------------------------- both */

int carve_state_open(struct carve_state *s, const char *path,
		     const struct tool_evidence *evidence,
		     struct vhdxlog_source *source)
{
	struct stat st;
	int status;

	s->path = path;
	s->evidence = evidence;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return refuse(s, "it is no regular file");
	if (stat(path, &st) == 0 && tool_is_evidence(evidence, &st))
		return refuse(s, TOOL_IS_EVIDENCE);
	s->identity = carve_identity_of(source);
	status = load(s);
	if (status == TOOL_DONE && !s->done)
		status = begin_next(s);
	return status;
}

int carve_state_refuse(const struct carve_state *s)
{
	return refuse(s, BROKEN);
}

void carve_state_release(struct carve_state *s)
{
	drop_next(s);
	close_old(s);
	free(s->pass);
	*s = (struct carve_state){ .path = NULL };
}
