/* SPDX-License-Identifier: MIT */
/*
 * Headers and identifier. [MS-VHDX] 2.2.1, 2.2.2
 *
 * Where one copy is usable, the other is made from it by an update, which gives
 * it a number of its own. Where neither is, or one that is whole does not fit the
 * file, both are made from where the log was found.
 */
#include "write/fix_headers.h"

#include "base/error.h"

#include <string.h>

const struct vhdxlog_header *vl_fix_current(const struct vl_fix *f)
{
	unsigned slot = vhdxlog_image(f->scan)->current_header;

	return slot ? vhdxlog_header(f->scan, slot) : NULL;
}

/* By a header that may be the older of two nothing waits, by the disk something
 * does: only one that says which is to be believed. */
static bool is_doubtful(const struct vl_fix *f)
{
	return !f->force && !vl_fix_is_contradicted(f) && vl_fix_is_unapplied(f);
}

static bool has_bad_copy(const struct vl_fix *f)
{
	return !vhdxlog_header(f->scan, 1)->valid ||
	       !vhdxlog_header(f->scan, 2)->valid ||
	       vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, "header-foreign");
}

/* A rule that both headers break, and for which the image is refused: nothing in
 * them is left to mend it from. */
static int refuse_broken(struct vl_fix *f, unsigned slot)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(f->scan, VHDXLOG_OBJECT_IMAGE, 0, v, NULL);

	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    v[i].check->class_ == VHDXLOG_CLASS_F &&
		    strncmp(v[i].check->name, "header-", 7) == 0)
			return vl_fix_refuse(f,
					     "header %u is whole, but %s (%s); "
					     "what it is to say can be given "
					     "with --log-offset, --log-length "
					     "and --log-guid",
					     slot, v[i].check->sentence,
					     v[i].check->name);
	}
	return 0;
}

static int mend(struct vl_fix *f, bool *wrong, struct vhdxlog_error *err)
{
	const struct vhdxlog_header *h = vl_fix_current(f);

	*wrong = true;
	if (!h ||
	    vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, "header-log-misplaced"))
		return vl_fix_rebuild_headers(f, err);
	if (vl_fix_drops_log(f))
		return vl_fix_refuse_drop(f);
	if (has_bad_copy(f) && is_doubtful(f))
		return vl_fix_refuse(f, "by header %u nothing waits, but the "
					"newest entries of the log are not on "
					"the disk; say with --log-guid which "
					"session waits, or with --force that "
					"none does",
				     h->slot);
	if (has_bad_copy(f))
		return vl_fix_mend_other_header(f, err);
	if (vl_fix_is_contradicted(f))
		return vl_fix_change_headers(f, err);
	if (vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE,
		  "header-sequence-equal-conflict"))
		return vl_fix_refuse(f, "both headers are whole and say "
					"different things under one number; "
					"choose with --header");
	if (vl_fix_is_used_up(h))
		return vl_fix_renumber_headers(f, err);
	*wrong = false;
	return refuse_broken(f, h->slot);
}

int vl_fix_headers(struct vl_fix *f, struct vhdxlog_error *err)
{
	bool wrong, gone = !vl_fix_has_identifier(f);
	int rc = mend(f, &wrong, err);

	if (rc || *f->refusal)
		return rc;
	if (!wrong && !gone)
		return vl_fix_pass(f, "both headers and the identifier are "
				      "usable");
	if (!gone)
		return 0;
	if (!wrong && !vl_fix_message(&f->record, "the identifier was made "
						  "anew"))
		return vl_nomem(err);
	return vl_fix_put_identifier(f, err);
}
