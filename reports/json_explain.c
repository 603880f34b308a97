/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static struct rj_record prerequisites(const struct vhdxlog_check *check)
{
	struct rj_record list = rj_list();
	const struct vhdxlog_check *before;

	for (size_t i = 0; (before = vhdxlog_check_prerequisite(check, i)); i++)
		rj_words(&list, NULL, before->name);
	return list;
}

static struct rj_record check_record(const struct vhdxlog_check *c)
{
	const char letter[2] = { vhdxlog_class_letter(c->class_), '\0' };
	struct rj_record r = rj_object();

	rj_words(&r, "id", c->name);
	rj_number(&r, "number", c->number);
	rj_words(&r, "area", c->area);
	rj_words(&r, "class", letter);
	rj_words(&r, "severity", vhdxlog_severity_name(c->severity));
	rj_words(&r, "object", vhdxlog_object_name(c->object));
	rj_words(&r, "clause", c->clause);
	rj_words(&r, "sentence", c->sentence);
	rj_words(&r, "advice", c->advice);
	rj_put(&r, "prerequisites", prerequisites(c));
	return r;
}

static struct rj_record message_record(const struct report_message *m)
{
	struct rj_record r = rj_object();

	rj_text(&r, "text", m->text);
	rj_text(&r, "meaning", m->meaning);
	rj_text(&r, "next", m->next);
	return r;
}

int report_explain_json(FILE *out, const struct vhdxlog_check *const *checks,
			size_t n_checks,
			const struct report_message *const *messages,
			size_t n_messages)
{
	struct rj_out doc;
	int rc;

	rj_begin(&doc, out, RJ_DOCUMENT, "vhdxlog.explain/1", NULL);
	if (rj_open_list(&doc, "checks", NULL)) {
		for (size_t i = 0; i < n_checks; i++)
			rj_element(&doc, check_record(checks[i]));
		rj_close(&doc);
	}
	if (rj_open_list(&doc, "messages", NULL)) {
		for (size_t i = 0; i < n_messages; i++)
			rj_element(&doc, message_record(messages[i]));
		rj_close(&doc);
	}
	rc = rj_end(&doc, NULL);
	rj_release(&doc);
	return rc;
}
