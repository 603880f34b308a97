/* SPDX-License-Identifier: MIT */
/*
 * A patch as a change, in two passes over its file. The first reads and checks
 * every line, and compares the file at hand with what the patch expects of it:
 *
 *	its length
 *	in every piece, the bytes of the side that the change begins at
 *	of what the change cuts off, that the rest is zero, as nothing but the
 *	patch could bring it back
 *
 * What lies between pieces and is not cut off is never looked at.
 *
 * The second pass gives the pieces out, and checks every line again. Should the
 * patch be written to in between, each piece given out is still one that ends
 * before the new size, behind the one before it, and has the digest that its
 * line says; and the pass ends in VHDXLOG_E_IO, never in "no more", unless all
 * its lines together have the SHA-256 that the first pass found. So what was
 * made of a change is good once the change has come to its end, and not before.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "write/patch_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct patch {
	struct vl_patch_lines lines;
	bool backwards;
	/* What the first pass found. */
	uint64_t size_before, size_after;
	char sha256[VHDXLOG_SHA256_TEXT];
};

static const struct vl_patch_side *from_side(const struct patch *p)
{
	return p->backwards ? &p->lines.piece.new : &p->lines.piece.old;
}

static const struct vl_patch_side *to_side(const struct patch *p)
{
	return p->backwards ? &p->lines.piece.old : &p->lines.piece.new;
}

/* Of the file that the change begins at, and of the one it ends with. */
static uint64_t from_size(const struct patch *p)
{
	return p->backwards ? p->lines.size_after : p->lines.size_before;
}

static uint64_t to_size(const struct patch *p)
{
	return p->backwards ? p->lines.size_before : p->lines.size_after;
}

/* --------------------------------------------------------------- first pass */

/* The file at hand, as far as it was compared. */
struct fit {
	struct patch *p;
	const struct vl_view *view;
	bool may_be_done; /* so far it is what the change would make of it */
	uint64_t end;	  /* of the piece before */
	struct vl_patch_fault fault; /* the first, why it does not fit */
};

static bool fits(const struct fit *f)
{
	return !f->fault.text[0];
}

static void compare_sizes(struct fit *f)
{
	uint64_t size = f->view->size;

	f->may_be_done = size == to_size(f->p);
	if (size != from_size(f->p))
		vl_patch_wrong(&f->fault, 0,
			       "this patch %s a file of %" PRIu64
			       " bytes, this one has %" PRIu64,
			       f->p->backwards ? "makes" : "was made of",
			       from_size(f->p), size);
}

static void tell_other_bytes(struct fit *f, const uint8_t *bytes)
{
	const struct vl_patch_lines *l = &f->p->lines;
	char sha256[VHDXLOG_SHA256_TEXT];

	vl_sha256(bytes, l->piece.length, sha256);
	vl_patch_wrong(&f->fault, l->number,
		       "at 0x%" PRIx64
		       " the file holds other bytes than the patch expects:"
		       " sha256 %s instead of %s",
		       l->piece.offset, sha256, from_side(f->p)->sha256);
}

/* Beyond the file's end there is nothing to compare: its length says it all. */
static int compare_piece(struct fit *f, struct vhdxlog_error *err)
{
	const struct vl_patch_piece *piece = &f->p->lines.piece;
	uint8_t bytes[VL_PATCH_PIECE];
	int rc;

	if ((!fits(f) && !f->may_be_done) || piece->offset >= f->view->size)
		return 0;
	rc = vl_view_read(f->view, piece->offset, bytes, piece->length, err);
	if (rc)
		return rc;
	if (memcmp(bytes, to_side(f->p)->bytes, piece->length) != 0)
		f->may_be_done = false;
	if (fits(f) &&
	    memcmp(bytes, from_side(f->p)->bytes, piece->length) != 0)
		tell_other_bytes(f, bytes);
	return 0;
}

/* Compare what lies before `next`, where a piece begins or the file ends. */
static int compare_rest(struct fit *f, uint64_t next, struct vhdxlog_error *err)
{
	uint64_t from = vl_max64(f->end, to_size(f->p));
	uint64_t budget = UINT64_MAX;
	bool zero = true;
	int rc = 0;

	if (fits(f) && from < next && next <= f->view->size)
		rc = vl_view_is_zero(f->view, from, next - from, &budget, &zero,
				     err);
	if (!rc && !zero)
		vl_patch_wrong(&f->fault, 0,
			       "from 0x%" PRIx64 " to 0x%" PRIx64
			       " the file holds bytes that would be cut off and"
			       " that the patch does not know",
			       from, next);
	f->end = next + f->p->lines.piece.length;
	return rc;
}

static int refuse_file(struct fit *f, struct vhdxlog_error *err)
{
	if (f->may_be_done)
		vl_patch_wrong(&f->fault, 0, "%s",
			       f->p->backwards ?
				       "the patch is taken back already, or was"
				       " never applied" :
				       "the patch is applied already");
	f->p->lines.fault = f->fault;
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "a patch of another file");
}

/* A patch that is damaged is refused as such, whatever the file holds. */
static int check(struct patch *p, const struct vl_view *view,
		 struct vhdxlog_error *err)
{
	struct vl_patch_lines *l = &p->lines;
	struct fit f = { .p = p, .view = view };
	int rc = vl_patch_lines_begin(l, err);

	if (rc)
		return rc;
	compare_sizes(&f);
	/* Ends: each turn reads a line of the patch. */
	while ((rc = vl_patch_lines_next(l, err)) == 0) {
		rc = compare_rest(&f, l->piece.offset, err);
		if (!rc)
			rc = compare_piece(&f, err);
		if (rc)
			return rc;
	}
	if (rc == 1)
		rc = compare_rest(&f, view->size, err);
	if (rc)
		return rc;
	p->size_before = l->size_before;
	p->size_after = l->size_after;
	memcpy(p->sha256, l->sha256, sizeof(p->sha256));
	return fits(&f) ? 0 : refuse_file(&f, err);
}

/* -------------------------------------------------------------- second pass */

static int changed(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_IO, 0, 0,
			"the patch was changed while it was being read");
}

static int patch_rewind(void *ctx, struct vhdxlog_error *err)
{
	struct patch *p = ctx;
	int rc = vl_patch_lines_begin(&p->lines, err);

	if (rc == VHDXLOG_E_MISUSE ||
	    (!rc && (p->lines.size_before != p->size_before ||
		     p->lines.size_after != p->size_after)))
		return changed(err);
	return rc;
}

static int patch_next(void *ctx, struct vl_piece *piece,
		      struct vhdxlog_error *err)
{
	struct patch *p = ctx;
	const struct vl_patch_side *side = to_side(p);
	int rc;

	/* Ends: each turn reads a line of the patch. */
	do {
		rc = vl_patch_lines_next(&p->lines, err);
	} while (rc == 0 && !side->there);
	if (rc == VHDXLOG_E_MISUSE ||
	    (rc == 1 && strcmp(p->lines.sha256, p->sha256) != 0))
		return changed(err);
	*piece = (struct vl_piece){
		.offset = p->lines.piece.offset,
		.length = p->lines.piece.length,
		.bytes = side->given ? side->bytes : NULL,
		/* What was there before comes from no entry. */
		.entry =
			p->backwards ? VHDXLOG_NO_SECTOR : p->lines.piece.entry,
	};
	return rc;
}

static void patch_close(void *ctx)
{
	struct patch *p = ctx;

	vl_patch_lines_release(&p->lines);
	free(p);
}

int vl_patch_open(int fd, bool backwards, const struct vl_view *old,
		  struct vl_change *change, struct vl_patch_tally *tally,
		  struct vl_patch_fault *fault, struct vhdxlog_error *err)
{
	static const struct vl_change_ops ops = { patch_rewind, patch_next,
						  patch_close };
	struct patch *p = vl_calloc(1, sizeof(*p));
	int rc;

	*change = (struct vl_change){ 0 };
	*fault = (struct vl_patch_fault){ 0 };
	*tally = (struct vl_patch_tally){ 0 };
	if (!p) {
		close(fd);
		return vl_nomem(err);
	}
	p->backwards = backwards;
	rc = vl_patch_lines_open(&p->lines, fd, err);
	if (!rc)
		rc = check(p, old, err);
	*fault = p->lines.fault;
	*tally = p->lines.tally;
	if (!rc)
		rc = patch_rewind(p, err);
	if (rc) {
		patch_close(p);
		return rc;
	}
	*change = (struct vl_change){ from_size(p), to_size(p), &ops, p };
	return 0;
}
