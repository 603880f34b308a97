/* SPDX-License-Identifier: MIT */
#include "reports/text.h"

#include <inttypes.h>

#include "reports/facts.h"

static void put_title(struct text *t, const struct vhdxlog_sequence *s)
{
	char id[VHDXLOG_ID_TEXT], guid[VHDXLOG_GUID_TEXT];

	text_put(t, TEXT_STRONG, "%s", facts_range_id(s->id, id));
	fputs("  ", t->out);
	text_put(t, s->active ? TEXT_GOOD : TEXT_PLAIN, "%s%s",
		 vhdxlog_sequence_verdict_name(s->verdict),
		 s->active ? ", active" : "");
	fprintf(t->out,
		"; %" PRIu64 " %s, sequence numbers %" PRIu64 " to %" PRIu64
		"\n",
		s->entries, s->entries == 1 ? "entry" : "entries",
		s->first_sequence_number, s->last_sequence_number);
	fprintf(t->out, "  LogGuid %s: %s\n",
		vhdxlog_guid_format(&s->log_guid, guid),
		text_session(t, &s->log_guid));
	if (s->index == SIZE_MAX)
		fputs("  no Tail names it: a part or a prolongation of a "
		      "sequence\n",
		      t->out);
	else if (!s->maximal)
		fputs("  another entry follows its head\n", t->out);
	putc('\n', t->out);
}

static void put_areas(struct text *t, const struct vhdxlog_effect *e)
{
	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++) {
		if (e->area_pages[a])
			fprintf(t->out, "  %s: %" PRIu64 " page%s\n",
				text_area((enum vhdxlog_area)a),
				e->area_pages[a],
				e->area_pages[a] == 1 ? "" : "s");
	}
}

static int put_effect(struct text *t, const struct vhdxlog_sequence *s)
{
	struct vhdxlog_effect e;
	bool filled = false;
	char size[32];
	int r = s->index == SIZE_MAX ?
			0 :
			vhdxlog_sequence_effect(t->scan, s->index, &filled, &e,
						t->err);

	if (r || !filled)
		return r;
	text_heading(t, "what applying it would do");
	put_areas(t, &e);
	if (e.zeroed)
		fprintf(t->out, "  %s of it become zeroes\n",
			text_size(e.zeroed, size));
	fprintf(t->out, "  %s\n",
		!e.changes_known ? "whether that changes a byte was not "
				   "compared" :
		e.changes_bytes	 ? "that changes bytes of the file" :
				   "that changes no byte of the file");
	if (e.grows)
		fprintf(t->out, "  the file grows to %s\n",
			text_size(e.grows_to, size));
	return 0;
}

static void put_readers(struct text *t, const struct vhdxlog_sequence *s)
{
	static const struct text_column columns[] = {
		{ "policy", false },  { "reader", false }, { "outcome", false },
		{ "because", false }, { NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);
	bool any = false;

	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *r =
			vhdxlog_selection_at(t->scan, i);

		if (!r->has_sequence || r->sequence.first != s->id.first ||
		    r->sequence.head != s->id.head)
			continue;
		any = true;
		text_cell(table, TEXT_PLAIN, "%s", r->policy);
		text_cell(table, TEXT_PLAIN, "%s", r->reader);
		text_cell(table, TEXT_PLAIN, "%s",
			  vhdxlog_outcome_name(r->outcome));
		text_cell(table, TEXT_PLAIN, "%s", r->reason ? r->reason : "");
	}
	text_table_close(table);
	if (!any)
		fputs("  none\n", t->out);
}

int text_show_sequence(struct text *t, struct vhdxlog_range range)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	struct vhdxlog_sequence s;
	int n, r = vhdxlog_sequence_from(t->scan, range, &s, t->err);

	if (r)
		return r;
	put_title(t, &s);
	text_run(t, &s);
	r = put_effect(t, &s);
	if (r)
		return r;
	text_heading(t, "readers that pick it");
	put_readers(t, &s);
	n = vhdxlog_sequence_verdicts(t->scan, &s, v);
	text_heading(t, "checks");
	text_checks(t, v, n);
	return 0;
}
