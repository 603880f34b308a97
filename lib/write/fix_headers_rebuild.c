/* SPDX-License-Identifier: MIT */
/* Both headers from where the log was found, and from what is left of them. */
#include "write/fix_headers.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "write/encode.h"

#include <inttypes.h>
#include <string.h>

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
	vhdxlog_guid_format(&h->data_write_guid, guid);
	if (vl_fix_is_used_up(h))
		return vl_fix_evidence(&f->record,
				       "header %u %s; DataWriteGuid %s is from "
				       "it, and as no SequenceNumber may follow "
				       "its %" PRIu64 ", they count anew",
				       h->slot, why, guid, h->sequence_number);
	return vl_fix_evidence(&f->record,
			       "header %u %s; DataWriteGuid %s and "
			       "SequenceNumber %" PRIu64 " are from it",
			       h->slot, why, guid, h->sequence_number);
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
	return vl_fix_cite_options(f, &c);
}

static bool says_guid(const struct vl_fix *f)
{
	return f->asked && f->asked->has_log_guid;
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
			       waits || says_guid(f) ?
				       "" :
				       ": nothing waits to be applied") &&
	       cite_guesses(f, log) && cite_what_was_said(f) &&
	       vl_fix_cite_drop(f) &&
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
		.sequence_number = old && !vl_fix_is_used_up(old) ?
					   old->sequence_number :
					   0,
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

int vl_fix_rebuild_headers(struct vl_fix *f, struct vhdxlog_error *err)
{
	const struct vhdxlog_log *log = vhdxlog_log(f->scan);

	if (!f->force && !is_image(f))
		return vl_fix_refuse(f, "nothing that was found in the file says "
					"that it is an image; --force makes "
					"headers for it");
	if (vl_fix_drops_log(f))
		return vl_fix_refuse_drop(f);
	if (is_place_doubted(f) || vl_fix_doubts(f, 1u << VHDXLOG_GUESS_LOG_GUID))
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
