/* SPDX-License-Identifier: MIT */
/*
 * The way of records to a stream, so that a report of any length needs no more
 * memory than one record.
 *
 * A report is written by one walk over its document, in up to three passes:
 *
 *	RJ_DOCUMENT  {"schema": .., members, arrays and all}
 *	RJ_SUMMARY   {"schema": .., "type": "image", "path": .., members},
 *		     the document without its arrays
 *	RJ_RECORDS   {"schema": .., "type": .., "path": .., members}, a line for
 *		     each element of those arrays
 *
 * The walk is the same in all of them, and what a pass does not want is dropped
 * here. Only brackets, commas, and the keys of what is opened here are written
 * by hand.
 */
#ifndef REPORTS_JSON_OUT_H
#define REPORTS_JSON_OUT_H

#include "reports/json_record.h"

#include <stdio.h>

enum rj_pass { RJ_DOCUMENT, RJ_SUMMARY, RJ_RECORDS };

#define RJ_MAX_DEPTH 8

/* Something that was opened and is to be closed. */
struct rj_frame {
	char close;    /* its bracket; 0 where this pass does not write it */
	bool each;     /* each of its elements is a line */
	bool has_some; /* a comma goes before what comes next */
};

struct rj_out {
	FILE *file;
	enum rj_pass pass;
	const char *schema, *path; /* borrowed */
	struct rj_record prefix; /* of the lines of the array that is open */
	struct rj_frame frames[RJ_MAX_DEPTH];
	int depth;
	bool failed; /* out of memory */
};

/* Open the document. Release it in any case. The type of RJ_SUMMARY's record is
 * "image", or, with the second, another. */
void rj_begin(struct rj_out *out, FILE *file, enum rj_pass pass,
	      const char *schema, const char *path);
void rj_begin_as(struct rj_out *out, FILE *file, enum rj_pass pass,
		 const char *schema, const char *path, const char *type);

/* Close the document; 0 or VHDXLOG_E_NOMEM. */
int rj_end(struct rj_out *out, struct vhdxlog_error *err);

/* For a report that cannot go on: what of it is a line by itself is made one, so
 * that those before and behind it can be read, and another says why. */
void rj_cut(struct rj_out *out, const char *why);

/* Keeps errno. */
void rj_release(struct rj_out *out);

/* Open an object: a member, or with NULL as the key an element. */
void rj_open(struct rj_out *out, const char *key);

/*
 * Open an array. false: this pass has no use for it, and it is not open. Its
 * elements, as records of their own, are of that type.
 */
bool rj_open_list(struct rj_out *out, const char *key, const char *type);

/* Elements of the open list, as records of their own, are of this type now. */
void rj_retype(struct rj_out *out, const char *type);

/* Close what was opened last. */
void rj_close(struct rj_out *out);

/* These take the record over. Add the members of r to the open object, or the
 * elements of a list to the open array. */
void rj_members(struct rj_out *out, struct rj_record r);

/* Add r to the open array. */
void rj_element(struct rj_out *out, struct rj_record r);

#endif
