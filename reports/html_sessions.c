/* SPDX-License-Identifier: MIT */
/*
 * Sessions as lanes, in the order in which they were written. Entries stand from
 * left to right in that order too; no length in the picture is a time.
 */
#include "reports/html.h"

#include <inttypes.h>

#define LANES  24 /* in the picture; the table has them all */
#define LANE   22
#define BOX    14
#define MARGIN 96
#define WIDTH  874
#define BOXES  60 /* more entries: a lane is one bar */

struct lanes {
	struct html *h;
	size_t shown;
	uint64_t entries; /* of the lanes that are shown */
	uint64_t before;  /* of the lanes above */
};

static unsigned place(const struct lanes *p, uint64_t entry)
{
	if (p->entries <= BOXES)
		return MARGIN + (unsigned)entry * BOX;
	return MARGIN + (unsigned)(entry * WIDTH / p->entries);
}

/* ------------------------------------------------------------------ picture */

static void put_box(struct lanes *p, uint64_t i, unsigned y, size_t session)
{
	const uint32_t *sectors = vhdxlog_history_entries(p->h->history,
							  &(size_t){ 0 });
	size_t index = vhdxlog_entry_find(p->h->t.scan, sectors[i]);
	struct vhdxlog_entry e = { .active = false };

	if (index == SIZE_MAX ||
	    vhdxlog_entry_at(p->h->t.scan, index, &e, NULL) != 0)
		e.active = false;
	html_raw(p->h,
		 "<rect class=\"s s%zu%s\" x=\"%u\" y=\"%u\" width=\"%u\" "
		 "height=\"%u\"><title>E%" PRIu32 "%s</title></rect>",
		 session % 6, e.active ? " replayed" : "", place(p, i) + 1,
		 y + 4, (unsigned)BOX - 2, (unsigned)LANE - 8, sectors[i],
		 e.active ? ", active" : "");
}

static void put_bar(struct lanes *p, const struct vhdxlog_session *s,
		    unsigned y)
{
	unsigned from = place(p, p->before);
	unsigned to = place(p, p->before + s->entries);

	html_raw(p->h,
		 "<rect class=\"s s%zu\" x=\"%u\" y=\"%u\" width=\"%u\" "
		 "height=\"%u\"/>",
		 s->index % 6, from, y + 4, to > from ? to - from : 1,
		 (unsigned)LANE - 8);
}

/* From the end of the lane above: whole where the order is known. */
static void put_link(struct lanes *p, const struct vhdxlog_session *s,
		     unsigned y)
{
	unsigned x = place(p, p->before);

	if (s->index == 0)
		return;
	html_raw(p->h, "<path class=\"link %s\" d=\"M%u %uV%u\"/>",
		 vhdxlog_certainty_name(s->order), x, y - 4, y + 4);
}

static void put_lane(struct lanes *p, const struct vhdxlog_session *s)
{
	unsigned y = (unsigned)s->index * LANE;

	html_raw(p->h, "<text class=\"lane\" x=\"0\" y=\"%u\">", y + 15);
	html_putf(p->h, "session %zu%s", s->index, s->current ? " *" : "");
	html_raw(p->h, "</text><path class=\"track\" d=\"M%u %uH%u\"/>",
		 (unsigned)MARGIN, y + LANE / 2, (unsigned)MARGIN + WIDTH);
	put_link(p, s, y);
	if (p->entries <= BOXES)
		for (uint64_t i = 0; i < s->entries; i++)
			put_box(p, p->before + i, y, s->index);
	else
		put_bar(p, s, y);
	html_raw(p->h, "\n");
	p->before += s->entries;
}

static void put_picture(struct html *h, size_t count)
{
	struct lanes p = { .h = h };

	p.shown = count < LANES ? count : LANES;
	for (size_t i = 0; i < p.shown; i++)
		p.entries += vhdxlog_session_at(h->history, i)->entries;
	html_raw(h,
		 "<svg class=\"lanes\" viewBox=\"0 0 %u %u\" role=\"img\" "
		 "aria-labelledby=\"lanes-title lanes-desc\">\n"
		 "<title id=\"lanes-title\">Sessions in order</title>\n"
		 "<desc id=\"lanes-desc\">The earliest stands above. The table "
		 "below says the same in words.</desc>\n",
		 (unsigned)MARGIN + WIDTH + 2, (unsigned)p.shown * LANE);
	for (size_t i = 0; i < p.shown; i++)
		put_lane(&p, vhdxlog_session_at(h->history, i));
	html_raw(h, "</svg>\n");
	if (p.shown < count)
		html_note(h, "The picture has the first %zu of %zu sessions.",
			  p.shown, count);
}

/* -------------------------------------------------------------------- table */

static void put_numbers(struct html_list *l, const struct vhdxlog_session *s)
{
	if (s->entries == 1)
		html_cell(l, "%" PRIu64, s->first_sequence_number);
	else
		html_cell(l, "%" PRIu64 " to %" PRIu64,
			  s->first_sequence_number, s->last_sequence_number);
}

static void put_why(struct html_list *l, const struct vhdxlog_session *s)
{
	html_cell_open(l);
	html_value(l->h, s->why ? s->why : "");
	if (s->writer) {
		html_raw(l->h, "<br/><span class=\"writer\">");
		html_putf(l->h, "consistent with %s (%s)", s->writer,
			  s->writer_why ? s->writer_why : "");
		html_raw(l->h, "</span>");
	}
	html_cell_close(l);
}

static void put_session(struct html_list *l, const struct vhdxlog_session *s)
{
	char guid[VHDXLOG_GUID_TEXT];

	html_cell(l, "%zu", s->index);
	html_cell(l, "%s", vhdxlog_guid_format(&s->log_guid, guid));
	html_cell(l, "%s", text_session(&l->h->t, &s->log_guid));
	html_cell(l, "%" PRIu64, s->entries);
	html_cell(l, "E%" PRIu32 " to E%" PRIu32, s->first, s->last);
	put_numbers(l, s);
	html_cell(l, "%s", vhdxlog_certainty_name(s->order));
	put_why(l, s);
}

static void put_table(struct html *h, size_t count)
{
	static const struct html_column columns[] = {
		{ "session", "n index" }, { "LogGuid", "guid" },
		{ "whose", "whose" },	  { "entries", "n count" },
		{ "where", "where" },	  { "numbers", "numbers" },
		{ "order", "order" },	  { "as", "why" },
		{ NULL, NULL },
	};
	struct html_list l;

	html_list_open(&l, h, "sessions",
		       "In the order in which they were written", columns,
		       count);
	for (size_t i = 0; i < count; i++) {
		if (html_row(&l, NULL))
			put_session(&l, vhdxlog_session_at(h->history, i));
	}
	html_list_close(&l);
}

void html_sessions(struct html *h)
{
	size_t count = vhdxlog_session_count(h->history);

	html_section(h, "sessions", "Sessions");
	if (count == 0) {
		html_note(h, "There are none: no entry of the log is sound.");
		html_section_end(h);
		return;
	}
	html_note(h, "The log has no clock: this is an order and nothing more. "
		     "The earliest stands above; * is the session of the "
		     "header. A dashed line: the order is inferred.");
	put_picture(h, count);
	put_table(h, count);
	html_section_end(h);
}
