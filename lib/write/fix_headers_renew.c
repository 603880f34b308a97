/* SPDX-License-Identifier: MIT */
/* One header from the other, or both with what options say of the log. */
#include "write/fix_headers.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"

#include <inttypes.h>

/* What options say otherwise than the header that is followed. */
static struct vl_header_change asked_for(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);
	const struct vhdxlog_options *o = f->asked;
	struct vl_header_change c = { .file_write_guid =
					      &f->guids->file_write };

	if (!o)
		return c;
	if (o->has_log_guid && !vl_guid_equal(&o->log_guid, &h->log_guid))
		c.log_guid = &o->log_guid;
	if (o->has_log_offset && o->log_offset != h->log_offset)
		c.log_offset = &o->log_offset;
	if (o->has_log_length && o->log_length != h->log_length)
		c.log_length = &o->log_length;
	return c;
}

/* Whether another reader would be told something else by it. */
static bool says_otherwise(const struct vhdxlog_header *a,
			   const struct vhdxlog_header *b)
{
	return a->log_offset != b->log_offset ||
	       a->log_length != b->log_length ||
	       !vl_guid_equal(&a->log_guid, &b->log_guid) ||
	       !vl_guid_equal(&a->data_write_guid, &b->data_write_guid);
}

bool vl_fix_is_contradicted(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);
	const struct vhdxlog_header *other =
		vhdxlog_header(f->scan, 3 - h->slot);
	const struct vl_header_change c = asked_for(f);

	return c.log_guid || c.log_offset || c.log_length ||
	       (f->asked && f->asked->header && other->valid &&
		(other->sequence_number >= h->sequence_number ||
		 says_otherwise(other, h)));
}

/* Whether its fields are such as a header may have. */
static bool makes_sense(const struct vhdxlog_header *h,
			const struct vl_header_change *c)
{
	uint64_t offset = c->log_offset ? *c->log_offset : h->log_offset;
	uint32_t length = c->log_length ? *c->log_length : h->log_length;

	return h->version == 1 && offset % VL_MIB == 0 && length % VL_MIB == 0;
}

bool vl_fix_cite_options(struct vl_fix *f, const struct vl_header_change *c)
{
	char guid[VHDXLOG_GUID_TEXT];

	return (!c->log_guid ||
		vl_fix_evidence(&f->record, "LogGuid is %s, as --log-guid says",
				vhdxlog_guid_format(c->log_guid, guid))) &&
	       (!c->log_offset ||
		vl_fix_evidence(&f->record,
				"LogOffset is 0x%" PRIx64
				", as --log-offset says",
				*c->log_offset)) &&
	       (!c->log_length ||
		vl_fix_evidence(&f->record,
				"LogLength is %" PRIu32
				", as --log-length says",
				*c->log_length));
}

/* No reader remembers numbers: each takes the higher one of two. */
static bool cite_numbers(struct vl_fix *f, const struct vhdxlog_header *h)
{
	return !vl_fix_is_used_up(h) ||
	       vl_fix_evidence(&f->record,
			       "no number may follow %" PRIu64 ", so both "
			       "headers count anew: %u in slot %u, and %u in "
			       "slot %u, which counts as it did",
			       h->sequence_number, 1u, 3 - h->slot, 2u,
			       h->slot);
}

static int renew(struct vl_fix *f, struct vhdxlog_error *err)
{
	const struct vl_header_change change = asked_for(f);
	const struct vhdxlog_header *h = vl_fix_current(f);
	int rc;

	if (!makes_sense(h, &change))
		return vl_fix_refuse(f, "header %u, which would be copied, "
					"would say what no header may",
				     h->slot);
	rc = vl_fix_renew(&f->pages, f->scan, &change, err);
	f->has_headers = true;
	if (rc)
		return rc;
	if (!vl_fix_evidence(&f->record,
			     "header %u is the one that is followed "
			     "(SequenceNumber %" PRIu64 ")%s",
			     h->slot, h->sequence_number,
			     f->asked && f->asked->header ?
				     ", as --header says" :
				     "") ||
	    !vl_fix_cite(f, vl_fix_guess(f->scan, VHDXLOG_GUESS_LOG)) ||
	    !cite_numbers(f, h) || !vl_fix_cite_options(f, &change) ||
	    !vl_fix_cite_drop(f))
		return vl_nomem(err);
	return 0;
}

int vl_fix_mend_other_header(struct vl_fix *f, struct vhdxlog_error *err)
{
	unsigned slot = vl_fix_current(f)->slot;

	if (!vl_fix_message(&f->record,
			    "header %u was made anew from header %u", 3 - slot,
			    slot))
		return vl_nomem(err);
	return renew(f, err);
}

int vl_fix_renumber_headers(struct vl_fix *f, struct vhdxlog_error *err)
{
	if (!vl_fix_message(&f->record,
			    "both headers were made anew, as the "
			    "SequenceNumber of header %u was used up",
			    vl_fix_current(f)->slot))
		return vl_nomem(err);
	return renew(f, err);
}

int vl_fix_change_headers(struct vl_fix *f, struct vhdxlog_error *err)
{
	if (!vl_fix_message(&f->record,
			    "both headers were made anew with what options "
			    "say of them"))
		return vl_nomem(err);
	return renew(f, err);
}
