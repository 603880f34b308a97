/* SPDX-License-Identifier: MIT */
/* An image without what it holds for the guest, as the public interface has it. */
#include "scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "export_starts.h"
#include "overlay/compare.h"
#include "view/export.h"

#include <stdlib.h>

#define SENTENCES 8u

struct vhdxlog_export {
	struct vl_export export;
	bool redacted;
	uint64_t size;
	bool guessed;
};

/* --------------------------------------------------------------- sentences */

/* What holds of every file, before what holds of this one. */
static const char *const always[] = {
	"payload blocks, and what belongs to no structure, are holes; a page that "
	"the log writes there is in it where the log holds the same bytes",
	NULL,
};

static const char *const always_plain[] = {
	"the first MiB, and a log with a sound entry, are in it whole, whatever "
	"lies there",
	NULL,
};

static const char *const always_redacted[] = {
	"paths, the creator, values of unknown keys and items are letters and "
	"digits without meaning, GUIDs of this disk are others, the same ones for "
	"the same; what leaked between structures and behind descriptors, sectors "
	"of the log that belong to no entry, and sector bitmaps are blank, so "
	"findings about these are gone",
	"not hidden: sizes, which blocks are allocated and where they lie, "
	"sequence numbers and the order of writes, what wrote the file by its "
	"habits; who knows a GUID already can tell that it is this disk's",
	NULL,
};

static const char *const of_left[VL_LEFT_KINDS] = {
	[VL_LEFT_REGIONS] = "regions of unknown meaning are left out",
	[VL_LEFT_ITEMS] =
		"metadata items of unknown meaning are left out, but for what of "
		"them shares a page with others",
	[VL_LEFT_TOO_LONG] =
		"a table or item is longer than one can be, or lies outside its "
		"region; that is left out",
	[VL_LEFT_CONTESTED] =
		"a structure lies where a payload block does; of that only what "
		"can be nothing but the structure is in it",
	[VL_LEFT_TRAILING] =
		"in the BAT region lies something that is no BAT entry, where no "
		"entry is needed; it is left out",
	[VL_LEFT_BITMAPS] =
		"sector bitmaps are left out, or some of them: there are more than "
		"64, or the BAT that names them is damaged or redacted",
	[VL_LEFT_UNREADABLE] = "what could not be read is a hole",
	[VL_LEFT_STOOD_IN_FOR] =
		"outside of structures the log writes pages of which the disk holds "
		"something else; a text stands in their place",
	[VL_LEFT_BUDGET] =
		"the log zeroes more than was looked at; whether that is done "
		"already may read differently",
	[VL_LEFT_GUESSED] =
		"nothing that is sure tells blocks apart from the log, or no entry of "
		"it is sound; of sectors that belong to no entry the kind alone is in "
		"it, and a text, or a hole, stands in their place",
	[VL_LEFT_CHECKSUMS] =
		"entries lie within entries so often that not all of their "
		"checksums could be made right again",
	[VL_LEFT_RANDOM] =
		"no GUID of the disk is left to hide names with, so a random number "
		"was taken: redacted again, the same names become other letters",
	[VL_LEFT_NO_TABLE] =
		"where the BAT is to be lies something that is none, or in a part "
		"of it; a text stands in its place",
};

/* The index-th of a list that NULL ends, or NULL with *index less its length. */
static const char *pick(const char *const *list, size_t *index)
{
	size_t n = 0;

	for (; list[n]; n++) {
		if (n == *index)
			return list[n];
	}
	*index -= n;
	return NULL;
}

const char *vhdxlog_export_limitation(const struct vhdxlog_export *e,
				      size_t index)
{
	const char *text = pick(always, &index);

	if (!text)
		text = pick(e->redacted ? always_redacted : always_plain,
			    &index);
	if (text)
		return text;
	if (e->guessed && index-- == 0)
		return "headers or region tables are gone or contradict what is "
		       "there, and what they would say was inferred from all of "
		       "the file, or looked for; of what lies in blocks "
		       "only the words by which structures are told are in this "
		       "one, so of that less may be inferred, or something else";
	for (unsigned i = 0; i < VL_LEFT_KINDS; i++) {
		if (e->export.left[i] && of_left[i] && index-- == 0)
			return of_left[i];
	}
	return NULL;
}

/* -------------------------------------------------------------------- open */

/* NULL: nothing stands against it. */
static const char *objection(const struct vhdxlog_scan *s)
{
	if (s->options.raw_log)
		return "a log alone is no image";
	if (s->options.skip_log)
		return "the log was not looked at";
	return NULL;
}

static int begin(struct vhdxlog_export *e, struct vhdxlog_scan *s,
		 struct vhdxlog_error *err)
{
	const struct vl_view *disk = vl_scan_disk(s);
	bool waits = s->has_log && s->overlay.pile.n;
	struct vl_places starts = { 0 };
	const struct vl_export_of of = {
		.disk = disk,
		.log = s->has_log ? &s->log : NULL,
		.image = { &s->image, waits ? NULL : &s->image },
		.view = { &s->overlay.view, &s->overlay.view },
		.budget = s->has_log ? 4 * vl_compare_budget(&s->log) : 0,
		.with_bitmaps = !e->redacted && !s->shifts.n &&
				vl_image_refusal(&s->image) == VLC_none,
		.starts = &starts,
	};
	int rc = 0;

	e->size = disk->size;
	e->guessed = s->guesses.n || s->image.assumed.doubted;
	if (e->guessed)
		rc = vl_export_starts(&starts, disk, err);
	if (!rc)
		rc = vl_export_init(&e->export, &of, e->redacted, err);
	e->export.of.starts = NULL;
	vl_places_release(&starts);
	return rc;
}

int vhdxlog_export_open(struct vhdxlog_scan *scan,
			const struct vhdxlog_export_options *options,
			struct vhdxlog_export **export_,
			struct vhdxlog_error *err)
{
	const char *why = objection(scan);
	struct vhdxlog_export *e;
	int rc;

	*export_ = NULL;
	if (why)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, why);
	if (scan->outcome.state == VHDXLOG_NOT_VHDX)
		return vl_error(err, VHDXLOG_E_NOT_FOUND, 0, 0,
				"this is no VHDX image");
	e = vl_calloc(1, sizeof(*e));
	if (!e)
		return vl_nomem(err);
	e->redacted = options && options->redact;
	rc = begin(e, scan, err);
	if (rc) {
		vhdxlog_export_close(e);
		return rc;
	}
	*export_ = e;
	return 0;
}

uint64_t vhdxlog_export_size(const struct vhdxlog_export *export_)
{
	return export_->size;
}

int vhdxlog_export_next(struct vhdxlog_export *export_,
			struct vhdxlog_export_piece *piece,
			struct vhdxlog_error *err)
{
	return vl_export_next(&export_->export, piece, err);
}

void vhdxlog_export_close(struct vhdxlog_export *export_)
{
	if (!export_)
		return;
	vl_export_release(&export_->export);
	free(export_);
}
