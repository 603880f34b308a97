/* SPDX-License-Identifier: MIT */
#include "ondisk/layout.h"

/*
 * That the fields tile their structure: an enumerator without a value is one
 * more than the one before it, so each field's _at is where the last one ended.
 */
#define CHAIN(s, f, off, size, kind) \
	s##_##f##_at, s##_##f##_last = s##_##f##_at + (size) - 1,
#define TILE(s, f, off, size, kind) \
	_Static_assert((int)s##_##f##_at == (off), #s "." #f " leaves a gap");
#define ASSERT_TILES(s, e, fields, total)                                 \
	enum s##_chain { fields(CHAIN) s##_total };                       \
	_Static_assert((int)s##_total == (total), #s " ends elsewhere"); \
	fields(TILE)
VL_STRUCTURES(ASSERT_TILES)

#define FIELD(s, f, off, size, kind) { #f, off, size, VHDXLOG_FIELD_##kind },
#define TABLE(s, e, fields, total) \
	static const struct vhdxlog_field s##_table[] = { fields(FIELD) };
VL_STRUCTURES(TABLE)

struct layout {
	const char *name;
	const struct vhdxlog_field *fields;
	size_t count;
};

#define LAYOUT(s, e, fields, total)                          \
	[VHDXLOG_STRUCT_##e] = { #s, s##_table,              \
				 sizeof(s##_table) / sizeof(*s##_table) },
static const struct layout layouts[VHDXLOG_STRUCT_COUNT] = {
	VL_STRUCTURES(LAYOUT)
};

const struct vhdxlog_field *vhdxlog_layout(enum vhdxlog_structure structure,
					   size_t *count)
{
	*count = layouts[structure].count;
	return layouts[structure].fields;
}

const char *vhdxlog_structure_name(enum vhdxlog_structure structure)
{
	return layouts[structure].name;
}
