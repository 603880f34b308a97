/* SPDX-License-Identifier: MIT */
/*
 * Damage: one edit after the other, each followed by putting the checksums
 * right of what it lies in, so that only what the edit says is wrong.
 */
#include "corpus/where.h"

#include <string.h>

#include "base/bytes.h"
#include "corpus/value.h"

#define MAX_NUMBER 8

/* A header or region table, whole. */
static void seal_structure(const struct image *image, uint64_t off, size_t len)
{
	uint8_t *b = arena_calloc(&image->recipe->arena, len, 1);

	image_get(image, off, b, len);
	vl_seal(b, len);
	image_put(image, off + VL_OFF_header_checksum,
		  b + VL_OFF_header_checksum, 4);
}

static void seal_around(const struct image *image, uint64_t off)
{
	for (unsigned i = 1; i <= 2; i++) {
		if (off - VL_HEADER_OFFSET(i) < VL_SIZE_header)
			seal_structure(image, VL_HEADER_OFFSET(i),
				       VL_SIZE_header);
		if (off - VL_TABLE_OFFSET(i) < VL_SLOT_SIZE)
			seal_structure(image, VL_TABLE_OFFSET(i), VL_SLOT_SIZE);
	}
	if (off - image->log_offset < image->log_length)
		seal_entries(image, (uint32_t)(off - image->log_offset));
}

/* A checksum that is set on purpose stays as it is. */
static bool may_seal(const struct edit_spec *e, const struct where *w)
{
	return e->seal &&
	       !(w->has_field && strcmp(w->field.name, "checksum") == 0);
}

/* Sealed where it begins and where it ends: an edit is within one structure. */
static void edit(const struct image *image, const struct edit_spec *e,
		 const struct where *w, struct bytes b)
{
	for (unsigned i = 0; i < w->copies; i++) {
		if (!b.len)
			continue;
		image_put(image, w->off[i], b.at, b.len);
		if (may_seal(e, w)) {
			seal_around(image, w->off[i]);
			seal_around(image, w->off[i] + b.len - 1);
		}
	}
}

static struct bytes number_bytes(const struct node *n, uint64_t number,
				 uint64_t size)
{
	struct bytes b = { arena_calloc(n->arena, 1, MAX_NUMBER), size };

	if (size > MAX_NUMBER || (size < MAX_NUMBER && number >> (8 * size)))
		node_die(n, "does not fit in %u bytes", (unsigned)size);
	vl_put_le64(b.at, number);
	return b;
}

static struct bytes bat_bytes(const struct node *n)
{
	struct bat_value v;
	const char *text;

	read_string(n, &text);
	if (!bat_value_parse(text, &v))
		node_die(n, "\"%s\" is no BAT entry", text);
	return number_bytes(n, v.raw, 8);
}

static struct bytes guid_bytes(const struct node *n)
{
	struct bytes b = { arena_calloc(n->arena, 1, 16), 16 };

	read_guid(n, b.at);
	return b;
}

static struct bytes string_bytes(const struct node *n, bool utf16)
{
	struct bytes b = { NULL, 0 };
	const char *text;

	read_string(n, &text);
	if (utf16)
		return utf16_of(n, text);
	read_text(n, &b);
	return b;
}

static bool is_text(const struct where *w)
{
	return w->has_field && w->field.kind == VHDXLOG_FIELD_BYTES;
}

/* What "to" means depends on what is set. */
static struct bytes value_bytes(const struct edit_spec *e,
				const struct where *w)
{
	const struct node *n = &e->to;
	uint64_t number;

	if (e->bytes.at)
		return e->bytes;
	if (w->is_bat)
		return bat_bytes(n);
	if (w->has_field && w->field.kind == VHDXLOG_FIELD_GUID)
		return guid_bytes(n);
	if (is_text(w) || w->is_string)
		return string_bytes(n, w->is_string || strcmp(w->field.name,
							      "creator") == 0);
	read_u64(n, &number);
	return number_bytes(n, number,
			    w->size > MAX_NUMBER ? MAX_NUMBER : w->size);
}

static void do_set(const struct image *image, const struct edit_spec *e)
{
	struct where w = where_is(image, &e->node, e->name);
	struct bytes b = value_bytes(e, &w);

	if (w.has_field && b.len > w.size)
		node_die(&e->node, "\"%s\" has only %u bytes", e->name,
			 (unsigned)w.size);
	edit(image, e, &w, b);
}

static void do_fill(const struct image *image, const struct edit_spec *e)
{
	struct where w = where_is(image, &e->node, e->name);
	struct bytes b = { NULL, e->has_length ? e->length : w.size };

	b.at = arena_calloc(&image->recipe->arena, b.len, 1);
	memset(b.at, e->byte, b.len);
	edit(image, e, &w, b);
}

static void do_copy(const struct image *image, const struct edit_spec *e)
{
	struct where from = where_is(image, &e->node, e->name), to;
	struct bytes b = { NULL, e->has_length ? e->length : from.size };
	const char *name;

	read_string(&e->to, &name);
	to = where_is(image, &e->node, name);
	b.at = arena_calloc(&image->recipe->arena, b.len, 1);
	image_get(image, from.off[0], b.at, b.len);
	edit(image, e, &to, b);
}

void do_damage(struct image *image)
{
	const struct recipe *r = image->recipe;

	for (size_t i = 0; i < r->damage_count; i++) {
		const struct edit_spec *e = &r->damage[i];

		switch (e->kind) {
		case EDIT_SET: do_set(image, e); break;
		case EDIT_FILL: do_fill(image, e); break;
		case EDIT_COPY: do_copy(image, e); break;
		case EDIT_TRUNCATE: image_resize(image, e->length); break;
		}
	}
}
