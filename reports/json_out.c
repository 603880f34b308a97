/* SPDX-License-Identifier: MIT */
#include "reports/json_out.h"

#include <assert.h>
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

static struct rj_frame *top(struct rj_out *out)
{
	return &out->frames[out->depth - 1];
}

/* Serialise json, which is handed over. NULL: out of memory. */
static const char *hold(struct rj_out *out, struct json_object *json,
			size_t *len)
{
	if (!out->holder ||
	    json_object_array_put_idx(out->holder, 0, json) != 0) {
		json_object_put(json);
		return NULL;
	}
	return json_object_to_json_string_length(out->holder, FLAGS, len);
}

/*
 * Make the holder's buffer hold a text of n bytes. json-c does not say that a
 * buffer could not grow, it leaves out what did not fit; so it must never have
 * to grow under a record.
 */
static bool make_room(struct rj_out *out, size_t n)
{
	struct json_object *json;
	size_t len = 0;
	char *blank;

	if (n <= out->room)
		return true;
	n = n < 4096 ? 4096 : 2 * n;
	blank = n < INT_MAX / 2 ? malloc(n) : NULL;
	if (!blank)
		return false;
	memset(blank, ' ', n);
	json = json_object_new_string_len(blank, (int)n);
	free(blank);
	if (!json || !hold(out, json, &len) || len < n)
		return false;
	out->room = n;
	return true;
}

/*
 * The text of r, without what encloses it, owned by out until the next call.
 * NULL: out of memory, now or earlier.
 */
static const char *text_of(struct rj_out *out, struct rj_record *r,
			   size_t *len)
{
	struct json_object *json = r->json;
	const char *text = NULL;

	out->failed = out->failed || r->failed ||
		      !make_room(out, r->bound + strlen("[]"));
	if (!out->failed) {
		*r = (struct rj_record){ 0 };
		text = hold(out, json, len);
		out->failed = !text;
	}
	rj_drop(r);
	if (!text)
		return NULL;
	*len -= 2;
	return text + 1;
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

static struct rj_record another(const struct rj_record *r)
{
	struct rj_record copy = *r;

	json_object_get(copy.json);
	return copy;
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
		.holder = json_object_new_array(),
	};
	out->failed = !out->holder;
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

	json_object_put(out->holder);
	out->holder = NULL;
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
		rj_members(out, another(&out->prefix));
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
	const char *text;
	size_t len;

	if (!top(out)->close) {
		rj_drop(&r);
		return;
	}
	text = text_of(out, &r, &len);
	if (!text || len <= strlen("{}"))
		return;
	separate(out);
	fwrite(text + 1, 1, len - 2, out->file);
}

void rj_element(struct rj_out *out, struct rj_record r)
{
	const char *text;
	size_t len;

	if (top(out)->each) {
		bool bare = !json_object_is_type(r.json, json_type_object);
		struct rj_record wrapped;

		if (bare) {
			wrapped = rj_object();
			rj_put(&wrapped, "text", r);
			r = wrapped;
		}
		rj_open(out, NULL);
		rj_members(out, r);
		rj_close(out);
		return;
	}
	text = text_of(out, &r, &len);
	if (!text)
		return;
	separate(out);
	fwrite(text, 1, len, out->file);
}
