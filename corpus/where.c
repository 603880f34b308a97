/* SPDX-License-Identifier: MIT */
#include "corpus/where.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "corpus/value.h"

struct parse {
	const struct image *image;
	const struct node *node; /* of the edit, for messages */
	const char *name, *p;
	struct where w;
};

static _Noreturn void die(const struct parse *s, const char *why)
{
	node_die(s->node, "\"%s\": %s", s->name, why);
}

static bool take(struct parse *s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	return true;
}

/* The word only where a digit follows: ".d1", but not ".descriptor_count". */
static bool take_numbered(struct parse *s, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(s->p, word, len) != 0 || s->p[len] < '0' || s->p[len] > '9')
		return false;
	s->p += len;
	return true;
}

static uint64_t take_number(struct parse *s)
{
	char *end;
	uint64_t number;

	if (*s->p < '0' || *s->p > '9')
		die(s, "a number is missing");
	number = strtoull(s->p, &end, 10);
	s->p = end;
	return number;
}

static uint64_t take_index(struct parse *s)
{
	uint64_t number = take_number(s);

	if (!take(s, "]"))
		die(s, "a ] is missing");
	return number;
}

static void is_structure(struct parse *s, uint64_t off,
			 enum vhdxlog_structure structure, uint64_t size)
{
	s->w.off[0] = off;
	s->w.copies = 1;
	s->w.size = size;
	s->w.has_structure = true;
	s->w.structure = structure;
}

static void second_copy(struct parse *s, uint64_t distance)
{
	s->w.copies = 2;
	s->w.off[1] = s->w.off[0] + distance;
}

static void parse_header(struct parse *s)
{
	unsigned slot = take(s, "2") ? 2 : 1;
	bool both = slot == 1 && !take(s, "1");

	is_structure(s, VL_HEADER_OFFSET(slot), VHDXLOG_STRUCT_HEADER,
		     VL_SLOT_SIZE);
	if (both && !take(s, "s"))
		die(s, "say header1, header2 or headers");
	if (both)
		second_copy(s, VL_SLOT_SIZE);
}

static void parse_regions(struct parse *s)
{
	unsigned number = take(s, "2") ? 2 : 1;
	bool both = number == 1 && !take(s, "1");
	uint64_t off = VL_TABLE_OFFSET(number);

	if (take(s, ".entry["))
		is_structure(s,
			     off + VL_SIZE_region_header +
				     take_index(s) * VL_SIZE_region_entry,
			     VHDXLOG_STRUCT_REGION_ENTRY, VL_SIZE_region_entry);
	else
		is_structure(s, off, VHDXLOG_STRUCT_REGION_HEADER,
			     VL_SLOT_SIZE);
	if (both)
		second_copy(s, VL_SLOT_SIZE);
}

static void parse_metadata(struct parse *s)
{
	uint64_t off = s->image->metadata_offset;

	if (take(s, ".entry["))
		is_structure(s,
			     off + VL_SIZE_metadata_header +
				     take_index(s) * VL_SIZE_metadata_entry,
			     VHDXLOG_STRUCT_METADATA_ENTRY,
			     VL_SIZE_metadata_entry);
	else
		is_structure(s, off, VHDXLOG_STRUCT_METADATA_HEADER,
			     s->image->metadata_length);
}

static const struct vl_item_plan *find_item(const struct parse *s,
					    enum vl_item which)
{
	for (size_t i = 0; i < s->image->item_count; i++) {
		const struct vl_item_plan *item = &s->image->items[i];
		struct vl_metadata_entry e = { .id = item->id,
					       .flags = item->flags };

		if (vl_item_of(&e) == which)
			return item;
	}
	die(s, "the image has no such metadata item");
}

/* A known item by its name, dashes for blanks. */
static bool take_item_name(struct parse *s, const char *name)
{
	const char *p = s->p;

	for (; *name; name++, p++) {
		if (*p != (*name == ' ' ? '-' : *name))
			return false;
	}
	s->p = p;
	return true;
}

static void parse_item(struct parse *s)
{
	const struct vl_item_plan *item;
	unsigned which = 0;

	while (which < VL_ITEM_KNOWN_COUNT &&
	       !take_item_name(s, vl_item_rules[which].name))
		which++;
	if (which == VL_ITEM_KNOWN_COUNT)
		die(s, "no such metadata item");
	item = find_item(s, (enum vl_item)which);
	is_structure(s, s->image->metadata_offset + item->offset,
		     VHDXLOG_STRUCT_FILE_PARAMETERS, item->length);
	s->w.has_structure = which == VL_ITEM_FILE_PARAMETERS;
}

/* A key or value, where the image has it now. */
static void parse_locator_string(struct parse *s, uint64_t locator, bool value)
{
	uint64_t i = take_index(s);
	uint8_t b[VL_SIZE_locator_entry];
	struct vl_locator_entry e;

	image_get(s->image, locator + VL_SIZE_locator_header + i * sizeof(b), b,
		  sizeof(b));
	vl_locator_entry_decode(b, &e);
	s->w.off[0] = locator + (value ? e.value_offset : e.key_offset);
	s->w.copies = 1;
	s->w.size = value ? e.value_length : e.key_length;
	s->w.is_string = true;
}

static void parse_locator(struct parse *s)
{
	const struct vl_item_plan *item = find_item(s, VL_ITEM_PARENT_LOCATOR);
	uint64_t off = s->image->metadata_offset + item->offset;

	if (take(s, ".key["))
		parse_locator_string(s, off, false);
	else if (take(s, ".value["))
		parse_locator_string(s, off, true);
	else if (take(s, ".entry["))
		is_structure(s,
			     off + VL_SIZE_locator_header +
				     take_index(s) * VL_SIZE_locator_entry,
			     VHDXLOG_STRUCT_LOCATOR_ENTRY,
			     VL_SIZE_locator_entry);
	else
		is_structure(s, off, VHDXLOG_STRUCT_LOCATOR_HEADER,
			     item->length);
}

/* In the file, of a byte so far behind the start of an entry. */
static uint64_t in_entry(const struct parse *s, const struct built_entry *e,
			 uint64_t behind)
{
	return s->image->log_offset +
	       (e->sector * VL_SECTOR + behind) % s->image->log_length;
}

static void parse_descriptor(struct parse *s, const struct built_entry *e)
{
	uint64_t i = take_number(s);
	bool zero;

	if (i >= e->descriptors)
		die(s, "the entry has not so many descriptors");
	zero = e->kinds[i] == VHDXLOG_DESCRIPTOR_ZERO;
	is_structure(
		s, in_entry(s, e, VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE),
		zero ? VHDXLOG_STRUCT_ZERO_DESCRIPTOR :
		       VHDXLOG_STRUCT_DATA_DESCRIPTOR,
		VL_DESCRIPTOR_SIZE);
}

static void parse_entry(struct parse *s)
{
	const struct built_entry *e = entry_at(s->image, take_number(s));
	uint64_t i;

	if (!e)
		die(s, "no entry was put there");
	if (take_numbered(s, ".d")) {
		parse_descriptor(s, e);
	} else if (take_numbered(s, ".s")) {
		i = take_number(s);
		if (i >= e->data_sectors)
			die(s, "the entry has not so many data sectors");
		i += vl_descriptor_sectors(e->descriptors);
		is_structure(s, in_entry(s, e, i * VL_SECTOR),
			     VHDXLOG_STRUCT_DATA_SECTOR, VL_SECTOR);
	} else {
		is_structure(s, in_entry(s, e, 0), VHDXLOG_STRUCT_ENTRY_HEADER,
			     e->length);
	}
}

static void parse_place(struct parse *s)
{
	if (take(s, "identifier")) {
		is_structure(s, 0, VHDXLOG_STRUCT_IDENTIFIER, VL_SLOT_SIZE);
	} else if (take(s, "header")) {
		parse_header(s);
	} else if (take(s, "regions")) {
		parse_regions(s);
	} else if (take(s, "metadata")) {
		parse_metadata(s);
	} else if (take(s, "item:")) {
		parse_item(s);
	} else if (take(s, "locator")) {
		parse_locator(s);
	} else if (take(s, "bat[")) {
		s->w.off[0] = s->image->bat_offset + 8 * take_index(s);
		s->w.copies = 1;
		s->w.size = 8;
		s->w.is_bat = true;
	} else if (take(s, "log[")) {
		s->w.off[0] = s->image->log_offset + take_index(s) * VL_SECTOR;
		s->w.copies = 1;
		s->w.size = VL_SECTOR;
	} else if (take(s, "file")) {
		s->w.copies = 1;
		s->w.size = s->image->file_size;
	} else if (take_numbered(s, "E")) {
		parse_entry(s);
	} else {
		die(s, "no such place");
	}
}

static void parse_field(struct parse *s)
{
	size_t count, len = strcspn(s->p, "+");
	const struct vhdxlog_field *f;

	if (!s->w.has_structure)
		die(s, "has no fields");
	f = vhdxlog_layout(s->w.structure, &count);
	for (size_t i = 0; i < count; i++) {
		if (strlen(f[i].name) != len ||
		    memcmp(f[i].name, s->p, len) != 0)
			continue;
		s->p += len;
		s->w.has_field = true;
		s->w.field = f[i];
		s->w.size = f[i].size;
		for (unsigned c = 0; c < s->w.copies; c++)
			s->w.off[c] += f[i].offset;
		return;
	}
	die(s, "no such field; `vhdxlog-corpus --fields` lists them");
}

struct where where_is(const struct image *image, const struct node *n,
		      const char *name)
{
	struct parse s = { image, n, name, name, { .copies = 0 } };
	uint64_t more = 0;

	parse_place(&s);
	if (take(&s, "."))
		parse_field(&s);
	if (take(&s, "+") && !value_number(s.p, &more))
		die(&s, "a number is missing");
	else if (*s.p && !more && *s.p != '0')
		die(&s, "cannot be understood");
	if (more) {
		s.w.has_field = false;
		s.w.is_bat = false;
		s.w.size = more < s.w.size ? s.w.size - more : 0;
	}
	for (unsigned c = 0; c < s.w.copies; c++)
		s.w.off[c] += more;
	return s.w;
}
