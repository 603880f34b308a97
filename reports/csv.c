/* SPDX-License-Identifier: MIT */
#include "reports/csv.h"

#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/report.h"

static void put(struct csv *c, const char *field)
{
	if (c->in_row)
		putc(',', c->out);
	c->in_row = true;
	if (strpbrk(field, "\",\r\n"))
		csv_fwrite(c->out, field, strlen(field));
	else
		fputs(field, c->out);
}

void csv_text(struct csv *c, const char *bytes)
{
	bool faithful;
	char *text = report_escape_json(bytes ? bytes : "", &faithful);

	if (!text)
		c->failed = true;
	put(c, text ? text : "");
	free(text);
}

void csv_foreign(struct csv *c, const char *bytes)
{
	size_t len = bytes ? strlen(bytes) : 0;
	char *text;

	if (!len || !strchr("=+-@", *bytes)) {
		csv_text(c, bytes);
		return;
	}
	text = malloc(len + 2);
	if (!text) {
		c->failed = true;
		return;
	}
	*text = '\'';
	memcpy(text + 1, bytes, len + 1);
	csv_text(c, text);
	free(text);
}

void csv_number(struct csv *c, uint64_t value)
{
	char text[21];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put(c, text);
}

void csv_maybe_number(struct csv *c, bool known, uint64_t value)
{
	if (known)
		csv_number(c, value);
	else
		put(c, "");
}

void csv_guid(struct csv *c, const struct vhdxlog_guid *guid)
{
	char text[VHDXLOG_GUID_TEXT];

	put(c, vhdxlog_guid_format(guid, text));
}

void csv_id(struct csv *c, char letter, uint32_t sector)
{
	char text[VHDXLOG_ID_TEXT] = "";

	if (sector != VHDXLOG_NO_SECTOR)
		snprintf(text, sizeof(text), "%c%" PRIu32, letter, sector);
	put(c, text);
}

void csv_end_row(struct csv *c)
{
	putc('\n', c->out);
	c->in_row = false;
}

struct csv csv_continue(FILE *out)
{
	return (struct csv){ .out = out };
}

struct csv csv_begin(FILE *out, const char *const *columns)
{
	struct csv c = { .out = out };

	for (; *columns; columns++)
		put(&c, *columns);
	csv_end_row(&c);
	return c;
}

int csv_finish(const struct csv *c, int rc, struct vhdxlog_error *err)
{
	if (rc < 0 || !c->failed)
		return rc < 0 ? rc : 0;
	if (err)
		*err = (struct vhdxlog_error){
			.code = VHDXLOG_E_NOMEM,
			.what = "writing the report",
		};
	return VHDXLOG_E_NOMEM;
}
