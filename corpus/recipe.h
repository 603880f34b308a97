/* SPDX-License-Identifier: MIT */
/*
 * What a recipe says, as read from its file: README.md has the grammar. Nothing
 * is worked out here; where a value was not given, `has` or the default says so.
 */
#ifndef CORPUS_RECIPE_H
#define CORPUS_RECIPE_H

#include "corpus/node.h"
#include "ondisk/layout.h"

/* "zero", "present", "partial@6M", "0x1234": a BAT entry. */
struct bat_value {
	bool automatic; /* present or partial, without a place so far */
	uint64_t raw;
};

/* One key of {"3": "present", ...}. */
struct bat_set {
	uint64_t block; /* or chunk, or index */
	struct bat_value value;
};

struct bat_sets {
	struct bat_set *v;
	size_t count;
};

/* A region, or the place of one. */
struct region_spec {
	struct vhdxlog_guid guid;
	uint64_t offset;
	uint32_t length;
	bool has_offset, has_length, required;
};

struct item_spec {
	struct vhdxlog_guid guid;
	bool user, is_virtual, required;
	struct bytes content;
	uint32_t repeat; /* as so many items, their GUIDs counted up */
};

struct pair_spec {
	const char *key;
	struct bytes value; /* UTF-16LE */
};

struct image_spec {
	struct bytes creator; /* UTF-16LE */
	uint64_t virtual_size;
	uint32_t block_size, logical_sector, physical_sector;
	bool fixed;
	bool has_parent;
	struct pair_spec *parent;
	size_t parent_count;
	uint64_t header_sequence[2];
	struct vhdxlog_guid file_write_guid, data_write_guid, disk_id;
	struct region_spec log, bat, metadata, *regions;
	size_t region_count;
	struct item_spec *items;
	size_t item_count;
	unsigned without; /* known items left out, by bit of enum vl_item */
	struct bat_sets blocks, bitmaps;
	uint64_t file_size; /* 0: as large as needed */
};

enum write_kind {
	WRITE_PAGE,
	WRITE_ZERO,
	WRITE_BAT,
};

/* What one entry writes; `repeat` times, each `step` bytes further. */
struct write_spec {
	enum write_kind kind;
	uint64_t offset, length;
	uint8_t fill;
	struct bytes content; /* at the front of the page */
	bool current;	      /* the page as it is in the file */
	struct bat_sets sets;
	uint32_t repeat;
	uint64_t step;
};

struct entry_spec {
	bool has_at, has_sequence, has_tail, has_guid;
	bool has_flushed, has_last;
	uint32_t at;	   /* sector */
	uint64_t sequence;
	bool tail_self;
	uint32_t tail;	   /* bytes */
	struct vhdxlog_guid guid;
	struct write_spec *writes;
	size_t write_count;
	uint32_t pad;	   /* sectors */
	uint64_t flushed, last;
	uint32_t repeat;
	bool applied; /* its pages are in their places too */
	bool nested;  /* lies inside another entry, which stays sound */
};

struct log_spec {
	bool has_guid;
	struct vhdxlog_guid guid; /* in both headers */
	struct entry_spec *entries;
	size_t entry_count;
};

enum edit_kind {
	EDIT_SET,
	EDIT_FILL,
	EDIT_COPY,
	EDIT_TRUNCATE,
};

/* One damage. What the name means depends on the image: kept as text. */
struct edit_spec {
	struct node node; /* of the edit, for messages */
	enum edit_kind kind;
	const char *name;
	struct node to; /* its value: meaning depends on the field */
	struct bytes bytes;
	uint8_t byte;
	bool has_length;
	uint64_t length; /* or the size to truncate to */
	bool seal;
};

struct recipe {
	struct arena arena;
	struct json_object *json; /* owned */
	struct node root;
	const char *about;
	struct image_spec image;
	struct log_spec log;
	struct edit_spec *damage;
	size_t damage_count;
};

/* Read a recipe; whatever is wrong with it ends the program with status 2. */
void recipe_read(const char *path, struct recipe *r);
void recipe_parse(const char *text, const char *name, struct recipe *r);
void recipe_release(struct recipe *r);

/* recipe_image.c, recipe_log.c, recipe_damage.c */
void image_defaults(struct image_spec *image);
void read_image(const struct node *n, void *image);
void read_log(const struct node *n, void *log);
void read_damage(const struct node *n, void *recipe);

/* recipe_bat.c */
void read_bat_sets(const struct node *n, void *bat_sets);
bool bat_value_parse(const char *text, struct bat_value *v);

#endif
