/* SPDX-License-Identifier: MIT */
#include "reports/explain.h"

#include <string.h>

#include "reports/text.h"

#define MARGIN 17 /* "  specification  " */

const char *report_class_words(enum vhdxlog_class class_)
{
	switch (class_) {
	case VHDXLOG_CLASS_F: return "the file must be refused";
	case VHDXLOG_CLASS_C: return "this copy of the structure is unusable";
	case VHDXLOG_CLASS_E: return "the entry is invalid";
	case VHDXLOG_CLASS_Q: return "the sequence is invalid";
	case VHDXLOG_CLASS_M:
		return "breaks a MUST, but stops nobody unless --strict";
	case VHDXLOG_CLASS_W: break;
	}
	return "unusual, or of interest to an investigation";
}

static void put_fact(struct text *t, const char *name, const char *words)
{
	text_put(t, TEXT_STRONG, "  %-13s", name);
	fputs("  ", t->out);
	text_wrap(t, MARGIN, MARGIN, words);
}

const char *explain_object_words(enum vhdxlog_object object)
{
	switch (object) {
	case VHDXLOG_OBJECT_HEADER: return "each of the two headers";
	case VHDXLOG_OBJECT_REGION_TABLE:
		return "each of the two region tables";
	case VHDXLOG_OBJECT_LOG: return "the log";
	case VHDXLOG_OBJECT_ENTRY: return "each entry of the log";
	case VHDXLOG_OBJECT_SEQUENCE: return "each sequence of entries";
	case VHDXLOG_OBJECT_READER: return "what each known reader would do";
	case VHDXLOG_OBJECT_REPLAY: return "what vhdxlog-replay is to apply";
	case VHDXLOG_OBJECT_IMAGE: break;
	}
	return "the image";
}

static void put_prerequisites(struct text *t, const struct vhdxlog_check *c)
{
	const struct vhdxlog_check *before;
	unsigned at = MARGIN;

	for (size_t i = 0; (before = vhdxlog_check_prerequisite(c, i)); i++) {
		unsigned length = (unsigned)strlen(before->name);

		if (i == 0) {
			text_put(t, TEXT_STRONG, "  judged after ");
			fputs("  ", t->out);
		} else if (at + 2 + length >= t->width) {
			fprintf(t->out, ",\n%*s", MARGIN, "");
			at = MARGIN;
		} else {
			fputs(", ", t->out);
			at += 2;
		}
		fputs(before->name, t->out);
		at += length;
	}
	if (at > MARGIN)
		putc('\n', t->out);
}

static void put_check(struct text *t, const struct vhdxlog_check *c)
{
	char clause[64], class_[96];

	snprintf(clause, sizeof(clause), "[MS-VHDX] %s", c->clause);
	snprintf(class_, sizeof(class_), "%c: %s",
		 vhdxlog_class_letter(c->class_),
		 report_class_words(c->class_));
	text_put(t, TEXT_STRONG, "%s", c->name);
	fputs("\n  ", t->out);
	text_wrapf(t, 2, 2, "It fails where %s.", c->sentence);
	putc('\n', t->out);
	put_fact(t, "class", class_);
	put_fact(t, "finding", vhdxlog_severity_name(c->severity));
	put_fact(t, "judged for", explain_object_words(c->object));
	put_fact(t, "specification",
		 *c->clause ? clause : "no clause; a rule of this program");
	put_prerequisites(t, c);
	put_fact(t, "what to do", c->advice);
}

static void put_message(struct text *t, const struct report_message *m)
{
	text_put(t, TEXT_STRONG, "%s", m->text);
	fputs("\n  ", t->out);
	text_wrap(t, 2, 2, m->meaning);
	putc('\n', t->out);
	put_fact(t, "what to do", m->next);
}

int report_explain_text(FILE *out, const struct vhdxlog_check *const *checks,
			size_t n_checks,
			const struct report_message *const *messages,
			size_t n_messages, const struct report_options *options)
{
	struct text t = text_begin(out, NULL, options, NULL);

	for (size_t i = 0; i < n_checks; i++) {
		if (i)
			putc('\n', out);
		put_check(&t, checks[i]);
	}
	for (size_t i = 0; i < n_messages; i++) {
		if (i || n_checks)
			putc('\n', out);
		put_message(&t, messages[i]);
	}
	return t.failed;
}

/* ---------------------------------------------------------- the whole list */

const char *explain_area_title(const char *area)
{
	static const char *const titles[][2] = {
		{ "file", "file" },
		{ "header", "headers" },
		{ "region", "region tables" },
		{ "metadata", "metadata" },
		{ "locator", "parent locator" },
		{ "bat", "BAT" },
		{ "entry", "log entries" },
		{ "descriptor", "descriptors of log entries" },
		{ "data", "data sectors of log entries" },
		{ "sequence", "sequences of log entries" },
		{ "log", "the log as a whole" },
		{ "reader", "what readers would do to the image" },
		{ "replay", "what stands against a replay" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		if (strcmp(titles[i][0], area) == 0)
			return titles[i][1];
	}
	return area;
}

bool explain_first_of_area(size_t index)
{
	const char *area = vhdxlog_check_at(index)->area;

	for (size_t i = 0; i < index; i++) {
		if (strcmp(vhdxlog_check_at(i)->area, area) == 0)
			return false;
	}
	return true;
}

static void list_area(struct text *t, const char *area)
{
	static const struct text_column columns[] = {
		{ "check", false },
		{ "class", false },
		{ "fails where", false },
		{ NULL, false },
	};
	struct text_table *table = text_table_open(t, columns);

	text_put(t, TEXT_STRONG, "%s\n", explain_area_title(area));
	for (size_t i = 0; i < vhdxlog_check_count(); i++) {
		const struct vhdxlog_check *c = vhdxlog_check_at(i);

		if (strcmp(c->area, area) != 0)
			continue;
		text_cell(table, TEXT_PLAIN, "%s", c->name);
		text_cell(table, TEXT_PLAIN, "%c",
			  vhdxlog_class_letter(c->class_));
		text_cell(table, TEXT_PLAIN, "%s", c->sentence);
	}
	text_table_close(table);
	putc('\n', t->out);
}

int report_explain_list(FILE *out, const struct report_options *options)
{
	struct text t = text_begin(out, NULL, options, NULL);

	for (size_t i = 0; i < vhdxlog_check_count(); i++) {
		if (explain_first_of_area(i))
			list_area(&t, vhdxlog_check_at(i)->area);
	}
	fprintf(out, "%zu checks. Classes:\n", vhdxlog_check_count());
	for (int c = VHDXLOG_CLASS_F; c <= VHDXLOG_CLASS_W; c++)
		fprintf(out, "  %c  %s\n",
			vhdxlog_class_letter((enum vhdxlog_class)c),
			report_class_words((enum vhdxlog_class)c));
	return t.failed;
}
