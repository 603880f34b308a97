/* SPDX-License-Identifier: MIT */
/*
 * A value of a recipe and the way to it, so that what is wrong is said with its
 * place: "x.json: log.entries[2].tail: ...". Whatever is wrong with a recipe ends
 * the program with status 2.
 */
#ifndef CORPUS_NODE_H
#define CORPUS_NODE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "corpus/arena.h"

struct node {
	const struct node *up; /* NULL for the root, whose key is the file */
	const char *key;       /* NULL for an element of an array */
	size_t index;
	struct json_object *value;
	struct arena *arena;
};

_Noreturn void node_die(const struct node *n, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A key of an object: the name, its reader, and the field it fills. */
struct key {
	const char *name;
	void (*read)(const struct node *n, void *field);
	size_t offset;
};

#define KEY(type, field, reader) { #field, reader, offsetof(type, field) }

/* Read an object's keys into a structure; a key not listed is an error. */
void node_object(const struct node *n, const struct key *keys, size_t count,
		 void *into);

/* Call read for each key of an object, in order; its name is node.key. */
void node_each(const struct node *n,
	       void (*read)(const struct node *n, void *ctx), void *ctx);

/* The number of keys or elements; the wrong type is an error. */
size_t node_object_length(const struct node *n);
size_t node_array_length(const struct node *n);
struct node node_element(const struct node *n, size_t i);

/* Readers for single values, in the form that struct key wants. */
void read_u64(const struct node *n, void *uint64);
void read_u32(const struct node *n, void *uint32);
void read_byte(const struct node *n, void *uint8);
void read_bool(const struct node *n, void *boolean);
void read_string(const struct node *n, void *string);
void read_guid(const struct node *n, void *guid);
void read_ignored(const struct node *n, void *nothing);

/* Bytes of the arena. */
struct bytes {
	uint8_t *at; /* NULL: not given */
	size_t len;
};

void read_hex(const struct node *n, void *bytes);  /* "de ad be ef" */
void read_text(const struct node *n, void *bytes); /* as UTF-8 */

/* UTF-8 to UTF-16LE. */
struct bytes utf16_of(const struct node *n, const char *text);

#endif
