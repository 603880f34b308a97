/* SPDX-License-Identifier: MIT */
/*
 * The members of a line of a patch: found, of their type, within their bounds.
 * What is false has said in l->fault what is wrong.
 */
#ifndef VL_WRITE_PATCH_MEMBERS_H
#define VL_WRITE_PATCH_MEMBERS_H

#include "write/patch_parts.h"

struct json_object;

enum vl_patch_type {
	VL_PATCH_WORD,	  /* for people; null or a string, not kept */
	VL_PATCH_DECIMAL, /* uint64_t, to INT64_MAX, in a string */
	VL_PATCH_COUNT,	  /* uint64_t; what is greater is INT64_MAX or more */
	VL_PATCH_ENTRY,	  /* uint32_t; null: VHDXLOG_NO_SECTOR */
	VL_PATCH_SHA256,  /* char[VHDXLOG_SHA256_TEXT], lower case; null: "" */
	VL_PATCH_SIDE,	  /* struct vl_patch_side, but its digest */
	VL_PATCH_HASHES,  /* the object of digests, not kept */
};

struct vl_patch_member {
	const char *key;
	enum vl_patch_type type;
	size_t field; /* where it goes in the structure that is read */
};

/* Read the n members of json into the structure at `to`. */
bool vl_patch_members(struct vl_patch_lines *l, struct json_object *json,
		      const struct vl_patch_member *members, size_t n,
		      void *to);

/* The value of a member, which is json's; NULL is JSON's null. */
bool vl_patch_member(struct vl_patch_lines *l, struct json_object *json,
		     const char *key, struct json_object **value);

/* Whether there are n members and no more. */
bool vl_patch_no_others(struct vl_patch_lines *l, struct json_object *json,
			size_t n);

/* Whether it is that string. Says nothing in l->fault. */
bool vl_patch_is_word(struct json_object *value, const char *word);

#define WRONG(l, ...) vl_patch_wrong(&(l)->fault, (l)->number, __VA_ARGS__)

#endif
