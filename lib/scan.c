/* SPDX-License-Identifier: MIT */
/*
 * The whole walk: headers, log, selection, then everything else as the replay
 * would leave it. Each step is one call into the layer that knows it.
 */
#include "scan.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/guid.h"
#include "crc32c.h"
#include "overlay/compare.h"

#include <stdlib.h>
#include <string.h>

const char *vhdxlog_version(void)
{
	return VHDXLOG_VERSION;
}

static void hash_log(void *ctx, const void *buf, size_t len)
{
	vl_digest_update(ctx, buf, len);
}

int vl_scan_log(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vl_digest *digest = NULL;
	int rc;

	if (!s->image.log.known || !s->image.log.sectors ||
	    s->options.skip_log)
		return 0;
	s->has_log = true;
	rc = vl_log_init(&s->log, vl_scan_disk(s), &s->image.log, &s->options,
			 err);
	if (rc)
		return rc;
	if (s->options.hash_structures) {
		digest = vl_digest_new("SHA256");
		if (!digest)
			return vl_nomem(err);
	}
	rc = vl_log_walk(&s->log, &s->options, digest ? hash_log : NULL, digest,
			 err);
	vl_digest_finish(digest, s->hashes.log, sizeof(s->hashes.log));
	/* A digest of less than the whole log would be taken for it. */
	if (s->log.ring.n_holes || s->log.ring.present < s->log.ring.sectors)
		s->hashes.log[0] = '\0';
	if (!rc)
		rc = vl_log_link(&s->log, err);
	if (!rc)
		vl_log_select(&s->log);
	return rc;
}

/* Why a file gives no DataWriteGuid; NULL: it does. */
static const char *parent_fault(const struct vl_image *parent, int rc)
{
	if (rc || (!vl_header_current(parent) && parent->io_error))
		return "a read error";
	if (vl_header_current(parent))
		return NULL;
	if (vl_failed(parent->judgement, VLC_ident_signature_bad))
		return "a file that is no VHDX";
	return "neither header usable";
}

/* The DataWriteGuid of the file given with --parent. */
static int read_parent(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vhdxlog_options plain = VHDXLOG_OPTIONS_INIT;
	struct vl_image parent;
	const struct vhdxlog_header *h;
	int rc;

	if (!s->options.parent)
		return 0;
	rc = vl_image_init(&parent, err);
	if (!rc)
		rc = vl_headers_read(&parent,
				     vl_source_view(s->options.parent), &plain,
				     err);
	h = rc ? NULL : vl_header_current(&parent);
	s->image.parent_given = true;
	s->image.has_parent_guid = h;
	if (h)
		s->image.parent_guid = h->data_write_guid;
	s->image.parent_fault = parent_fault(&parent, rc);
	vl_image_release(&parent);
	return rc == VHDXLOG_E_NOMEM ? rc : 0;
}

static bool looks_like_vhdx(const struct vhdxlog_scan *s)
{
	return !vl_failed(s->image.judgement, VLC_ident_signature_bad) ||
	       s->image.pub.current_header || s->image.log.known ||
	       s->image.assumed.is_vhdx;
}

static bool has_structures(const struct vhdxlog_scan *s)
{
	return !s->options.raw_log && looks_like_vhdx(s);
}

/* How long the file was when the active sequence was complete. 2.3.3 */
static uint64_t durable_size(struct vhdxlog_scan *s)
{
	struct vl_entry_header h;
	uint32_t crc;
	bool known;

	if (s->log.active_head == VL_NONE ||
	    vl_entry_header_read(&s->log, s->log.active_head, &h, &known, &crc,
				 NULL))
		return 0;
	return h.flushed_file_offset;
}

static int scan_structures(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	int rc;

	if (!has_structures(s))
		return 0;
	s->image.durable_size = durable_size(s);
	rc = read_parent(s, err);
	if (!rc)
		rc = vl_image_begin(&s->image, &s->overlay.view, err);
	if (!rc)
		rc = vl_guess_regions(&s->guesses, &s->image, &s->overlay.view,
				      &s->log, err);
	if (!rc)
		rc = vl_image_finish(&s->image, &s->overlay.view, err);
	if (!rc)
		rc = vl_guess_confirm_log(&s->guesses, &s->image,
					  vl_scan_disk(s), err);
	vl_overlay_rest(&s->overlay);
	if (!rc && s->options.unreferenced)
		rc = vl_unreferenced_find(&s->image, vl_scan_disk(s), err);
	return rc;
}

static int finish_log(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	struct vl_log_facts facts = { 0 };
	int rc;

	if (!s->has_log)
		return 0;
	rc = vl_log_place(&s->log, &s->image, err);
	if (!rc)
		rc = vl_sequences_list(s, err);
	if (rc)
		return rc;
	s->effect_budget = vl_compare_budget(&s->log);
	vl_applied_init(&s->applied, &s->log, &s->writers, vl_scan_disk(s),
			s->effect_budget);
	if (!s->options.raw_log)
		facts.budget = s->effect_budget;
	if (s->log.active_head != VL_NONE) {
		uint64_t budget = s->effect_budget;

		rc = vl_overlay_effect(&s->overlay, &s->image, &budget,
				       &s->effect, err);
		facts.changes_known = s->effect.changes_known;
		facts.changes_bytes = s->effect.changes_bytes;
	}
	if (!rc)
		vl_log_judge(&s->log, &facts);
	if (!rc)
		rc = vl_unapplied_judge(s, err);
	return rc ? rc : vl_ahead_judge(s, err);
}

/* Whether the headers still are what they were. */
static bool headers_unchanged(struct vhdxlog_scan *s)
{
	uint8_t now[VL_SIZE_header];

	for (unsigned i = 0; i < 2; i++) {
		const struct vhdxlog_header *h = &s->image.header[i];

		/* What cannot be read, now or then, says nothing. */
		if (!h->readable ||
		    vl_view_read(vl_scan_disk(s), h->offset, now, sizeof(now),
				 NULL))
			continue;
		if (memcmp(now, s->image.header_bytes[i], sizeof(now)) != 0)
			return false;
	}
	return true;
}

/* The log is read again only where something may have changed. */
static void compare_with_beginning(struct vhdxlog_scan *s)
{
	bool same = vhdxlog_source_unchanged(s->source);
	bool sure = same && vl_source_tells_changes(s->source);

	s->unstable = !headers_unchanged(s) ||
		      (!sure && s->has_log && !vl_ring_unchanged(&s->log.ring));
	s->outcome.unchanged = same && !s->unstable;
}

static void add_cost(struct vhdxlog_cost *sum, const struct vhdxlog_cost *c)
{
	sum->log_bytes_read += c->log_bytes_read;
	sum->descriptors += c->descriptors;
	sum->link_steps += c->link_steps;
	sum->target_bytes_read += c->target_bytes_read;
	sum->policy_steps += c->policy_steps;
	sum->results += c->results;
	sum->sweep_steps += c->sweep_steps;
}

/* Headers, log, and everything else as the replay would leave it. */
static int examine(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	const struct vl_view *disk = vl_scan_disk(s);
	int rc = vl_image_init(&s->image, err);

	if (!rc && s->options.raw_log)
		vl_image_raw_log(&s->image, disk, &s->options);
	else if (!rc)
		rc = vl_headers_read(&s->image, disk, &s->options, err);
	if (!rc && !s->options.raw_log)
		rc = vl_guess_log(&s->guesses, &s->image, disk, &s->options,
				  err);
	if (!rc)
		rc = vl_log_guid_guess(s, err);
	if (!rc)
		rc = vl_scan_log(s, err);
	if (!rc)
		rc = vl_scan_doubt(s, err);
	if (!rc)
		rc = vl_overlay_init(&s->overlay, disk, &s->log,
				     s->has_log ? s->log.active_first : VL_NONE,
				     s->has_log ? s->log.active_head : VL_NONE,
				     err);
	return rc ? rc : scan_structures(s, err);
}

/* That the log lies on a region is known only now, and is reason to look for it
 * where it does not: once more from the beginning. */
static int examine_overlapping(struct vhdxlog_scan *s,
			       struct vhdxlog_error *err)
{
	if (s->is_trial || !s->has_log ||
	    !vl_region_under_log(&s->image))
		return 0;
	vl_overlay_release(&s->overlay);
	vl_scan_forget_log(s);
	vl_image_release(&s->image);
	vl_guesses_release(&s->guesses);
	s->overlaps = true;
	return examine(s, err);
}

/* rc, but where a limit was reached that: a read that was refused is no read that
 * failed, and nothing that followed from it is a result. */
static int unless_limited(const struct vhdxlog_scan *s, int rc,
			  struct vhdxlog_error *err)
{
	return vl_source_limited(s->source) ? vl_source_limit_error(err, 0) :
					      rc;
}

/* All that reads much. */
static int read_all(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	int rc = unless_limited(s, examine(s, err), err);

	if (!rc)
		rc = examine_overlapping(s, err);
	if (!rc)
		rc = unless_limited(s, finish_log(s, err), err);
	if (!rc && has_structures(s))
		rc = vl_shifts_judge(s, err);
	if (!rc)
		rc = vl_hashes_make(s, err);
	return unless_limited(s, rc, err);
}

static int run(struct vhdxlog_scan *s, struct vhdxlog_error *err)
{
	uint64_t crc_before = vl_crc32c_bytes;
	int rc = read_all(s, err);

	if (rc)
		return rc;
	compare_with_beginning(s);
	rc = vl_select(s, err);
	s->cost = s->log.cost;
	s->cost.log_bytes_read = s->log.ring.bytes_read;
	add_cost(&s->cost, &s->trial_cost);
	s->cost.crc_bytes = vl_crc32c_bytes - crc_before;
	if (!rc)
		rc = vl_findings_gather(s, err);
	if (rc)
		return rc;
	vl_guesses_rank(&s->guesses);
	vl_outcome_settle(s);
	vl_limitations_gather(s);
	return 0;
}

static bool options_make_sense(const struct vhdxlog_options *o)
{
	return o->size == sizeof(*o) && o->header <= 2;
}

static int scan(struct vhdxlog_source *source,
		const struct vhdxlog_options *options, bool is_trial,
		struct vhdxlog_scan **result, struct vhdxlog_error *err)
{
	struct vhdxlog_scan *s;
	int rc;

	*result = NULL;
	if (!options_make_sense(options))
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"options that were not initialised");
	s = vl_calloc(1, sizeof(*s));
	if (!s)
		return vl_nomem(err);
	s->source = source;
	s->options = *options;
	s->is_trial = is_trial;
	s->log.active_first = s->log.active_head = s->log.tie = VL_NONE;
	s->scratch = vl_judgement_new();
	rc = s->scratch ? unless_limited(s, run(s, err), err) : vl_nomem(err);
	if (rc) {
		vhdxlog_scan_close(s);
		return rc;
	}
	*result = s;
	return 0;
}

int vhdxlog_scan(struct vhdxlog_source *source,
		 const struct vhdxlog_options *options,
		 struct vhdxlog_scan **s, struct vhdxlog_error *err)
{
	static const struct vhdxlog_options plain = VHDXLOG_OPTIONS_INIT;

	return scan(source, options ? options : &plain, false, s, err);
}

int vl_scan_trial(struct vhdxlog_source *source,
		  const struct vhdxlog_options *options,
		  struct vhdxlog_scan **s, struct vhdxlog_error *err)
{
	return scan(source, options, true, s, err);
}

void vhdxlog_scan_close(struct vhdxlog_scan *s)
{
	if (!s)
		return;
	vl_overlay_release(&s->overlay);
	vl_log_release(&s->log);
	vl_image_release(&s->image);
	free(s->heads);
	vl_policies_release(&s->policies);
	free(s->findings);
	vl_guesses_release(&s->guesses);
	vl_shifts_release(&s->shifts);
	vl_applied_release(&s->applied);
	vl_writers_release(&s->writers);
	free(s->scratch);
	free(s);
}

const struct vhdxlog_options *
vhdxlog_scan_options(const struct vhdxlog_scan *scan)
{
	return &scan->options;
}

const struct vhdxlog_cost *vhdxlog_cost(const struct vhdxlog_scan *scan)
{
	return &scan->cost;
}
