/* SPDX-License-Identifier: MIT */
#include "corpus/recipe.h"

#include <string.h>

#include "corpus/value.h"
#include "ondisk/bat.h"
#include "write/encode.h"

static bool state_of(const char *text, size_t len, unsigned *state)
{
	for (*state = 0; *state < 8; ++*state) {
		const char *name = vl_block_state_name(*state);

		if (strlen(name) == len && memcmp(name, text, len) == 0)
			return true;
	}
	return false;
}

static bool has_place(unsigned state)
{
	return state == VL_BLOCK_FULLY_PRESENT ||
	       state == VL_BLOCK_PARTIALLY_PRESENT;
}

bool bat_value_parse(const char *text, struct bat_value *v)
{
	size_t len = strcspn(text, "@");
	unsigned state;
	uint64_t place = 0;

	*v = (struct bat_value){ 0 };
	if (!state_of(text, len, &state))
		return value_number(text, &v->raw);
	if (text[len] == '@' && !value_number(text + len + 1, &place))
		return false;
	v->automatic = text[len] != '@' && has_place(state);
	v->raw = vl_bat_encode((enum vl_block_state)state, place);
	return true;
}

static void read_set(const struct node *n, void *ctx)
{
	struct bat_sets *sets = ctx;
	struct bat_set *s = &sets->v[sets->count++];
	const char *text;

	if (!value_number(n->key, &s->block))
		node_die(n, "the key must be a number");
	read_string(n, &text);
	if (!bat_value_parse(text, &s->value))
		node_die(n,
			 "\"%s\" is no BAT entry such as \"present\", "
			 "\"present@5M\", \"zero\" or \"0x500006\"",
			 text);
}

void read_bat_sets(const struct node *n, void *field)
{
	struct bat_sets *sets = field;

	sets->v = arena_calloc(n->arena, node_object_length(n),
			       sizeof(*sets->v));
	sets->count = 0;
	node_each(n, read_set, sets);
}
