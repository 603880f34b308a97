/* SPDX-License-Identifier: MIT */
#include "corpus/recipe.h"

static void name_it(const struct node *n, struct edit_spec *e,
		    enum edit_kind kind)
{
	e->kind = kind;
	read_string(n, &e->name);
}

static void read_set(const struct node *n, void *edit)
{
	name_it(n, edit, EDIT_SET);
}

static void read_fill(const struct node *n, void *edit)
{
	name_it(n, edit, EDIT_FILL);
}

static void read_copy(const struct node *n, void *edit)
{
	name_it(n, edit, EDIT_COPY);
}

static void read_truncate(const struct node *n, void *edit)
{
	struct edit_spec *e = edit;

	e->kind = EDIT_TRUNCATE;
	read_u64(n, &e->length);
}

static void read_to(const struct node *n, void *edit)
{
	struct edit_spec *e = edit;

	e->to = *n;
	e->to.up = &e->node;
}

static void read_length(const struct node *n, void *edit)
{
	struct edit_spec *e = edit;

	read_u64(n, &e->length);
	e->has_length = true;
}

static void read_edit(const struct node *n, struct edit_spec *e)
{
	static const struct key keys[] = {
		{ "set", read_set, 0 },
		{ "fill", read_fill, 0 },
		{ "copy", read_copy, 0 },
		{ "truncate", read_truncate, 0 },
		{ "to", read_to, 0 },
		{ "length", read_length, 0 },
		KEY(struct edit_spec, bytes, read_hex),
		KEY(struct edit_spec, byte, read_byte),
		KEY(struct edit_spec, seal, read_bool),
	};

	e->node = *n;
	e->seal = true;
	node_object(n, keys, sizeof(keys) / sizeof(*keys), e);
	if (!e->name && e->kind != EDIT_TRUNCATE)
		node_die(n, "needs one of set, fill, copy, truncate");
	if (e->kind == EDIT_SET && !e->to.value && !e->bytes.at)
		node_die(n, "set needs \"to\" or \"bytes\"");
	if (e->kind == EDIT_COPY && !e->to.value)
		node_die(n, "copy needs \"to\"");
}

void read_damage(const struct node *n, void *field)
{
	struct node *list = arena_calloc(n->arena, 1, sizeof(*list));
	struct recipe *r = field;

	*list = *n; /* the edits point up to it */
	r->damage_count = node_array_length(n);
	r->damage = arena_calloc(n->arena, r->damage_count, sizeof(*r->damage));
	for (size_t i = 0; i < r->damage_count; i++) {
		struct node c = node_element(list, i);

		read_edit(&c, &r->damage[i]);
	}
}
