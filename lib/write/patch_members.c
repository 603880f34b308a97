/* SPDX-License-Identifier: MIT */
#include "write/patch_members.h"

#include "base/hex.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool vl_patch_wrong(struct vl_patch_fault *fault, uint64_t line,
		    const char *format, ...)
{
	int at = 0;
	va_list args;

	fault->line = line;
	if (line)
		at = snprintf(fault->text, sizeof(fault->text),
			      "line %" PRIu64 ": ", line);
	va_start(args, format);
	vsnprintf(fault->text + at, sizeof(fault->text) - (size_t)at, format,
		  args);
	va_end(args);
	return false;
}

static const char *string_of(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ?
		       json_object_get_string(value) :
		       NULL;
}

/* A word that is for people. */
static bool read_word(struct vl_patch_lines *l, const char *key,
		      struct json_object *value, void *field)
{
	(void)field;
	return !value || string_of(value) ||
	       WRONG(l, "\"%s\" is neither a string nor null", key);
}

static bool read_decimal(struct vl_patch_lines *l, const char *key,
			 struct json_object *value, void *field)
{
	const char *text = string_of(value);
	size_t digits = text ? strspn(text, "0123456789") : 0;
	uint64_t n = 0;

	if (!digits || text[digits] || (digits > 1 && *text == '0') ||
	    (int)digits != json_object_get_string_len(value))
		return WRONG(l, "\"%s\" is no decimal number in a string", key);
	/* Nineteen digits always fit in 64 bits. */
	for (size_t i = 0; i < digits && i < 19; i++)
		n = 10 * n + (uint64_t)(text[i] - '0');
	if (n > INT64_MAX || digits > 19)
		return WRONG(l, "\"%s\" is more than %" PRId64, key, INT64_MAX);
	*(uint64_t *)field = n;
	return true;
}

static bool read_count(struct vl_patch_lines *l, const char *key,
		       struct json_object *value, void *field)
{
	if (!json_object_is_type(value, json_type_int) ||
	    json_object_get_int64(value) < 0)
		return WRONG(l, "\"%s\" is no number that counts", key);
	/* What does not fit is the greatest that does. */
	*(uint64_t *)field = (uint64_t)json_object_get_int64(value);
	return true;
}

/* "E5", or null. */
static bool read_entry(struct vl_patch_lines *l, const char *key,
		       struct json_object *value, void *field)
{
	const char *text = string_of(value);
	size_t digits =
		text && *text == 'E' ? strspn(text + 1, "0123456789") : 0;
	uint64_t n = VHDXLOG_NO_SECTOR;

	if (!value) {
		*(uint32_t *)field = VHDXLOG_NO_SECTOR;
		return true;
	}
	if (digits > 0 && digits <= 10 &&
	    json_object_get_string_len(value) == (int)digits + 1)
		n = strtoull(text + 1, NULL, 10);
	if (n >= VHDXLOG_NO_SECTOR)
		return WRONG(l, "\"%s\" names no entry of a log", key);
	*(uint32_t *)field = (uint32_t)n;
	return true;
}

/* "" for null. */
static bool read_sha256(struct vl_patch_lines *l, const char *key,
			struct json_object *value, void *field)
{
	const char *text = string_of(value);
	char *to = field;

	*to = '\0';
	if (!value)
		return true;
	if (!text || json_object_get_string_len(value) != 64)
		return WRONG(l, "\"%s\" is no SHA-256", key);
	for (; *text; text += 2, to += 2) {
		int byte = vl_hex_byte(text);

		if (byte < 0)
			return WRONG(l, "\"%s\" is no SHA-256", key);
		vl_hex_put((uint8_t)byte, to);
	}
	*to = '\0';
	return true;
}

static bool read_side(struct vl_patch_lines *l, const char *key,
		      struct json_object *value, void *field)
{
	struct vl_patch_side *side = field;
	const char *text = string_of(value);
	size_t digits = text ? (size_t)json_object_get_string_len(value) : 0;

	side->there = value != NULL;
	side->given = 0;
	memset(side->bytes, 0, sizeof(side->bytes));
	if (value && !text)
		return WRONG(l, "\"%s\" is neither a string nor null", key);
	if (digits % 2 || digits / 2 > sizeof(side->bytes))
		return WRONG(l,
			     "\"%s\" has %zu digits, not pairs of at most %u",
			     key, digits, VL_PATCH_PIECE);
	for (; side->given < digits / 2; side->given++) {
		int byte = vl_hex_byte(text + 2 * side->given);

		if (byte < 0)
			return WRONG(l, "\"%s\" is not in hex", key);
		side->bytes[side->given] = (uint8_t)byte;
	}
	return true;
}

/* Digests of structures, which are for people. */
static bool read_hashes(struct vl_patch_lines *l, const char *key,
			struct json_object *value, void *field)
{
	static const struct vl_patch_member members[] = {
		{ "headers", VL_PATCH_SHA256, 0 },
		{ "region_tables", VL_PATCH_SHA256, 0 },
		{ "log", VL_PATCH_SHA256, 0 },
		{ "metadata", VL_PATCH_SHA256, 0 },
		{ "bat", VL_PATCH_SHA256, 0 },
	};
	char unused[VHDXLOG_SHA256_TEXT];

	(void)field;
	if (!json_object_is_type(value, json_type_object))
		return WRONG(l, "\"%s\" is no object", key);
	return vl_patch_members(l, value, members,
				sizeof(members) / sizeof(*members), unused);
}

bool vl_patch_member(struct vl_patch_lines *l, struct json_object *json,
		     const char *key, struct json_object **value)
{
	return json_object_object_get_ex(json, key, value) ||
	       WRONG(l, "\"%s\" is missing", key);
}

bool vl_patch_members(struct vl_patch_lines *l, struct json_object *json,
		      const struct vl_patch_member *members, size_t n, void *to)
{
	/* Reads a value, NULL where it is JSON's null. */
	static bool (*const read[])(struct vl_patch_lines * l, const char *key,
				    struct json_object *value, void *field) = {
		[VL_PATCH_WORD] = read_word,
		[VL_PATCH_DECIMAL] = read_decimal,
		[VL_PATCH_COUNT] = read_count,
		[VL_PATCH_ENTRY] = read_entry,
		[VL_PATCH_SHA256] = read_sha256,
		[VL_PATCH_SIDE] = read_side,
		[VL_PATCH_HASHES] = read_hashes,
	};
	struct json_object *value;

	for (size_t i = 0; i < n; i++) {
		const struct vl_patch_member *m = &members[i];

		if (!vl_patch_member(l, json, m->key, &value) ||
		    !read[m->type](l, m->key, value, (char *)to + m->field))
			return false;
	}
	return true;
}

bool vl_patch_no_others(struct vl_patch_lines *l, struct json_object *json,
			size_t n)
{
	return (size_t)json_object_object_length(json) == n ||
	       WRONG(l, "a member that is not known");
}

bool vl_patch_is_word(struct json_object *value, const char *word)
{
	const char *text = string_of(value);

	return text && strcmp(text, word) == 0 &&
	       (size_t)json_object_get_string_len(value) == strlen(word);
}
