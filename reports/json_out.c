/* SPDX-License-Identifier: MIT */
#include "reports/json_out.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct rj_frame *top(struct rj_out *out)
{
	return &out->frames[out->depth - 1];
}

/* Whether there is a record to be written: memory sufficed, now and earlier. */
static bool is_good(struct rj_out *out, const struct rj_record *r)
{
	out->failed = out->failed || r->failed;
	return !out->failed;
}

static void separate(struct rj_out *out)
{
	struct rj_frame *frame = top(out);

	if (frame->has_some)
		fputc(',', out->file);
	frame->has_some = true;
}

static struct rj_frame *push(struct rj_out *out, char close)
{
	assert(out->depth < RJ_MAX_DEPTH);
	out->frames[out->depth++] = (struct rj_frame){ .close = close };
	return top(out);
}

static void write_key(struct rj_out *out, const char *key)
{
	separate(out);
	if (key)
		fprintf(out->file, "\"%s\":", key);
}

/* What every record begins with. */
static struct rj_record prefix_of(const struct rj_out *out, const char *type)
{
	struct rj_record r = rj_object();

	rj_words(&r, "schema", out->schema);
	rj_words(&r, "type", type);
	rj_text(&r, "path", out->path);
	return r;
}

static void write_members(struct rj_out *out, const struct rj_record *r)
{
	if (!is_good(out, r) || !r->len)
		return;
	separate(out);
	fwrite(r->text, 1, r->len, out->file);
}

void rj_begin(struct rj_out *out, FILE *file, enum rj_pass pass,
	      const char *schema, const char *path)
{
	rj_begin_as(out, file, pass, schema, path, "image");
}

void rj_begin_as(struct rj_out *out, FILE *file, enum rj_pass pass,
		 const char *schema, const char *path, const char *type)
{
	struct rj_record head;

	*out = (struct rj_out){
		.file = file,
		.pass = pass,
		.schema = schema,
		.path = path,
	};
	if (pass == RJ_RECORDS) {
		push(out, 0);
		return;
	}
	fputc('{', file);
	push(out, '}');
	if (pass == RJ_SUMMARY) {
		rj_members(out, prefix_of(out, type));
		return;
	}
	head = rj_object();
	rj_words(&head, "schema", schema);
	rj_members(out, head);
}

int rj_end(struct rj_out *out, struct vhdxlog_error *err)
{
	assert(out->depth == 1);
	rj_close(out);
	if (out->pass != RJ_RECORDS)
		fputc('\n', out->file);
	if (!out->failed)
		return VHDXLOG_OK;
	if (err)
		*err = (struct vhdxlog_error){
			.code = VHDXLOG_E_NOMEM,
			.what = "writing the report",
		};
	return VHDXLOG_E_NOMEM;
}

void rj_cut(struct rj_out *out, const char *why)
{
	char text[128];

	if (out->pass != RJ_RECORDS)
		return;
	while (out->depth > 1)
		rj_close(out);
	snprintf(text, sizeof(text), "the report is not whole: %s", why);
	if (!rj_open_list(out, "limitations", "limitation"))
		return;
	rj_element(out, rj_string(text));
	rj_close(out);
}

void rj_release(struct rj_out *out)
{
	int saved = errno;

	rj_drop(&out->prefix);
	errno = saved;
}

void rj_open(struct rj_out *out, const char *key)
{
	bool line = top(out)->each;

	if (!line && !top(out)->close) {
		push(out, 0);
		return;
	}
	if (!line)
		write_key(out, key);
	fputc('{', out->file);
	push(out, '}');
	if (line)
		write_members(out, &out->prefix);
}

bool rj_open_list(struct rj_out *out, const char *key, const char *type)
{
	if (out->pass == RJ_SUMMARY)
		return false;
	if (top(out)->close) {
		write_key(out, key);
		fputc('[', out->file);
		push(out, ']');
		return true;
	}
	rj_drop(&out->prefix);
	out->prefix = prefix_of(out, type);
	push(out, 0)->each = true;
	return true;
}

void rj_retype(struct rj_out *out, const char *type)
{
	if (!top(out)->each)
		return;
	rj_drop(&out->prefix);
	out->prefix = prefix_of(out, type);
}

void rj_close(struct rj_out *out)
{
	if (top(out)->close)
		fputc(top(out)->close, out->file);
	out->depth--;
	if (out->depth > 0 && top(out)->each)
		fputc('\n', out->file);
}

void rj_members(struct rj_out *out, struct rj_record r)
{
	if (top(out)->close)
		write_members(out, &r);
	rj_drop(&r);
}

/* A line of its own; what is no object is its member "text". */
static void write_line(struct rj_out *out, struct rj_record r)
{
	struct rj_record wrapped;

	if (r.kind != RJ_OBJECT) {
		wrapped = rj_object();
		rj_put(&wrapped, "text", r);
		r = wrapped;
	}
	rj_open(out, NULL);
	rj_members(out, r);
	rj_close(out);
}

void rj_element(struct rj_out *out, struct rj_record r)
{
	const char *open, *close;

	if (top(out)->each) {
		write_line(out, r);
		return;
	}
	rj_enclose(r.kind, &open, &close);
	if (is_good(out, &r)) {
		separate(out);
		fputs(open, out->file);
		if (r.len)
			fwrite(r.text, 1, r.len, out->file);
		fputs(close, out->file);
	}
	rj_drop(&r);
}
