/* SPDX-License-Identifier: MIT */
/* What one modelled reader would do with the image. */
#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"
#include "reports/readers.h"

#define AT 12 /* column of what a label says */

static void put_fact(struct text *t, const char *label, const char *words)
{
	fprintf(t->out, "  %-*s", AT - 2, label);
	text_wrap(t, AT, AT, words);
}

/* "S4-8: E4 E6 E8"; "none" */
static void put_entries(struct text *t, const char *label, const char *id,
			const uint32_t *sectors, uint64_t n)
{
	struct text_memo memo;
	char *words;

	if (!text_memo_open(t, &memo))
		return;
	if (*id)
		fprintf(memo.stream, "%s: ", id);
	if (n == 0)
		fputs("none", memo.stream);
	for (uint64_t i = 0; i < n; i++)
		fprintf(memo.stream, "%sE%" PRIu32, i ? " " : "", sectors[i]);
	words = text_memo_close(t, &memo);
	if (words)
		put_fact(t, label, words);
	free(words);
}

/* Who else ends with these bytes. */
static void put_company(struct text *t, const struct vhdxlog_selection *s)
{
	struct text_memo memo;
	bool any = false;
	char *words;

	if (!text_memo_open(t, &memo))
		return;
	for (size_t i = 0; i < vhdxlog_selection_count(t->scan); i++) {
		const struct vhdxlog_selection *other =
			vhdxlog_selection_at(t->scan, i);

		if (other == s || strcmp(other->result, s->result) != 0)
			continue;
		fprintf(memo.stream, "%s%s", any ? ", " : "", other->policy);
		any = true;
	}
	if (!any)
		fputs("no other", memo.stream);
	words = text_memo_close(t, &memo);
	if (words)
		put_fact(t, "shared by", words);
	free(words);
}

static void put_result(struct text *t, const struct vhdxlog_selection *s)
{
	char size[32];

	if (s->applied_count == 0)
		return;
	put_fact(t, "result", *s->result ? s->result : "not known");
	if (*s->result)
		put_company(t, s);
	if (s->length_known)
		put_fact(t, "length", text_size(s->result_length, size));
}

static void put_findings(struct text *t, const struct vhdxlog_selection *s)
{
	bool any = false;

	text_heading(t, "findings that name it");
	for (size_t i = 0; i < vhdxlog_finding_count(t->scan); i++) {
		const struct vhdxlog_check *check =
			vhdxlog_check_find(vhdxlog_finding_at(t->scan, i)->id);

		if (!check || !readers_is_found(t->scan, i, s->policy))
			continue;
		fputs("  ", t->out);
		text_wrapf(t, 2, 4, "%s: %s", check->name, check->sentence);
		any = true;
	}
	if (!any)
		fputs("  none\n", t->out);
}

int text_show_policy(struct text *t, size_t index)
{
	const struct vhdxlog_selection *s =
		vhdxlog_selection_at(t->scan, index);
	char id[VHDXLOG_ID_TEXT] = "";

	if (!s)
		return text_fail(t, VHDXLOG_E_NOT_FOUND);
	if (s->has_sequence)
		facts_range_id(s->sequence, id);
	text_put(t, TEXT_STRONG, "policy:%s", s->policy);
	fprintf(t->out, "  %s\n\n", s->reader);
	put_fact(t, "outcome", vhdxlog_outcome_name(s->outcome));
	if (!s->known)
		put_fact(t, "", "this cannot be told");
	if (s->aborts)
		put_fact(t, "", "it would crash rather than say so");
	put_fact(t, "because", s->reason);
	put_entries(t, "chooses", id, s->entries, s->entry_count);
	put_entries(t, "applies", "", s->applied, s->applied_count);
	put_result(t, s);
	put_findings(t, s);
	return t->failed;
}
