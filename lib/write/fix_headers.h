/* SPDX-License-Identifier: MIT */
/*
 * Parts of vl_fix_headers():
 *
 *	fix_headers.c		which of these it is, and what none of them mends
 *	fix_headers_renew.c	one header from the other, or both with options
 *	fix_headers_rebuild.c	both, from where the log was found
 *	fix_headers_drop.c	whether that would give a log up
 */
#ifndef VL_WRITE_FIX_HEADERS_H
#define VL_WRITE_FIX_HEADERS_H

#include "write/fix.h"
#include "write/header_update.h"

/* The header that is followed, or NULL. */
const struct vhdxlog_header *vl_fix_current(const struct vl_fix *f);

/* ----------------------------------------------------- fix_headers_renew.c */

/* Whether the user follows another header than a reader would, or says of the log
 * what it does not. */
bool vl_fix_is_contradicted(const struct vl_fix *f);

/* What options say of a header, as evidence; false: out of memory. */
bool vl_fix_cite_options(struct vl_fix *f, const struct vl_header_change *c);

/* The other header from the one that is followed; both, with numbers that begin
 * anew; or both, as options say. */
int vl_fix_mend_other_header(struct vl_fix *f, struct vhdxlog_error *err);
int vl_fix_renumber_headers(struct vl_fix *f, struct vhdxlog_error *err);
int vl_fix_change_headers(struct vl_fix *f, struct vhdxlog_error *err);

/* --------------------------------------------------- fix_headers_rebuild.c */

/* Both from neither, or refused where too little is known. */
int vl_fix_rebuild_headers(struct vl_fix *f, struct vhdxlog_error *err);

/* ------------------------------------------------------ fix_headers_drop.c */

/* Whether the newest entries of the log are not on the disk. */
bool vl_fix_is_unapplied(const struct vl_fix *f);

/* Whether a log that waits, or may, would be given up, and no force accepts that;
 * and say what of it. */
bool vl_fix_drops_log(const struct vl_fix *f);
int vl_fix_refuse_drop(struct vl_fix *f);

/* What is given up as force accepts it, as evidence; false: out of memory. */
bool vl_fix_cite_drop(struct vl_fix *f);

#endif
