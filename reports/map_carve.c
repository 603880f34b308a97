/* SPDX-License-Identifier: MIT */
/*
 * A pass as a map file of ddrescue, for ddrescueview and as a domain for
 * ddrescue: comments, the current position, then lines that tile the file.
 *
 *	+	a structure of VHDX (green)
 *	*	looks like one, but its checks do not hold (yellow)
 *	-	could not be read (red)
 *	?	holds none, or is a hole (grey, so that the others stand out)
 *	/	was not looked at: before --offset, or the pass is not at its end
 *		(blue)
 */
#include "reports/carve.h"

#include <inttypes.h>

/* Neighbours of one status become one line, so the last is held back. */
struct map {
	FILE *out;
	uint64_t start, end; /* of what is held back */
	char status;
};

static void put_line(const struct map *m)
{
	if (m->end > m->start)
		fprintf(m->out, "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n",
			m->start, m->end - m->start, m->status);
}

/* All from where the last ended to `end` is `status`. */
static void extend(struct map *m, uint64_t end, char status)
{
	if (end <= m->end)
		return;
	if (status != m->status) {
		put_line(m);
		m->start = m->end;
		m->status = status;
	}
	m->end = end;
}

static char status_of(const struct vhdxlog_carved *item)
{
	if (item->kind == VHDXLOG_CARVE_UNREADABLE)
		return '-';
	return item->sound ? '+' : '*';
}

static int rank(char status)
{
	return status == '-' ? 2 : status == '+';
}

/*
 * Of two that overlap the first has what both claim, but for what is unsound,
 * which is cut: its length is a claim, too.
 */
static void cut(struct map *m, uint64_t at, char status)
{
	if (at > m->start && at < m->end && rank(status) > rank(m->status))
		m->end = at;
}

static void put_item(struct map *m, const struct vhdxlog_carved *item,
		     uint64_t size)
{
	uint64_t end = size;

	if (item->kind == VHDXLOG_CARVE_LOG ||
	    item->kind == VHDXLOG_CARVE_IMAGE || item->offset >= size)
		return;
	if (item->length < size - item->offset)
		end = item->offset + item->length;
	cut(m, item->offset, status_of(item));
	extend(m, item->offset, '?');
	extend(m, end, status_of(item));
}

/*
 * The current position stands before the map, and is known after it; what is not
 * done is seen by the lines themselves, so it says the end in any case.
 */
static void put_head(FILE *out, uint64_t size)
{
	fprintf(out,
		"# Mapfile. Made by vhdxlog %s carve: + structure of VHDX, "
		"* unsound one,\n"
		"# - unreadable, ? nothing found, / not looked at\n"
		"# current_pos  current_status  current_pass\n"
		"0x%08" PRIX64 "     +               1\n"
		"#      pos        size  status\n",
		vhdxlog_version(), size);
}

int report_carve_map(FILE *out, struct report_carve *carve,
		     const struct report_options *options,
		     struct vhdxlog_error *err)
{
	struct vhdxlog_carved item;
	struct map m = { .out = out, .status = '/' };
	uint64_t from, size;
	int rc;

	(void)options;
	if (!carve->source)
		return 0;
	from = vhdxlog_source_offset(carve->source);
	size = from + vhdxlog_source_size(carve->source);
	put_head(out, size);
	extend(&m, from, '/');
	while ((rc = carve_next(carve, &item, err)) == 0)
		put_item(&m, &item, size);
	if (rc < 0)
		return rc;
	extend(&m, carve->position < size ? carve->position : size, '?');
	extend(&m, size, '/');
	put_line(&m);
	return 0;
}
