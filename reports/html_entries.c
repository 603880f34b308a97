/* SPDX-License-Identifier: MIT */
/* Every entry with what it writes and the checks that it did not pass. */
#include "reports/html.h"

#include <inttypes.h>

static const struct html_column columns[] = {
	{ "entry", "id" },	  { "tail", "tail" },
	{ "sequence number", "n number" }, { "session", "n session" },
	{ "writes", "writes" },	  { "file size", "n size" },
	{ "verdict", "verdict" }, { "did not pass", "fails" },
	{ NULL, NULL },
};

static void put_session(struct html_list *l, const struct vhdxlog_entry *e)
{
	size_t session = SIZE_MAX;

	if (e->verdict != VHDXLOG_INVALID)
		session = vhdxlog_session_find(l->h->history, &e->log_guid);
	if (session == SIZE_MAX)
		html_cell(l, "-");
	else
		html_cell(l, "%zu", session);
}

static void put_checks(struct html_list *l, const struct vhdxlog_entry *e)
{
	html_cell_open(l);
	html_checks_of(l->h, VHDXLOG_OBJECT_ENTRY, e->index);
	html_cell_close(l);
}

static void put_entry(struct html_list *l, const struct vhdxlog_entry *e)
{
	char id[VHDXLOG_ID_TEXT], place[24], writes[TEXT_WRITES], size[32];
	enum text_style style;

	snprintf(id, sizeof(id), "E%" PRIu32, e->sector);
	l->stands_out = e->active;
	if (!html_row(l, id))
		return;
	text_log_place(&l->h->t, e->tail, place);
	html_cell(l, "%s", id);
	html_cell(l, "%s", place);
	html_cell(l, "%" PRIu64, e->sequence_number);
	put_session(l, e);
	html_cell(l, "%s", text_writes(&l->h->t, e, writes) ? writes : "-");
	html_cell(l, "%s", text_size(e->last_file_offset, size));
	html_cell(l, "%s%s", text_verdict(&l->h->t, e, &style),
		  e->wraps ? ", wraps" : "");
	put_checks(l, e);
}

void html_entries(struct html *h)
{
	size_t count = vhdxlog_entry_count(h->t.scan);
	struct vhdxlog_entry e;
	struct html_list l;

	html_section(h, "entries", "Entries");
	if (count == 0) {
		html_note(h, "The log holds none.");
		html_section_end(h);
		return;
	}
	html_list_open(&l, h, "entries", "In the order of the ring", columns,
		       count);
	for (size_t i = 0; i < count && !h->t.failed; i++) {
		int rc = vhdxlog_entry_at(h->t.scan, i, &e, h->t.err);

		if (rc < 0)
			text_fail(&h->t, rc);
		else
			put_entry(&l, &e);
	}
	html_list_close(&l);
	html_note(h, "`vhdxlog show IMAGE E5` has the descriptors and bytes "
		     "of one.");
	html_section_end(h);
}
