/* SPDX-License-Identifier: MIT */
/* The state after an entry: what it is, its BAT, and what can be got back. */
#include "reports/timeline.h"

/* ------------------------------------------------------------------- as of */

/* How many BAT entries are not sure. */
static int count_inferred(struct rj_timeline *t, uint64_t *count)
{
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = 0;
	int rc;

	*count = 0;
	while ((rc = timeline_bat_next(t->timeline, &cursor, &entry, &certainty,
				       t->view.err)) == 0)
		*count += certainty == VHDXLOG_INFERRED;
	return rc < 0 ? rc : 0;
}

static void put_entry(struct rj_out *out, const struct rj_timeline *t)
{
	const struct report_timeline *timeline = t->timeline;
	const struct vhdxlog_session *s =
		timeline_session_of(timeline, timeline->as_of_entry);
	struct rj_record r = rj_object();

	rj_id(&r, "entry", 'E', timeline->as_of_entry);
	rj_maybe_number(&r, "session", s, s ? s->index : 0);
	rj_words(&r, "order", s ? vhdxlog_certainty_name(s->order) : NULL);
	rj_decimal(&r, "sequence_number",
		   timeline_number_of(timeline, timeline->as_of_entry));
	rj_decimal(&r, "size", vhdxlog_overlay_about(timeline->as_of)->size);
	rj_members(out, r);
}

/* Beside the metadata: null where there is none. */
static int put_certainty(struct rj_out *out, struct rj_timeline *t)
{
	enum vhdxlog_certainty certainty = VHDXLOG_INFERRED;
	struct rj_record r = rj_object();
	int rc = vhdxlog_overlay_image_certainty(t->timeline->as_of, &certainty,
						 t->view.err);

	rj_words(&r, "metadata_certainty",
		 rc ? NULL : vhdxlog_certainty_name(certainty));
	rj_bool(&r, "bat_known", timeline_bat_known(t->timeline));
	rj_members(out, r);
	return rc < 0 ? rc : 0;
}

/* The structures as they are then; null where they cannot be made out. */
static int put_metadata(struct rj_out *out, struct rj_timeline *t)
{
	static const struct vhdxlog_image none;
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	const struct vhdxlog_image *image =
		vhdxlog_overlay_image(t->timeline->as_of, &err);

	if (!image && err.code == VHDXLOG_E_NOMEM) {
		if (t->view.err)
			*t->view.err = err;
		return err.code;
	}
	rj_metadata(out, image ? image : &none);
	return put_certainty(out, t);
}

int rj_as_of(struct rj_out *out, struct rj_timeline *t)
{
	struct rj_record r = rj_object();
	uint64_t inferred;
	int rc;

	if (!t->timeline->as_of) {
		rj_null(&r, "as_of");
		rj_members(out, r);
		return 0;
	}
	rj_open(out, "as_of");
	put_entry(out, t);
	if ((rc = put_metadata(out, t)) < 0 ||
	    (rc = count_inferred(t, &inferred)) < 0) {
		rj_drop(&r);
		return rc;
	}
	rj_number(&r, "bat_entries_inferred", inferred);
	rj_members(out, r);
	rj_close(out);
	return 0;
}

/* --------------------------------------------------------------------- BAT */

static struct rj_record bat_entry(const struct vhdxlog_bat_entry *e,
				  enum vhdxlog_certainty certainty)
{
	struct rj_record r = rj_object();

	rj_number(&r, "index", e->index);
	rj_number(&r, "block", e->block);
	rj_bool(&r, "is_bitmap", e->is_bitmap);
	rj_words(&r, "state", e->state_name);
	rj_decimal(&r, "file_offset", e->file_offset);
	rj_decimal(&r, "virtual_offset", e->virtual_offset);
	rj_decimal(&r, "virtual_length", e->virtual_length);
	rj_words(&r, "certainty", vhdxlog_certainty_name(certainty));
	return r;
}

int rj_as_of_bat(struct rj_out *out, struct rj_timeline *t)
{
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = 0;
	int rc = 0;

	if (!rj_open_list(out, "bat", "bat"))
		return 0;
	while (t->timeline->as_of &&
	       (rc = timeline_bat_next(t->timeline, &cursor, &entry, &certainty,
				       t->view.err)) == 0)
		rj_element(out, bat_entry(&entry, certainty));
	rj_close(out);
	return rc < 0 ? rc : 0;
}

/* ------------------------------------------------------------- recoverable */

static struct rj_record ghost(const struct vhdxlog_ghost *g)
{
	struct rj_record r = rj_object();

	rj_number(&r, "block", g->entry.block);
	rj_number(&r, "index", g->entry.index);
	rj_bool(&r, "is_bitmap", g->entry.is_bitmap);
	rj_decimal(&r, "file_offset", g->entry.file_offset);
	rj_decimal(&r, "length", g->length);
	rj_decimal(&r, "virtual_offset", g->entry.virtual_offset);
	rj_decimal(&r, "virtual_length", g->entry.virtual_length);
	rj_words(&r, "certainty", vhdxlog_certainty_name(g->certainty));
	rj_bool(&r, "inside_file", g->inside_file);
	rj_bool(&r, "overlapped", g->overlapped);
	rj_words(&r, "owner",
		 g->overlapped ? vhdxlog_area_name(g->owner) : NULL);
	return r;
}

int rj_recoverable(struct rj_out *out, struct rj_timeline *t)
{
	struct vhdxlog_ghost g;
	uint64_t cursor = 0;
	int rc = 0;

	if (!rj_open_list(out, "recoverable", "recoverable"))
		return 0;
	while (t->timeline->as_of &&
	       (rc = timeline_ghost_next(t->timeline, &cursor, &g,
					 t->view.err)) == 0)
		rj_element(out, ghost(&g));
	rj_close(out);
	return rc < 0 ? rc : 0;
}
