/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.replay/1: the record of what was written, or would be, and why; or of
 * why nothing was. Its keys are the same in all cases.
 */
#include "reports/assumed.h"
#include "reports/json_fixes.h"
#include "reports/json_parts.h"
#include "reports/replay.h"

#define SCHEMA "vhdxlog.replay/1"

struct replaying {
	struct rj_out out;
	struct rj_view view;
	const struct report_replay *replay;
};

static const char *mode_name(enum report_replay_mode mode)
{
	static const char *const names[] = {
		[REPORT_REPLAY] = "replay",
		[REPORT_REARM] = "rearm",
		[REPORT_APPLY] = "apply",
		[REPORT_UNAPPLY] = "unapply",
		[REPORT_FIX] = "fix",
	};

	return names[mode];
}

static const char *outcome_name(enum report_replay_outcome outcome)
{
	static const char *const names[] = {
		[REPORT_WRITTEN] = "written",
		[REPORT_WOULD_WRITE] = "would-write",
		[REPORT_REFUSED] = "refused",
		[REPORT_FAILED] = "failed",
	};

	return names[outcome];
}

/* A member of the document that is an object of its own. */
static void put_object(struct replaying *p, const char *key, struct rj_record r)
{
	struct rj_record member = rj_object();

	rj_put(&member, key, r);
	rj_members(&p->out, member);
}

static void put_null(struct replaying *p, const char *key)
{
	struct rj_record r = rj_object();

	rj_null(&r, key);
	rj_members(&p->out, r);
}

/* ----------------------------------------------------------- what was asked */

static void put_program(struct replaying *p)
{
	struct rj_record r = rj_object();

	rj_words(&r, "name", "vhdxlog-replay");
	rj_words(&r, "version", vhdxlog_version());
	put_object(p, "program", r);
}

static void put_outcome(struct replaying *p)
{
	struct rj_record r = rj_object();

	rj_words(&r, "mode", mode_name(p->replay->mode));
	rj_words(&r, "outcome", outcome_name(p->replay->outcome));
	rj_maybe_text(&r, "reason", p->replay->reason);
	rj_maybe_text(&r, "next", p->replay->next);
	rj_members(&p->out, r);
}

/* What the header does not say of where the log is. */
static void put_assumed(const struct replaying *p, struct rj_record *r)
{
	static const struct vhdxlog_log none;
	struct vhdxlog_scan *scan = replay_scan(p->replay);
	const struct vhdxlog_log *log = scan ? vhdxlog_log(scan) : &none;
	struct assumed a = { .any = false };

	if (scan)
		a = assumed_of(scan);
	rj_maybe_number(r, "header", a.header,
			a.header ? vhdxlog_image(scan)->current_header : 0);
	rj_maybe_decimal(r, "log_offset", a.offset, log->offset);
	rj_maybe_number(r, "log_length", a.length, log->length);
	rj_maybe_guid(r, "log_guid", a.guid, &log->guid);
}

static struct rj_record names(const struct report_replay *replay)
{
	struct rj_record list = rj_list();

	for (size_t i = 0; i < replay->fix_name_count; i++)
		rj_words(&list, NULL, replay->fix_names[i]);
	return list;
}

static void put_options(struct replaying *p)
{
	const struct report_replay *replay = p->replay;
	struct rj_record r = rj_object();

	rj_maybe_text(&r, "sequence", replay->sequence);
	rj_maybe_text(&r, "policy", replay->policy);
	rj_put(&r, "fix", names(replay));
	rj_bool(&r, "dry_run", replay->dry_run);
	rj_bool(&r, "overwrite", replay->overwrite);
	rj_bool(&r, "force", replay->force);
	rj_bool(&r, "rearm", replay->mode == REPORT_REARM);
	rj_bool(&r, "salvage", replay->salvage);
	rj_bool(&r, "hash", replay->hash);
	rj_bool(&r, "strict", replay->strict);
	rj_maybe_text_twin(&r, "parent", "parent_hex", replay->parent);
	put_assumed(p, &r);
	put_object(p, "options", r);
}

/* ----------------------------------------------------------- where it went */

static struct rj_record patch(const struct report_replay *replay)
{
	struct rj_record r = rj_object();

	rj_maybe_text_twin(&r, "path", "path_hex", replay->patch);
	return r;
}

static void put_output(struct replaying *p)
{
	const struct report_replay *replay = p->replay;
	const bool written = replay->outcome == REPORT_WRITTEN;
	const bool is_there = replay->output && replay->sizes_known &&
			      (written ||
			       replay->outcome == REPORT_WOULD_WRITE);
	struct rj_record r = rj_object();

	rj_maybe_text_twin(&r, "path", "path_hex", replay->output);
	rj_put(&r, "patch", patch(replay));
	rj_maybe_decimal(&r, "size", is_there, replay->size_after);
	rj_words(&r, "sha256", written ? replay->output_sha256 : NULL);
	rj_words(&r, "copied_by", written ? replay->copied_by : NULL);
	put_object(p, "output", r);
}

/* --------------------------------------------------------- what was chosen */

static struct rj_record choice(const struct vhdxlog_replay *about)
{
	struct rj_record r = rj_object();

	if (about->has_sequence)
		rj_range(&r, "sequence", about->sequence);
	else
		rj_null(&r, "sequence");
	rj_words(&r, "policy", about->policy);
	rj_words(&r, "outcome", vhdxlog_outcome_name(about->outcome));
	rj_maybe_text(&r, "reason", about->reason);
	return r;
}

static int put_selection(struct replaying *p)
{
	const struct vhdxlog_replay *about = replay_about(p->replay);
	struct vhdxlog_sequence s = { .index = 0 };
	struct rj_record r;
	int rc;

	if (!about) {
		put_null(p, "selection");
		return 0;
	}
	rc = replay_sequence(p->replay, &s, p->view.err);
	if (rc < 0)
		return rc;
	rj_open(&p->out, "selection");
	rj_members(&p->out, choice(about));
	rj_entry_ids(&p->out, "entries", about->entries, about->entry_count);
	r = rj_object();
	rj_words(&r, "verdict",
		 rc == 0 ? vhdxlog_sequence_verdict_name(s.verdict) : NULL);
	rj_maybe_bool(&r, "active", rc == 0, s.active);
	rj_maybe_bool(&r, "current", rc == 0, s.current);
	rj_words(&r, "result", about->result);
	rj_members(&p->out, r);
	rj_close(&p->out);
	return 0;
}

static void put_growth(struct replaying *p)
{
	const struct report_replay *replay = p->replay;
	struct rj_record r = rj_object();

	rj_maybe_decimal(&r, "from", replay->sizes_known, replay->size_before);
	rj_maybe_decimal(&r, "to", replay->sizes_known, replay->size_after);
	put_object(p, "growth", r);
	r = rj_object();
	rj_maybe_bool(&r, "packed", replay->mode == REPORT_REARM,
		      replay->packed);
	rj_members(&p->out, r);
}

/* Both copies, or null where they are not known. */
static void put_copies(struct rj_record *r, const char *key,
		       const struct vhdxlog_header *first,
		       const struct vhdxlog_header *second)
{
	struct rj_record list;

	if (!first) {
		rj_null(r, key);
		return;
	}
	list = rj_list();
	rj_put(&list, NULL, rj_header_fields(first));
	rj_put(&list, NULL, rj_header_fields(second));
	rj_put(r, key, list);
}

static void put_headers(struct replaying *p)
{
	const struct report_replay *replay = p->replay;
	struct vhdxlog_scan *scan = replay_scan(replay);
	const struct vhdxlog_header *after =
		replay->has_headers ? replay->headers : NULL;
	struct rj_record r = rj_object();

	put_copies(&r, "before", scan ? vhdxlog_header(scan, 1) : NULL,
		   scan ? vhdxlog_header(scan, 2) : NULL);
	put_copies(&r, "after", after, after ? after + 1 : NULL);
	put_object(p, "headers", r);
}

static struct rj_record overrides(const struct report_replay *replay)
{
	struct rj_record list = rj_list();

	for (size_t i = 0; i < replay->overridden_count; i++) {
		struct rj_record r = rj_object();

		rj_words(&r, "id", replay->overridden[i]->name);
		rj_words(&r, "sentence", replay->overridden[i]->sentence);
		rj_put(&list, NULL, r);
	}
	return list;
}

static int put_checks(struct replaying *p)
{
	int n = replay_verdicts(p->replay, p->view.verdicts, p->view.err);
	struct rj_record r;

	if (n < 0)
		return n;
	r = rj_object();
	rj_put(&r, "checks", rj_check_list(p->view.verdicts, n, true));
	rj_put(&r, "overrides", overrides(p->replay));
	rj_members(&p->out, r);
	return 0;
}

/* -------------------------------------------------------- what was salvaged */

static struct rj_record salvaged_record(const struct vhdxlog_salvaged *s)
{
	struct rj_record evidence = rj_list();
	struct rj_record r = rj_object();

	rj_id(&r, "entry", 'E', s->entry);
	rj_number(&r, "descriptor", s->descriptor);
	rj_decimal(&r, "file_offset", s->file_offset);
	rj_decimal(&r, "length", s->length);
	rj_words(&r, "kind",
		 vhdxlog_descriptor_kind_name(s->zero ? VHDXLOG_DESCRIPTOR_ZERO :
							VHDXLOG_DESCRIPTOR_DATA));
	rj_words(&r, "region", vhdxlog_area_name(s->area));
	for (unsigned i = 0; i < 8 && s->evidence[i]; i++)
		rj_words(&evidence, NULL, s->evidence[i]);
	rj_put(&r, "evidence", evidence);
	return r;
}

static struct rj_record unsalvaged_record(const struct vhdxlog_unsalvaged *u)
{
	struct rj_record r = rj_object();

	rj_id(&r, "entry", 'E', u->entry);
	rj_maybe_number(&r, "descriptor",
			u->descriptor != VHDXLOG_NO_DESCRIPTOR, u->descriptor);
	rj_words(&r, "reason", u->reason);
	return r;
}

static void put_salvaged(struct replaying *p)
{
	const struct vhdxlog_overlay *o = p->replay->overlay;
	struct vhdxlog_unsalvaged u;
	struct vhdxlog_salvaged s;

	if (rj_open_list(&p->out, "salvaged", "salvaged")) {
		for (size_t i = 0; o && vhdxlog_overlay_salvaged(o, i, &s); i++)
			rj_element(&p->out, salvaged_record(&s));
		rj_close(&p->out);
	}
	if (rj_open_list(&p->out, "unsalvaged", "unsalvaged")) {
		for (size_t i = 0; o && vhdxlog_overlay_unsalvaged(o, i, &u);
		     i++)
			rj_element(&p->out, unsalvaged_record(&u));
		rj_close(&p->out);
	}
}

/* -------------------------------------------------------- what was written */

static struct rj_record page_record(const struct report_page *page)
{
	struct rj_record r = rj_object();

	rj_decimal(&r, "file_offset", page->offset);
	rj_decimal(&r, "length", page->length);
	rj_bool(&r, "zero", page->zero);
	rj_words(&r, "area", vhdxlog_area_name(page->area));
	rj_id(&r, "entry", 'E', page->entry);
	rj_bool(&r, "changes", page->changes);
	rj_words(&r, "sha256_before", page->before);
	rj_words(&r, "sha256_after", page->after);
	return r;
}

static int write_pages(struct replaying *p, struct replay_tally *tally)
{
	const struct report_replay *replay = p->replay;
	struct report_page page;
	int rc = 1;

	if (!rj_open_list(&p->out, "pages", "page"))
		return 0;
	while (replay->page &&
	       (rc = replay->page(replay->page_ctx, &page, p->view.err)) == 0) {
		rj_element(&p->out, page_record(&page));
		replay_count(tally, &page);
	}
	rj_close(&p->out);
	return rc < 0 ? rc : 0;
}

static int put_pages(struct replaying *p)
{
	const bool known = p->replay->page;
	struct replay_tally tally = { .pieces = 0 };
	struct rj_record r;
	int rc = write_pages(p, &tally);

	if (rc < 0)
		return rc;
	r = rj_object();
	rj_maybe_number(&r, "count", known, tally.changed);
	rj_maybe_decimal(&r, "bytes", known, tally.changed_bytes);
	put_object(p, "pages_changed", r);
	return 0;
}

/* ------------------------------------------------------------ the document */

static int put_members(struct replaying *p)
{
	int rc;

	put_program(p);
	put_outcome(p);
	put_options(p);
	rj_source(&p->out, &p->view);
	put_output(p);
	rc = put_selection(p);
	if (rc < 0)
		return rc;
	rj_fixes(&p->out, p->replay);
	put_growth(p);
	put_headers(p);
	rc = put_checks(p);
	if (rc < 0)
		return rc;
	put_salvaged(p);
	rc = put_pages(p);
	if (rc < 0)
		return rc;
	rj_custody(&p->out, &p->view);
	return 0;
}

int report_replay_json(FILE *out, const struct report_replay *replay,
		       const struct report_options *options,
		       struct vhdxlog_error *err)
{
	struct replaying p = {
		.view = {
			.subject = replay->subject,
			.options = options,
			.image_sha256 = replay->source_sha256,
			.err = err,
		},
		.replay = replay,
	};
	int rc;

	rj_begin(&p.out, out, RJ_DOCUMENT, SCHEMA, options->path);
	rc = put_members(&p);
	if (rc == 0)
		rc = rj_end(&p.out, err);
	rj_release(&p.out);
	return rc;
}
