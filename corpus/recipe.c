/* SPDX-License-Identifier: MIT */
#include "corpus/recipe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct key keys[] = {
	KEY(struct recipe, about, read_string),
	KEY(struct recipe, image, read_image),
	KEY(struct recipe, log, read_log),
	{ "damage", read_damage, 0 },
	{ "scan_options", read_ignored, 0 }, /* for tests/recipes.py */
	{ "replay", read_ignored, 0 },	     /* likewise */
	{ "expect", read_ignored, 0 },
};

static _Noreturn void die_syntax(const char *text, const char *name,
				 enum json_tokener_error error, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at && text[i]; i++)
		line += text[i] == '\n';
	fprintf(stderr, "vhdxlog-corpus: %s:%u: %s\n", name, line,
		json_tokener_error_desc(error));
	exit(2);
}

static struct json_object *parse(const char *text, const char *name)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *json;

	if (!t) {
		fputs("vhdxlog-corpus: out of memory\n", stderr);
		exit(3);
	}
	json_tokener_set_flags(t, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(t, text, (int)strlen(text) + 1);
	if (!json)
		die_syntax(text, name, json_tokener_get_error(t),
			   json_tokener_get_parse_end(t));
	json_tokener_free(t);
	return json;
}

void recipe_parse(const char *text, const char *name, struct recipe *r)
{
	*r = (struct recipe){ .json = parse(text, name) };
	r->root = (struct node){ NULL, name, 0, r->json, &r->arena };
	image_defaults(&r->image);
	node_object(&r->root, keys, sizeof(keys) / sizeof(*keys), r);
	if (!r->about)
		node_die(&r->root, "there must be an \"about\"");
}

void recipe_read(const char *path, struct recipe *r)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t capacity = 0;

	/* No byte of text is NUL: this reads all of it. */
	if (!f || getdelim(&text, &capacity, '\0', f) < 0) {
		fprintf(stderr, "vhdxlog-corpus: %s: %s\n", path,
			errno ? strerror(errno) : "is empty");
		exit(2);
	}
	fclose(f);
	recipe_parse(text, path, r);
	free(text);
}

void recipe_release(struct recipe *r)
{
	json_object_put(r->json);
	arena_release(&r->arena);
}
