/* SPDX-License-Identifier: MIT */
#include "corpus/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "corpus/value.h"

#define MAX_DEPTH 16

/* "file: a.b[3]: " */
static void print_path(const struct node *n)
{
	const struct node *path[MAX_DEPTH];
	int depth = 0;

	do {
		path[depth++] = n;
		n = n->up;
	} while (n && depth < MAX_DEPTH);
	fprintf(stderr, "vhdxlog-corpus: %s: ", path[--depth]->key);
	for (bool first = true; depth-- > 0; first = false) {
		if (path[depth]->key)
			fprintf(stderr, "%s%s", first ? "" : ".",
				path[depth]->key);
		else
			fprintf(stderr, "[%zu]", path[depth]->index);
		if (depth == 0)
			fputs(": ", stderr);
	}
}

void node_die(const struct node *n, const char *format, ...)
{
	va_list ap;

	print_path(n);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static const struct key *find_key(const struct key *keys, size_t count,
				  const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static _Noreturn void die_unknown(const struct node *n, const struct key *keys,
				  size_t count)
{
	char known[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < count && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used,
					 "%s%s", i ? ", " : "", keys[i].name);
	node_die(n, "no such key; there are: %s", known);
}

static struct node child(const struct node *n, const char *key, size_t index,
			 struct json_object *value)
{
	return (struct node){ n, key, index, value, n->arena };
}

void node_object(const struct node *n, const struct key *keys, size_t count,
		 void *into)
{
	node_object_length(n);
	json_object_object_foreach(n->value, name, value)
	{
		struct node c = child(n, name, 0, value);
		const struct key *k = find_key(keys, count, name);

		if (!k)
			die_unknown(&c, keys, count);
		k->read(&c, (char *)into + k->offset);
	}
}

void node_each(const struct node *n,
	       void (*read)(const struct node *n, void *ctx), void *ctx)
{
	node_object_length(n);
	json_object_object_foreach(n->value, name, value)
	{
		struct node c = child(n, name, 0, value);

		read(&c, ctx);
	}
}

size_t node_object_length(const struct node *n)
{
	if (!json_object_is_type(n->value, json_type_object))
		node_die(n, "must be an object");
	return (size_t)json_object_object_length(n->value);
}

size_t node_array_length(const struct node *n)
{
	if (!json_object_is_type(n->value, json_type_array))
		node_die(n, "must be an array");
	return json_object_array_length(n->value);
}

struct node node_element(const struct node *n, size_t i)
{
	return child(n, NULL, i, json_object_array_get_idx(n->value, i));
}

static const char *string_of(const struct node *n)
{
	if (!json_object_is_type(n->value, json_type_string))
		node_die(n, "must be a string");
	return json_object_get_string(n->value);
}

void read_u64(const struct node *n, void *field)
{
	uint64_t *number = field;

	if (json_object_is_type(n->value, json_type_int)) {
		int64_t i = json_object_get_int64(n->value);

		if (i < 0 || i == INT64_MAX)
			node_die(n, "must be from 0 up; from 2^63 a string");
		*number = (uint64_t)i;
		return;
	}
	if (!value_number(string_of(n), number))
		node_die(n,
			 "\"%s\" is no number such as 12, \"0x1f\", \"3M\" "
			 "or \"1M+512\"",
			 string_of(n));
}

void read_u32(const struct node *n, void *field)
{
	uint64_t number;

	read_u64(n, &number);
	if (number > UINT32_MAX)
		node_die(n, "must fit in 32 bits");
	*(uint32_t *)field = (uint32_t)number;
}

void read_byte(const struct node *n, void *field)
{
	uint64_t number;

	read_u64(n, &number);
	if (number > UINT8_MAX)
		node_die(n, "must fit in 8 bits");
	*(uint8_t *)field = (uint8_t)number;
}

void read_bool(const struct node *n, void *field)
{
	if (!json_object_is_type(n->value, json_type_boolean))
		node_die(n, "must be true or false");
	*(bool *)field = json_object_get_boolean(n->value);
}

void read_string(const struct node *n, void *field)
{
	*(const char **)field = string_of(n);
}

void read_guid(const struct node *n, void *field)
{
	*(struct vhdxlog_guid *)field = value_guid(string_of(n));
}

void read_ignored(const struct node *n, void *nothing)
{
	(void)n;
	(void)nothing;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

void read_hex(const struct node *n, void *field)
{
	const char *p = string_of(n);
	struct bytes *b = field;

	b->at = arena_calloc(n->arena, strlen(p) + 1, 1);
	while (*p) {
		int high = hex_digit(p[0]);
		int low = high < 0 ? -1 : hex_digit(p[1]);

		if (low < 0)
			node_die(n, "must be bytes such as \"de ad be ef\"");
		b->at[b->len++] = (uint8_t)(high << 4 | low);
		p += 2;
		p += *p == ' ';
	}
}

void read_text(const struct node *n, void *field)
{
	const char *text = string_of(n);
	struct bytes *b = field;

	/* The string may hold NULs: its length is json-c's. */
	b->len = (size_t)json_object_get_string_len(n->value);
	b->at = arena_calloc(n->arena, b->len + 1, 1);
	memcpy(b->at, text, b->len);
}

/* The code point at *p, which moves behind it. json-c gives good UTF-8. */
static uint32_t next_point(const uint8_t **p)
{
	uint32_t c = *(*p)++;
	unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (more)
		c &= 0x3fu >> more;
	for (; more && (**p & 0xc0) == 0x80; more--)
		c = c << 6 | (*(*p)++ & 0x3f);
	return c;
}

struct bytes utf16_of(const struct node *n, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	struct bytes b = { arena_calloc(n->arena, strlen(text) + 1, 2), 0 };

	while (*p) {
		uint32_t c = next_point(&p);

		if (c >= 0x10000) {
			vl_put_le16(b.at + b.len,
				    (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
			b.len += 2;
			c = 0xdc00 + (c & 0x3ff);
		}
		vl_put_le16(b.at + b.len, (uint16_t)c);
		b.len += 2;
	}
	return b;
}
