/* SPDX-License-Identifier: MIT */
/*
 * The identifiers of a report: E5, S5-7, D9, header, header1, log, bat:17,
 * policy:qemu; and of these the names of states, and disk.
 * Numbers are decimal and as short as the report writes them, so that one thing
 * has one name.
 */
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

/* Digits without sign or leading zero; NULL: none, or more than max. */
static const char *parse_number(const char *s, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (*s < '0' || *s > '9' || (s[0] == '0' && s[1] >= '0' && s[1] <= '9'))
		return NULL;
	for (; *s >= '0' && *s <= '9'; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (n > (max - digit) / 10)
			return NULL;
		n = n * 10 + digit;
	}
	*value = n;
	return s;
}

static const char *parse_sector(const char *s, uint32_t *sector)
{
	uint64_t n = 0;

	s = parse_number(s, VHDXLOG_NO_SECTOR - 1, &n);
	*sector = (uint32_t)n;
	return s;
}

static bool parse_range(const char *s, struct vhdxlog_range *range)
{
	s = parse_sector(s, &range->first);
	if (!s || *s != '-')
		return false;
	s = parse_sector(s + 1, &range->head);
	return s && !*s;
}

static bool parse_single(const char *s, struct vhdxlog_range *range)
{
	s = parse_sector(s, &range->first);
	range->head = range->first;
	return s && !*s;
}

static bool parse_word(const char *id, struct report_target *target)
{
	static const struct {
		const char *word;
		struct report_target target;
	} words[] = {
		{ "header", { .kind = REPORT_HEADER } },
		{ "header1", { .kind = REPORT_HEADER, .index = 1 } },
		{ "header2", { .kind = REPORT_HEADER, .index = 2 } },
		{ "log", { .kind = REPORT_LOG } },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(id, words[i].word) == 0) {
			*target = words[i].target;
			return true;
		}
	}
	return false;
}

static bool parse_bat(const char *s, struct report_target *target)
{
	target->kind = REPORT_BAT;
	s = parse_number(s, UINT64_MAX, &target->index);
	return s && !*s;
}

static bool parse_policy(const char *s, struct report_target *target)
{
	const char *name;

	target->kind = REPORT_POLICY;
	for (size_t i = 0; (name = vhdxlog_policy_name(i)); i++) {
		if (strcmp(s, name) == 0) {
			target->index = i;
			return true;
		}
	}
	return false;
}

bool report_target_parse(const char *id, struct report_target *target)
{
	*target = (struct report_target){ .kind = REPORT_ENTRY };
	if (strncmp(id, "bat:", 4) == 0)
		return parse_bat(id + 4, target);
	if (strncmp(id, "policy:", 7) == 0)
		return parse_policy(id + 7, target);
	switch (*id) {
	case 'S':
		target->kind = REPORT_SEQUENCE;
		return parse_range(id + 1, &target->range);
	case 'D':
		target->kind = REPORT_ORPHAN;
		return parse_single(id + 1, &target->range);
	case 'E': return parse_single(id + 1, &target->range);
	default: return parse_word(id, target);
	}
}

bool report_state_parse(const char *name, struct report_state *state)
{
	struct report_target target;

	*state = (struct report_state){ .kind = REPORT_STATE_DISK };
	if (strcmp(name, "disk") == 0)
		return true;
	if (!report_target_parse(name, &target))
		return false;
	state->range = target.range;
	state->policy = (size_t)target.index;
	switch (target.kind) {
	case REPORT_ENTRY: state->kind = REPORT_STATE_AS_OF; return true;
	case REPORT_SEQUENCE: state->kind = REPORT_STATE_SEQUENCE; return true;
	case REPORT_POLICY: state->kind = REPORT_STATE_POLICY; return true;
	default: return false;
	}
}
