/* SPDX-License-Identifier: MIT */
/* A log that waits is given up by name, not in passing; without a header any may. */
#include "write/fix_headers.h"

#include "base/guid.h"

static bool says_none(const struct vl_fix *f)
{
	const struct vhdxlog_options *o = f->asked;

	return o && o->has_log_guid && vl_guid_is_zero(&o->log_guid);
}

bool vl_fix_is_unapplied(const struct vl_fix *f)
{
	return vl_fix_fails(f->scan, VHDXLOG_OBJECT_LOG, "log-unapplied");
}

bool vl_fix_drops_log(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);

	if (f->force || !says_none(f))
		return false;
	return vl_fix_is_unapplied(f) ||
	       (h ? !vl_guid_is_zero(&h->log_guid) :
		    vhdxlog_entry_tally(f->scan, VHDXLOG_VALID) +
				    vhdxlog_entry_tally(f->scan,
							VHDXLOG_STALE) >
			    0);
}

int vl_fix_refuse_drop(struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);

	if (h && !vl_guid_is_zero(&h->log_guid))
		return vl_fix_refuse(f, "header %u names a log that waits, "
					"which --log-guid of zeroes would give "
					"up; --force accepts that",
				     h->slot);
	return vl_fix_refuse(f, "entries of the log may wait, which --log-guid of "
				"zeroes would give up; --force accepts that");
}
