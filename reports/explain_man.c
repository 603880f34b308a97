/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog-checks(7), made from the catalogue, with which it therefore agrees.
 */
#include "reports/report.h"

#include <ctype.h>
#include <string.h>

#include "reports/explain.h"

#define LINE 70 /* columns of a line of input */

/*
 * A word as roff takes it for text. A hyphen that is typed stays one that can
 * be copied; \& keeps a control character from controlling anything.
 */
static void put_word(FILE *f, const char *word, size_t length)
{
	if (*word == '.' || *word == '\'')
		fputs("\\&", f);
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\\')
			fputs("\\e", f);
		else if (word[i] == '-')
			fputs("\\-", f);
		else
			putc(word[i], f);
	}
}

static bool ends_sentence(const char *word, size_t length)
{
	return length && strchr(".!?", word[length - 1]);
}

/* Paragraph text: each sentence on lines of its own. */
static void put_text(FILE *f, const char *words)
{
	size_t at = 0;

	while (*words) {
		size_t length = strcspn(words, " ");

		if (at && at + 1 + length > LINE) {
			putc('\n', f);
			at = 0;
		}
		if (at)
			putc(' ', f);
		put_word(f, words, length);
		at += length + 1;
		if (ends_sentence(words, length) && words[length]) {
			putc('\n', f);
			at = 0;
		}
		words += length;
		words += *words == ' ';
	}
	putc('\n', f);
}

/* Arguments of a macro: \& keeps a word from being taken for another macro. */
static void put_arguments(FILE *f, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, " ");

		fputs(" \\&", f);
		put_word(f, words, length);
		words += length;
		words += *words == ' ';
	}
	putc('\n', f);
}

/* -------------------------------------------------------------------- page */

static void put_start(FILE *f)
{
	fputs(".\\\" Made by `vhdxlog explain --man`; change "
	      "lib/check/checks.def instead.\n"
	      ".Dd November 22, 2026\n"
	      ".Dt VHDXLOG-CHECKS 7\n"
	      ".Os\n"
	      ".Sh NAME\n"
	      ".Nm vhdxlog-checks\n"
	      ".Nd rules by which vhdxlog judges VHDX images and their logs\n"
	      ".Sh DESCRIPTION\n"
	      "Every rule has a name that never changes its meaning.\n"
	      "It stands in the reports of\n"
	      ".Xr vhdxlog 1 ,\n"
	      "with what was found and what was wanted.\n"
	      "A rule is judged for each object that it speaks of and\n"
	      "passes, fails, is blocked\n"
	      ".Pq one that must pass first did not\n"
	      "or does not apply.\n"
	      "Clauses are those of\n"
	      ".Bq MS\\-VHDX\n"
	      "v8.0.\n"
	      ".Pp\n"
	      "The class says what a failure does:\n"
	      ".Bl -tag -width Ds\n",
	      f);
	for (int c = VHDXLOG_CLASS_F; c <= VHDXLOG_CLASS_W; c++) {
		fprintf(f, ".It Sy %c\n",
			vhdxlog_class_letter((enum vhdxlog_class)c));
		put_text(f, report_class_words((enum vhdxlog_class)c));
	}
	fputs(".El\n", f);
}

static void put_prerequisites(FILE *f, const struct vhdxlog_check *c)
{
	const struct vhdxlog_check *before;
	bool any = false;

	for (size_t i = 0; (before = vhdxlog_check_prerequisite(c, i)); i++) {
		if (any)
			fputs(" ,\n", f);
		else
			fputs("Judged after\n", f);
		fputs(".Sy ", f);
		put_word(f, before->name, strlen(before->name));
		any = true;
	}
	if (any)
		fputs(" .\n", f);
}

static void put_check(FILE *f, const struct vhdxlog_check *c)
{
	fputs(".It Sy ", f);
	put_word(f, c->name, strlen(c->name));
	fprintf(f, "\nFails where\n");
	put_text(f, c->sentence);
	fprintf(f, ".Pq class %c , %s", vhdxlog_class_letter(c->class_),
		vhdxlog_severity_name(c->severity));
	if (*c->clause)
		fprintf(f, " , clause %s", c->clause);
	fputs(" .\n", f);
	put_text(f, c->advice);
	put_prerequisites(f, c);
}

static void put_area(FILE *f, const char *area)
{
	const char *title = explain_area_title(area);

	fprintf(f, ".Ss %c%s\n.Bl -tag -width Ds\n",
		toupper((unsigned char)*title), title + 1);
	for (size_t i = 0; i < vhdxlog_check_count(); i++) {
		if (strcmp(vhdxlog_check_at(i)->area, area) == 0)
			put_check(f, vhdxlog_check_at(i));
	}
	fputs(".El\n", f);
}

static void put_message(FILE *f, const struct report_message *m)
{
	fputs(".It", f);
	put_arguments(f, m->text);
	put_text(f, m->meaning);
	put_text(f, m->next);
}

static void put_messages(FILE *f, const char *title, size_t count,
			 const struct report_message *(*at)(size_t))
{
	fprintf(f, ".Sh %s\n.Bl -tag -width Ds\n", title);
	for (size_t i = 0; i < count; i++)
		put_message(f, at(i));
	fputs(".El\n", f);
}

int report_explain_man(FILE *out)
{
	put_start(out);
	fputs(".Sh CHECKS\n", out);
	for (size_t i = 0; i < vhdxlog_check_count(); i++) {
		if (explain_first_of_area(i))
			put_area(out, vhdxlog_check_at(i)->area);
	}
	put_messages(out, "STATES AND TERMS", report_term_count(),
		     report_term_at);
	put_messages(out, "MESSAGES OF OTHER PROGRAMS", report_message_count(),
		     report_message_at);
	fputs(".Sh SEE ALSO\n"
	      ".Xr vhdxlog 1 ,\n"
	      ".Xr vhdxlog-explain 1 ,\n"
	      ".Xr vhdxlog-replay 1 ,\n"
	      ".Xr vhdxlog-scan 1 ,\n"
	      ".Xr vhdxlog-show 1\n"
	      ".Sh STANDARDS\n"
	      ".Rs\n"
	      ".%A Microsoft\n"
	      ".%T [MS-VHDX]: Virtual Hard Disk v2 (VHDX) File Format\n"
	      ".%N v8.0\n"
	      ".Re\n",
	      out);
	return 0;
}
