/* SPDX-License-Identifier: MIT */
#include "guess/log_doubt.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "guess/log_find.h"
#include "guess/log_layout.h"
#include "guess/log_signs.h"
#include "guess/log_survey.h"
#include "guess/waits.h"

#include <inttypes.h>
#include <string.h>

/* Pages of a sequence that are compared to tell two headers apart. */
#define MOST_PAGES 1024u

struct doubt {
	struct vl_guesses *g;
	struct vl_image *image;
	struct vl_log *log;
	const struct vl_view *disk;
	const struct vhdxlog_options *options;
	const struct vhdxlog_header *current;
	struct vl_log_signs signs;
	bool overlaps; /* a region; known when it was examined once */
};

/* Whether to look for the log elsewhere. */
static bool is_suspect(const struct doubt *d)
{
	return d->signs.any || d->overlaps;
}

/* ------------------------------------------------------------ the other header */

static bool shares_guid(const struct vhdxlog_header *a,
			const struct vhdxlog_header *b)
{
	return vl_guid_equal(&a->file_write_guid, &b->file_write_guid) ||
	       vl_guid_equal(&a->data_write_guid, &b->data_write_guid) ||
	       (!vl_guid_is_zero(&a->log_guid) &&
		vl_guid_equal(&a->log_guid, &b->log_guid));
}

/* Two updates of one file are one apart, and change one GUID at a time. */
static bool are_of_two_files(const struct vhdxlog_header *a,
			     const struct vhdxlog_header *b)
{
	uint64_t gap = a->sequence_number > b->sequence_number ?
			       a->sequence_number - b->sequence_number :
			       b->sequence_number - a->sequence_number;

	return a->valid && b->valid && gap > 1 && !shares_guid(a, b);
}

/* Whether the last whole sequence of a LogGuid waits. */
static int does_wait(struct doubt *d, const struct vhdxlog_guid *guid,
		     bool *waits, struct vhdxlog_error *err)
{
	uint32_t head = VL_NONE;
	struct vl_waits w;
	int rc;

	*waits = false;
	for (uint32_t i = 0; i < d->log->n_entries; i++) {
		const struct vl_entry *e = &d->log->entries[i];

		if (vl_is_sound(e) && vl_heads_valid(e) &&
		    vl_guid_equal(&e->guid, guid) &&
		    (head == VL_NONE ||
		     e->sequence_number >
			     d->log->entries[head].sequence_number))
			head = i;
	}
	if (head == VL_NONE)
		return 0;
	rc = vl_waits_find(&w, d->log, d->disk, d->log->entries[head].first,
			   head, MOST_PAGES, err);
	*waits = !rc && vl_waits_changes(&w) && !w.newer;
	return rc;
}

/* Both say that the log lies in the same place: its entries tell them apart. */
static int compare_guids(struct doubt *d, const struct vhdxlog_header *other,
			 const char **why, struct vhdxlog_error *err)
{
	const struct vhdxlog_guid *guid = &d->current->log_guid;
	bool is_clean = vl_guid_is_zero(guid), waits = false;
	int rc = 0;

	if (vl_log_count_guid(d->log, guid))
		return 0;
	if (!vl_log_count_guid(d->log, &other->log_guid)) {
		if (!is_clean && vl_guid_is_zero(&other->log_guid))
			*why = "the larger number's LogGuid is in no entry, "
			       "and by this one the log is empty";
		return 0;
	}
	if (!is_clean) {
		*why = "entries have its LogGuid, and none has that of the "
		       "larger number";
		return 0;
	}
	rc = does_wait(d, &other->log_guid, &waits, err);
	if (waits)
		*why = "entries have its LogGuid, and what they write is not "
		       "on the disk";
	return rc;
}

/* Whether what a header calls the log lies on a region. */
static bool hits_region(const struct vl_laid_out *l,
			const struct vhdxlog_header *h)
{
	return vl_layout_has_region(l, h->log_offset, h->log_length);
}

static int compare_with_layout(struct doubt *d,
			       const struct vhdxlog_header *other,
			       const char **why, struct vhdxlog_error *err)
{
	struct vl_laid_out l;
	int rc = vl_layout_find(&l, d->image, d->disk, err);

	if (!rc && hits_region(&l, d->current) && !hits_region(&l, other))
		*why = "where the larger number places the log there is a "
		       "region";
	vl_layout_release(&l);
	return rc;
}

/* They say that it begins at the same place: what lies at the shorter one's end
 * tells how far it goes. */
static const char *compare_ends(const struct doubt *d,
				const struct vhdxlog_header *other)
{
	uint32_t foreign = d->signs.foreign;

	if (other->log_length > d->current->log_length)
		return d->signs.goes_on ?
			       "by the larger number the log would end where "
			       "its records go on" :
			       NULL;
	return foreign != VL_NONE &&
			       foreign >= other->log_length / VL_SECTOR ?
		       "by the larger number the log would reach over "
		       "another structure" :
		       NULL;
}

/* They place it differently: the one that names a log is right. */
static int compare_places(struct doubt *d, const struct vhdxlog_header *other,
			  const char **why, struct vhdxlog_error *err)
{
	struct vl_survey s;
	int rc;

	if (other->log_offset % VL_MIB || other->log_length % VL_MIB ||
	    !other->log_length || other->log_offset >= d->disk->size)
		return 0;
	if (other->log_offset == d->current->log_offset) {
		*why = compare_ends(d, other);
		rc = *why ? 0 : compare_guids(d, other, why, err);
		if (rc || *why)
			return rc;
	}
	rc = compare_with_layout(d, other, why, err);
	if (rc || *why || !is_suspect(d) || vl_log_count_sound(d->log))
		return rc;
	rc = vl_survey_make(&s, d->disk, other->log_offset, other->log_length,
			    0, err);
	if (!rc && s.right && s.begun && s.offset == other->log_offset)
		*why = "there are entries where it places the log, and none "
		       "where the larger number does";
	return rc;
}

static int add_header_guesses(struct doubt *d, const char *why,
			      struct vhdxlog_error *err)
{
	const struct vhdxlog_header *h = vl_header_current(d->image);

	for (unsigned k = 0; k < 2; k++) {
		struct vl_guess *c = vl_guess_add(
			d->g, k ? VHDXLOG_GUESS_LOG_GUID : VHDXLOG_GUESS_LOG,
			err);

		if (!c)
			return VHDXLOG_E_NOMEM;
		c->pub.assumed = true;
		c->pub.offset = k ? 0 : h->log_offset;
		c->pub.length = k ? 0 : h->log_length;
		if (k)
			c->pub.guid = h->log_guid;
		vl_guess_say(c, 50, "header %u says so, and header %u is of "
				    "another file: they share no GUID",
			     h->slot, 3 - h->slot);
		vl_guess_say(c, 20, "%s", why);
	}
	return 0;
}

static int try_other(struct doubt *d, bool *again, struct vhdxlog_error *err)
{
	const struct vhdxlog_header *other =
		&d->image->header[2 - d->current->slot];
	const char *why = NULL;
	int rc;

	if (!are_of_two_files(d->current, other))
		return 0;
	if (d->current->log_offset == other->log_offset &&
	    d->current->log_length == other->log_length)
		rc = compare_guids(d, other, &why, err);
	else
		rc = compare_places(d, other, &why, err);
	if (rc || !why)
		return rc;
	*again = true;
	d->image->assumed.foreign = d->current->slot;
	d->image->assumed.log = true;
	vl_headers_follow(d->image, other->slot, d->options);
	d->image->log.assumed = true;
	return add_header_guesses(d, why, err);
}

/* ---------------------------------------------------------- the log elsewhere */

/* Entries whose Tails name one another are worth that. */
#define WORTH_A_LOG 55u

/* Whether more entries are right, and reach to where by the header is no log. */
static int is_longer(const struct doubt *d, const struct vl_guess *best,
		     bool *longer, struct vhdxlog_error *err)
{
	struct vl_survey s;
	int rc = vl_survey_make(&s, d->disk, best->pub.offset,
				best->pub.length, 0, err);

	*longer = !rc && s.begun && s.least > d->current->log_length &&
		  s.right > vl_log_count_sound(d->log);
	return rc;
}

/* A log without entries that runs into a region ends before it. */
static bool is_cut_by_region(const struct doubt *d, const struct vl_guess *best)
{
	return d->overlaps && best->pub.score &&
	       best->pub.offset == d->current->log_offset &&
	       best->pub.length < d->current->log_length;
}

static int is_misplaced(const struct doubt *d, const struct vl_guess *best,
			bool *misplaced, struct vhdxlog_error *err)
{
	const struct vhdxlog_header *h = d->current;

	*misplaced = false;
	if (!best || (best->pub.score < WORTH_A_LOG && !is_cut_by_region(d, best)))
		return 0;
	if (best->pub.offset != h->log_offset)
		*misplaced = !vl_log_count_sound(d->log);
	else if (best->pub.length > h->log_length)
		return is_longer(d, best, misplaced, err);
	else if (best->pub.length < h->log_length)
		*misplaced = best->pub.certain || d->overlaps ||
			     d->signs.hits_itself;
	return 0;
}

/* The guesses become the scan's, if they are right; else there are none. */
static int take_place(struct doubt *d, struct vl_guesses *found,
		      struct vhdxlog_error *err)
{
	struct vl_guess *best = vl_guess_best(found, VHDXLOG_GUESS_LOG);

	best->pub.assumed = true;
	d->image->assumed.log = d->image->assumed.misplaced = true;
	vl_log_assume(d->image, best->pub.offset, (uint32_t)best->pub.length);
	if (!d->options->has_log_guid)
		d->image->log.has_guid = false;
	vl_headers_judge(d->image);
	for (size_t i = 0; i < found->n; i++) {
		struct vl_guess *c = vl_guess_add(d->g, VHDXLOG_GUESS_LOG, err);

		if (!c)
			return VHDXLOG_E_NOMEM;
		*c = found->list[i];
	}
	return 0;
}

/* What other headers say, unless they agree with the one that is doubted. */
static size_t other_hints(const struct doubt *d, struct vl_log_hint hints[2])
{
	size_t n = vl_log_hints(d->image, hints), kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (hints[i].offset != d->current->log_offset ||
		    hints[i].length != d->current->log_length)
			hints[kept++] = hints[i];
	}
	return kept;
}

static int look_elsewhere(struct doubt *d, bool *again,
			  struct vhdxlog_error *err)
{
	struct vl_log_wanted wanted = { 0 };
	struct vl_guesses found = { 0 };
	bool misplaced = false;
	int rc;

	if (!is_suspect(d))
		return 0;
	wanted.n_hints = other_hints(d, wanted.hints);
	rc = vl_log_find(&found, d->image, d->disk, &wanted, err);
	if (!rc)
		rc = is_misplaced(d, vl_guess_best(&found, VHDXLOG_GUESS_LOG),
				  &misplaced, err);
	d->image->assumed.doubted = !misplaced;
	if (!rc && misplaced) {
		*again = true;
		rc = take_place(d, &found, err);
	}
	vl_guesses_release(&found);
	return rc;
}

int vl_guess_doubt(struct vl_guesses *g, struct vl_image *image,
		   struct vl_log *log, const struct vl_view *disk,
		   const struct vhdxlog_options *options, bool overlaps,
		   bool *again, struct vhdxlog_error *err)
{
	struct doubt d = { .g = g,
			   .image = image,
			   .log = log,
			   .disk = disk,
			   .options = options,
			   .current = vl_header_current(image),
			   .overlaps = overlaps };
	int rc;

	*again = false;
	if (!d.current || options->header || options->has_log_offset ||
	    options->has_log_length || image->assumed.misplaced)
		return 0;
	d.signs = vl_log_signs(log, d.current, disk);
	rc = image->assumed.foreign || options->has_log_guid ?
		     0 :
		     try_other(&d, again, err);
	return rc || *again ? rc : look_elsewhere(&d, again, err);
}
