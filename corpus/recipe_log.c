/* SPDX-License-Identifier: MIT */
#include "corpus/recipe.h"

#include <string.h>

#include "corpus/value.h"

static void read_page(const struct node *n, void *field)
{
	struct write_spec *w = field;

	w->kind = WRITE_PAGE;
	read_u64(n, &w->offset);
}

static void read_zero(const struct node *n, void *field)
{
	struct write_spec *w = field;

	w->kind = WRITE_ZERO;
	read_u64(n, &w->offset);
}

static void read_bat(const struct node *n, void *field)
{
	struct write_spec *w = field;

	w->kind = WRITE_BAT;
	read_bat_sets(n, &w->sets);
}

static void read_write(const struct node *n, struct write_spec *w)
{
	static const struct key keys[] = {
		{ "page", read_page, 0 },
		{ "zero", read_zero, 0 },
		{ "bat", read_bat, 0 },
		KEY(struct write_spec, length, read_u64),
		KEY(struct write_spec, fill, read_byte),
		{ "text", read_text, offsetof(struct write_spec, content) },
		{ "bytes", read_hex, offsetof(struct write_spec, content) },
		KEY(struct write_spec, current, read_bool),
		KEY(struct write_spec, repeat, read_u32),
		KEY(struct write_spec, step, read_u64),
	};

	*w = (struct write_spec){ .length = VL_SECTOR,
				  .repeat = 1,
				  .step = VL_SECTOR };
	node_object(n, keys, sizeof(keys) / sizeof(*keys), w);
	if (w->content.len > VL_SECTOR)
		node_die(n, "more than a page");
}

static void read_writes(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	e->write_count = node_array_length(n);
	e->writes = arena_calloc(n->arena, e->write_count, sizeof(*e->writes));
	for (size_t i = 0; i < e->write_count; i++) {
		struct node c = node_element(n, i);

		read_write(&c, &e->writes[i]);
	}
}

static void read_at(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	read_u32(n, &e->at);
	e->has_at = true;
}

static void read_sequence(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	read_u64(n, &e->sequence);
	e->has_sequence = true;
}

/* "self", "E5" or bytes. */
static void read_tail(const struct node *n, void *field)
{
	struct entry_spec *e = field;
	const char *text = json_object_get_string(n->value);
	uint64_t sector;

	e->has_tail = true;
	e->tail_self = strcmp(text, "self") == 0;
	if (e->tail_self)
		return;
	if (text[0] == 'E' && value_number(text + 1, &sector))
		e->tail = (uint32_t)(sector * VL_SECTOR);
	else
		read_u32(n, &e->tail);
}

static void read_entry_guid(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	read_guid(n, &e->guid);
	e->has_guid = true;
}

static void read_flushed(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	read_u64(n, &e->flushed);
	e->has_flushed = true;
}

static void read_last(const struct node *n, void *field)
{
	struct entry_spec *e = field;

	read_u64(n, &e->last);
	e->has_last = true;
}

static void read_entry(const struct node *n, struct entry_spec *e)
{
	static const struct key keys[] = {
		{ "at", read_at, 0 },
		{ "sequence", read_sequence, 0 },
		{ "tail", read_tail, 0 },
		{ "guid", read_entry_guid, 0 },
		{ "writes", read_writes, 0 },
		KEY(struct entry_spec, pad, read_u32),
		{ "flushed", read_flushed, 0 },
		{ "last", read_last, 0 },
		KEY(struct entry_spec, repeat, read_u32),
		KEY(struct entry_spec, applied, read_bool),
		KEY(struct entry_spec, nested, read_bool),
	};

	e->repeat = 1;
	node_object(n, keys, sizeof(keys) / sizeof(*keys), e);
}

static void read_entries(const struct node *n, void *field)
{
	struct log_spec *log = field;

	log->entry_count = node_array_length(n);
	log->entries = arena_calloc(n->arena, log->entry_count,
				    sizeof(*log->entries));
	for (size_t i = 0; i < log->entry_count; i++) {
		struct node c = node_element(n, i);

		read_entry(&c, &log->entries[i]);
	}
}

static void read_log_guid(const struct node *n, void *field)
{
	struct log_spec *log = field;

	read_guid(n, &log->guid);
	log->has_guid = true;
}

void read_log(const struct node *n, void *log)
{
	static const struct key keys[] = {
		{ "guid", read_log_guid, 0 },
		{ "entries", read_entries, 0 },
	};

	node_object(n, keys, sizeof(keys) / sizeof(*keys), log);
}
