/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog.show/1: one thing in full. Of its seven members, one for each kind of
 * thing, the one that was asked for is filled and the others are null.
 */
#include "reports/json_parts.h"
#include "reports/readers.h"

#include <string.h>

#define SCHEMA "vhdxlog.show/1"
#define SECTOR 4096u

struct showing {
	struct rj_out out;
	struct rj_view view;
	struct vhdxlog_scan *scan;
	const struct report_target *target;
	/* What was found for it. */
	struct vhdxlog_entry entry;
	struct vhdxlog_sequence sequence;
	struct vhdxlog_orphan orphan;
	struct vhdxlog_bat_entry bat;
	bool has_shift, has_origin;
	struct vhdxlog_shift shift; /* what it has and should not */
	struct vhdxlog_shift origin; /* what it should have and has not */
};

static int not_found(struct showing *s)
{
	if (s->view.err)
		*s->view.err = (struct vhdxlog_error){
			.code = VHDXLOG_E_NOT_FOUND,
			.what = "looking for what to show",
		};
	return VHDXLOG_E_NOT_FOUND;
}

/* ------------------------------------------------------------------- entry */

static int find_entry(struct showing *s)
{
	size_t index = vhdxlog_entry_find(s->scan, s->target->range.head);

	if (index == SIZE_MAX)
		return not_found(s);
	return vhdxlog_entry_at(s->scan, index, &s->entry, s->view.err);
}

/*
 * The bytes behind the last descriptor in its sector, where they are not zero.
 * Not for an entry whose header cannot be believed.
 */
static int put_slack(struct showing *s, struct rj_record *r)
{
	const uint64_t end = 64 + 32 * (uint64_t)s->entry.descriptor_count;
	const uint32_t sectors = vhdxlog_log(s->scan)->sectors;
	const uint64_t at = s->entry.sector + end / SECTOR;
	const size_t used = end % SECTOR;
	uint8_t sector[SECTOR];
	int rc = 0;

	if (s->entry.verdict == VHDXLOG_INVALID || used == 0) {
		rj_null(r, "slack");
		return 0;
	}
	rc = vhdxlog_log_sector(s->scan, (uint32_t)(at % sectors), sector,
				s->view.err);
	if (rc < 0)
		return rc;
	for (size_t i = used; i < SECTOR; i++) {
		if (sector[i]) {
			rj_hex(r, "slack", sector + used, SECTOR - used);
			return 0;
		}
	}
	rj_null(r, "slack");
	return 0;
}

static int show_entry(struct showing *s, const char *key)
{
	uint8_t sector[SECTOR];
	struct rj_record r;
	int rc;

	rj_open(&s->out, key);
	if ((rc = rj_entry_members(&s->out, &s->view, &s->entry)) < 0 ||
	    (rc = vhdxlog_log_sector(s->scan, s->entry.sector, sector,
				     s->view.err)) < 0)
		return rc;
	r = rj_object();
	rj_put(&r, "fields", rj_fields(VHDXLOG_STRUCT_ENTRY_HEADER, sector));
	rc = put_slack(s, &r);
	rj_members(&s->out, r);
	rj_close(&s->out);
	return rc;
}

/* ---------------------------------------------------------------- sequence */

static int find_sequence(struct showing *s)
{
	return vhdxlog_sequence_from(s->scan, s->target->range, &s->sequence,
				     s->view.err);
}

/* Ends: a sequence has no more entries than it says. */
static int write_members(struct showing *s)
{
	size_t i = vhdxlog_entry_find(s->scan, s->sequence.id.first);
	struct vhdxlog_entry e;
	int rc = 0;

	if (!rj_open_list(&s->out, "members", NULL))
		return 0;
	for (uint64_t n = 0; n < s->sequence.entries && i != SIZE_MAX; n++) {
		char id[VHDXLOG_ID_TEXT];

		rc = vhdxlog_entry_at(s->scan, i, &e, s->view.err);
		if (rc < 0)
			return rc;
		snprintf(id, sizeof(id), "E%u", e.sector);
		rj_element(&s->out, rj_string(id));
		i = vhdxlog_entry_next(s->scan, i);
	}
	rj_close(&s->out);
	return 0;
}

static int show_sequence(struct showing *s, const char *key)
{
	int rc;

	rj_open(&s->out, key);
	if ((rc = rj_sequence_members(&s->out, &s->view, &s->sequence)) < 0 ||
	    (rc = write_members(s)) < 0)
		return rc;
	rj_close(&s->out);
	return 0;
}

/* ------------------------------------------------------------------ orphan */

static int find_orphan(struct showing *s)
{
	uint32_t cursor = s->target->range.head;
	int rc = vhdxlog_orphan_next(s->scan, &cursor, &s->orphan,
				     s->view.err);

	if (rc < 0)
		return rc;
	if (rc > 0 || s->orphan.sector != s->target->range.head)
		return not_found(s);
	return 0;
}

static int show_orphan(struct showing *s, const char *key)
{
	struct rj_record r = rj_orphan(&s->orphan), member = rj_object();
	uint8_t sector[SECTOR];
	int rc = vhdxlog_log_sector(s->scan, s->orphan.sector, sector,
				    s->view.err);

	if (rc == 0)
		rj_hex(&r, "bytes", sector, sizeof(sector));
	rj_put(&member, key, r);
	rj_members(&s->out, member);
	return rc;
}

/* ------------------------------------------------------------------ header */

static int find_header(struct showing *s)
{
	return s->target->index <= 2 ? 0 : not_found(s);
}

static int show_copy(struct showing *s, const struct vhdxlog_header *header)
{
	uint8_t bytes[SECTOR];
	struct rj_record r;
	int rc;

	rj_open(&s->out, NULL);
	rc = rj_header_members(&s->out, &s->view, header);
	if (rc < 0)
		return rc;
	if (header->readable) {
		rc = vhdxlog_source_read(s->view.subject->source,
					 header->offset, bytes, sizeof(bytes),
					 s->view.err);
		if (rc < 0)
			return rc;
	}
	r = rj_object();
	rj_put(&r, "fields",
	       header->readable ? rj_fields(VHDXLOG_STRUCT_HEADER, bytes) :
				  rj_list());
	rj_members(&s->out, r);
	rj_close(&s->out);
	return 0;
}

static int show_header(struct showing *s, const char *key)
{
	int rc;

	rj_open(&s->out, key);
	if (!rj_open_list(&s->out, "copies", NULL))
		return 0;
	for (unsigned slot = 1; slot <= 2; slot++) {
		if (s->target->index && s->target->index != slot)
			continue;
		rc = show_copy(s, vhdxlog_header(s->scan, slot));
		if (rc < 0)
			return rc;
	}
	rj_close(&s->out);
	rj_close(&s->out);
	return 0;
}

/* ------------------------------------------------------------- log and BAT */

static int find_log(struct showing *s)
{
	(void)s;
	return 0;
}

static int show_log(struct showing *s, const char *key)
{
	(void)key; /* the part of the scan is named as this member is */
	return rj_log(&s->out, &s->view);
}

static int find_bat(struct showing *s)
{
	const uint64_t index = s->target->index;
	int rc = vhdxlog_bat_entry(s->scan, index, &s->bat, s->view.err);

	if (rc)
		return rc;
	rc = vhdxlog_shift_at(s->scan, index, &s->shift, s->view.err);
	s->has_shift = rc == 0;
	if (rc >= 0)
		rc = vhdxlog_shift_from(s->scan, index, &s->origin,
					s->view.err);
	s->has_origin = rc == 0;
	return rc < 0 ? rc : 0;
}

/* A block that is not in its own entry. */
static struct rj_record shift(const struct vhdxlog_shift *shift)
{
	struct rj_record r = rj_object();

	rj_number(&r, "block", shift->block);
	rj_bool(&r, "is_bitmap", shift->is_bitmap);
	rj_maybe_number(&r, "index", !shift->lost, shift->index);
	rj_number(&r, "belongs_in", shift->belongs);
	rj_bool(&r, "written_anew", shift->taken);
	rj_decimal(&r, "file_offset", shift->file_offset);
	rj_decimal(&r, "virtual_offset", shift->virtual_offset);
	rj_decimal(&r, "virtual_length", shift->virtual_length);
	rj_words(&r, "known_from", vhdxlog_shift_source_name(shift->source));
	rj_words(&r, "certainty", vhdxlog_certainty_name(shift->certainty));
	rj_id(&r, "entry", 'E', shift->entry);
	return r;
}

static void put_shift(struct rj_record *r, const char *key, bool known,
		      const struct vhdxlog_shift *s)
{
	if (known)
		rj_put(r, key, shift(s));
	else
		rj_null(r, key);
}

static int show_bat(struct showing *s, const char *key)
{
	struct rj_record r = rj_object(), member = rj_object();

	rj_number(&r, "index", s->bat.index);
	rj_decimal(&r, "offset", s->bat.offset);
	rj_decimal(&r, "raw", s->bat.raw);
	rj_words(&r, "state", s->bat.state_name);
	rj_number(&r, "state_number", s->bat.state);
	rj_bool(&r, "is_bitmap", s->bat.is_bitmap);
	rj_number(&r, "block", s->bat.block);
	rj_decimal(&r, "file_offset", s->bat.file_offset);
	rj_decimal(&r, "virtual_offset", s->bat.virtual_offset);
	rj_decimal(&r, "virtual_length", s->bat.virtual_length);
	put_shift(&r, "shifted_here", s->has_shift, &s->shift);
	put_shift(&r, "shifted_away", s->has_origin, &s->origin);
	rj_put(&member, key, r);
	rj_members(&s->out, member);
	return 0;
}

/* ------------------------------------------------------------------ policy */

static int find_policy(struct showing *s)
{
	return s->target->index < vhdxlog_selection_count(s->scan) ?
		       0 :
		       not_found(s);
}

static int show_policy(struct showing *s, const char *key)
{
	const struct vhdxlog_selection *row =
		vhdxlog_selection_at(s->scan, (size_t)s->target->index);

	rj_open(&s->out, key);
	rj_selection_members(&s->out, row);
	if (rj_open_list(&s->out, "findings", NULL)) {
		for (size_t i = 0; i < vhdxlog_finding_count(s->scan); i++) {
			if (readers_is_found(s->scan, i, row->policy))
				rj_element(&s->out,
					   rj_string(vhdxlog_finding_at(s->scan,
									i)
							     ->id));
		}
		rj_close(&s->out);
	}
	rj_close(&s->out);
	return 0;
}

/* ---------------------------------------------------------------- the whole */

static const struct kind {
	const char *name;
	int (*find)(struct showing *s);
	int (*show)(struct showing *s, const char *key);
} kinds[] = {
	[REPORT_ENTRY] = { "entry", find_entry, show_entry },
	[REPORT_SEQUENCE] = { "sequence", find_sequence, show_sequence },
	[REPORT_ORPHAN] = { "orphan", find_orphan, show_orphan },
	[REPORT_HEADER] = { "header", find_header, show_header },
	[REPORT_LOG] = { "log", find_log, show_log },
	[REPORT_BAT] = { "bat", find_bat, show_bat },
	[REPORT_POLICY] = { "policy", find_policy, show_policy },
};

static int write_members_of_all(struct showing *s, const char *id)
{
	const struct kind *asked = &kinds[s->target->kind];
	struct rj_record r = rj_object();
	int rc;

	rj_text_twin(&r, "path", "path_hex", s->view.options->path);
	rj_text(&r, "id", id);
	rj_words(&r, "kind", asked->name);
	rj_members(&s->out, r);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (&kinds[i] != asked) {
			r = rj_object();
			rj_null(&r, kinds[i].name);
			rj_members(&s->out, r);
			continue;
		}
		rc = asked->show(s, asked->name);
		if (rc < 0)
			return rc;
	}
	return rj_end(&s->out, s->view.err);
}

int report_show_json(FILE *out, const struct report_subject *subject,
		     const struct report_target *target, const char *id,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct showing s = {
		.view = {
			.subject = subject,
			.options = options,
			.all_checks = true,
			.all_bytes = true,
			.err = err,
		},
		.scan = subject->scan,
		.target = target,
	};
	int rc = kinds[target->kind].find(&s);

	if (rc < 0)
		return rc;
	rj_begin(&s.out, out, RJ_DOCUMENT, SCHEMA, options->path);
	rc = write_members_of_all(&s, id);
	rj_release(&s.out);
	return rc;
}
