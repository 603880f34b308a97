/* SPDX-License-Identifier: MIT */
/*
 * Headers and identifier. [MS-VHDX] 2.2.1, 2.2.2
 *
 * Where one copy is usable, the other is made from it by an update, which gives
 * it a number of its own. Where neither is, or one that is whole does not fit the
 * file, both are made from where the log was found.
 */
#include "write/fix.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "write/encode.h"
#include "write/header_update.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ what stands in it */

static const struct vhdxlog_header *current(const struct vl_fix *f)
{
	unsigned slot = vhdxlog_image(f->scan)->current_header;

	return slot ? vhdxlog_header(f->scan, slot) : NULL;
}

/* --------------------------------------------------------- one from another */

/* What options say otherwise than the header that is followed. */
static struct vl_header_change asked_for(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = current(f);
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

/* Whether the user follows another header than a reader would, or says of the log
 * what it does not. */
static bool is_contradicted(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = current(f);
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

	return h->version == 1 && h->sequence_number < UINT64_MAX - 4 &&
	       offset % VL_MIB == 0 && length % VL_MIB == 0;
}

static bool cite_options(struct vl_fix *f, const struct vl_header_change *c)
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

static int renew(struct vl_fix *f, struct vhdxlog_error *err)
{
	const struct vl_header_change change = asked_for(f);
	const struct vhdxlog_header *h = current(f);
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
	    !cite_options(f, &change))
		return vl_nomem(err);
	return 0;
}

static int mend_other(struct vl_fix *f, struct vhdxlog_error *err)
{
	unsigned slot = current(f)->slot;

	if (!vl_fix_message(&f->record,
			    "header %u was made anew from header %u", 3 - slot,
			    slot))
		return vl_nomem(err);
	return renew(f, err);
}

static int change_both(struct vl_fix *f, struct vhdxlog_error *err)
{
	if (!vl_fix_message(&f->record,
			    "both headers were made anew with what options "
			    "say of them"))
		return vl_nomem(err);
	return renew(f, err);
}

/* --------------------------------------------------------- what may be given up */

static bool says_none(const struct vl_fix *f)
{
	const struct vhdxlog_options *o = f->asked;

	return o && o->has_log_guid && vl_guid_is_zero(&o->log_guid);
}

static bool is_unapplied(const struct vl_fix *f)
{
	return vl_fix_fails(f->scan, VHDXLOG_OBJECT_LOG, "log-unapplied");
}

/* A log that waits is given up by name, not in passing; without a header any may. */
static bool drops_log(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = current(f);

	if (f->force || !says_none(f))
		return false;
	return is_unapplied(f) ||
	       (h ? !vl_guid_is_zero(&h->log_guid) :
		    vhdxlog_entry_tally(f->scan, VHDXLOG_VALID) +
				    vhdxlog_entry_tally(f->scan,
							VHDXLOG_STALE) >
			    0);
}

static int refuse_drop(struct vl_fix *f)
{
	const struct vhdxlog_header *h = current(f);

	if (h && !vl_guid_is_zero(&h->log_guid))
		return vl_fix_refuse(f, "header %u names a log that waits, "
					"which --log-guid of zeroes would give "
					"up; --force accepts that",
				     h->slot);
	return vl_fix_refuse(f, "entries of the log may wait, which --log-guid of "
				"zeroes would give up; --force accepts that");
}

/* By a header that may be the older of two nothing waits, by the disk something
 * does: only one that says which is to be believed. */
static bool is_doubtful(const struct vl_fix *f)
{
	return !f->force && !is_contradicted(f) && is_unapplied(f);
}

/* ------------------------------------------------------------- from neither */

static bool cite_header(struct vl_fix *f, const struct vhdxlog_header *h)
{
	char guid[VHDXLOG_GUID_TEXT];
	const char *why = "is damaged, but what it says of the log fits";

	if (!h)
		return vl_fix_evidence(&f->record,
				       "no header still has its DataWriteGuid, "
				       "so it is new: a differencing disk "
				       "whose parent this is no longer "
				       "matches");
	if (h->valid)
		why = "does not fit the file, but entries of the log have its "
		      "LogGuid";
	return vl_fix_evidence(&f->record,
			       "header %u %s; DataWriteGuid %s and "
			       "SequenceNumber %" PRIu64 " are from it",
			       h->slot, why,
			       vhdxlog_guid_format(&h->data_write_guid, guid),
			       h->sequence_number);
}

/* What is not as it was guessed is not cited. */
static bool cite_guesses(struct vl_fix *f, const struct vhdxlog_log *log)
{
	size_t guess = vl_fix_guess(f->scan, VHDXLOG_GUESS_LOG);
	const struct vhdxlog_guess *g = vhdxlog_guess_at(f->scan, guess);

	if (g && (g->offset != log->offset || g->length != log->length))
		guess = SIZE_MAX;
	return vl_fix_cite(f, guess) &&
	       vl_fix_cite(f, vl_fix_guess(f->scan, VHDXLOG_GUESS_LOG_GUID));
}

static bool cite_what_was_said(struct vl_fix *f)
{
	const struct vhdxlog_options *o = f->asked;
	struct vl_header_change c = { .file_write_guid = NULL };

	if (!o)
		return true;
	c.log_guid = o->has_log_guid ? &o->log_guid : NULL;
	c.log_offset = o->has_log_offset ? &o->log_offset : NULL;
	c.log_length = o->has_log_length ? &o->log_length : NULL;
	return cite_options(f, &c);
}

static bool cite_log(struct vl_fix *f, const struct vhdxlog_log *log)
{
	char size[VHDXLOG_SIZE_TEXT], guid[VHDXLOG_GUID_TEXT];
	bool waits = !vl_guid_is_zero(&log->guid);

	return vl_fix_evidence(&f->record,
			       "LogOffset 0x%" PRIx64 ", LogLength %s, LogGuid "
			       "%s%s",
			       log->offset,
			       vhdxlog_size_format(log->length, size),
			       waits ? vhdxlog_guid_format(&log->guid, guid) :
				       "zero",
			       waits ? "" : ": nothing waits to be applied") &&
	       cite_guesses(f, log) && cite_what_was_said(f) &&
	       (waits || vhdxlog_entry_count(f->scan) ||
		vl_fix_evidence(&f->record,
				"no entry of the log is left; what waited to be "
				"applied, if anything did, is lost"));
}

static int rebuild(struct vl_fix *f, struct vhdxlog_error *err)
{
	const struct vhdxlog_log *log = vhdxlog_log(f->scan);
	const struct vhdxlog_header *old = vl_fix_damaged(f->scan);
	struct vhdxlog_header h = {
		.sequence_number = old ? old->sequence_number : 0,
		.file_write_guid = f->guids->file_write,
		.data_write_guid = old ? old->data_write_guid :
					 f->guids->data_write,
		.log_guid = log->guid,
		.version = 1,
		.log_length = log->length,
		.log_offset = log->offset,
	};
	uint8_t b[VL_SIZE_header];
	int rc = 0;

	for (unsigned slot = 1; !rc && slot <= 2; slot++) {
		uint8_t *page = vl_pages_put(&f->pages, VL_HEADER_OFFSET(slot),
					     VHDXLOG_AREA_HEADERS, err);

		if (!page)
			return VHDXLOG_E_NOMEM;
		h.sequence_number++;
		vl_header_encode(&h, b);
		memcpy(page, b, sizeof(b));
	}
	f->has_headers = true;
	if (!vl_fix_message(&f->record,
			    "both headers were made anew from what was found "
			    "of the log") ||
	    !cite_log(f, log) || !cite_header(f, old))
		rc = vl_nomem(err);
	return rc;
}

/* Whether anything but the options says that this is an image. */
static bool is_image(const struct vl_fix *f)
{
	return vl_fix_has_identifier(f) || vhdxlog_entry_count(f->scan) ||
	       vl_fix_damaged(f->scan) ||
	       vhdxlog_region_table(f->scan, 1)->valid ||
	       vhdxlog_region_table(f->scan, 2)->valid ||
	       vhdxlog_image(f->scan)->metadata_known;
}

/* A place that the user names needs no guess. */
static bool is_place_doubted(struct vl_fix *f)
{
	return !(f->asked && f->asked->has_log_offset) &&
	       vl_fix_doubts(f, 1u << VHDXLOG_GUESS_LOG);
}

static int rebuild_if_known(struct vl_fix *f, struct vhdxlog_error *err)
{
	const struct vhdxlog_log *log = vhdxlog_log(f->scan);

	if (!f->force && !is_image(f))
		return vl_fix_refuse(f, "nothing that was found in the file says "
					"that it is an image; --force makes "
					"headers for it");
	if (drops_log(f))
		return refuse_drop(f);
	if (is_place_doubted(f))
		return 0;

	if (!log->known)
		return vl_fix_refuse(f, "where the log is cannot be told; give "
					"--log-offset and --log-length");
	if (log->offset < VL_MIB || log->offset % VL_MIB ||
	    log->length % VL_MIB)
		return vl_fix_refuse(f, "a log cannot be at 0x%" PRIx64
					" or be %" PRIu32 " bytes long: both "
					"are whole MiB",
				     log->offset, log->length);
	if (!log->has_guid)
		return vl_fix_refuse(f, "whether a log waits to be applied, "
					"and which, cannot be told; give "
					"--log-guid (of zeroes: nothing "
					"waits)");
	return rebuild(f, err);
}

/* ---------------------------------------------------------------- the whole */

static bool is_usable(const struct vl_fix *f)
{
	return current(f) &&
	       !vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, "header-log-misplaced");
}

static bool has_bad_copy(const struct vl_fix *f)
{
	return !vhdxlog_header(f->scan, 1)->valid ||
	       !vhdxlog_header(f->scan, 2)->valid ||
	       vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE, "header-foreign");
}

/* A rule that both headers break, and for which the image is refused: nothing in
 * them is left to mend it from. */
static int refuse_broken(struct vl_fix *f)
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
					     current(f)->slot,
					     v[i].check->sentence,
					     v[i].check->name);
	}
	return 0;
}

static int mend(struct vl_fix *f, bool *wrong, struct vhdxlog_error *err)
{
	*wrong = true;
	if (!is_usable(f))
		return rebuild_if_known(f, err);
	if (drops_log(f))
		return refuse_drop(f);
	if (has_bad_copy(f) && is_doubtful(f))
		return vl_fix_refuse(f, "by header %u nothing waits, but the "
					"newest entries of the log are not on "
					"the disk; say with --log-guid which "
					"session waits, or with --force that "
					"none does",
				     current(f)->slot);
	if (has_bad_copy(f))
		return mend_other(f, err);
	if (is_contradicted(f))
		return change_both(f, err);
	if (vl_fix_fails(f->scan, VHDXLOG_OBJECT_IMAGE,
		  "header-sequence-equal-conflict"))
		return vl_fix_refuse(f, "both headers are whole and say "
					"different things under one number; "
					"choose with --header");
	if (current(f)->sequence_number >= UINT64_MAX - 4)
		return vl_fix_refuse(f, "SequenceNumber of header %u is used up, "
					"so none can follow it",
				     current(f)->slot);
	*wrong = false;
	return refuse_broken(f);
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
