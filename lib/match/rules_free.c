/* SPDX-License-Identifier: MIT */
/*
 * A set of rules for stretches in which no string was found: those that can hold
 * there, and what they need. All others are switched off in it, so that it costs
 * next to nothing, and mostly there is none.
 */
#include "match/rules_code.h"

#include <stdlib.h>
#include <yara/exec.h>

#include "base/alloc.h"

/* Where the conditions are, and who asks for whom. false: not all is understood. */
static bool survey(const YR_RULES *rules, struct vl_rule_facts *facts)
{
	const uint8_t *code = rules->code_start;
	size_t size;

	/* Ends: with the instruction that ends all code, or an unknown one. */
	while (*code != OP_HALT) {
		uint32_t index;

		size = vl_rules_instruction(*code);
		if (size == 0)
			return false;
		if (*code == OP_INIT_RULE) {
			/* Behind what to jump over where it is off. */
			memcpy(&index, code + 5, sizeof(index));
			if (index >= rules->num_rules)
				return false;
			facts[index].code = code + size;
		}
		if (*code == OP_PUSH_RULE) {
			if (vl_rules_operand(code) >= rules->num_rules)
				return false;
			facts[vl_rules_operand(code)].asked = true;
		}
		code += size;
	}
	return true;
}

/* Such a string counts only there, so it is not found among other stretches. */
static bool has_fixed_string(const YR_RULE *rule)
{
	const YR_STRING *string;

	yr_rule_strings_foreach(rule, string)
	{
		if (STRING_IS_FIXED_OFFSET(string))
			return true;
	}
	return false;
}

/* In order, as a rule can ask only for those before it. */
static bool judge(const YR_RULES *rules, struct vl_rule_facts *facts)
{
	bool any = false;

	for (uint32_t i = 0; i < rules->num_rules; i++) {
		facts[i].free = !facts[i].code ||
				has_fixed_string(&rules->rules_table[i]) ||
				!vl_rules_wants_string(facts, facts[i].code);
		any |= facts[i].free;
	}
	return any;
}

/* A global rule that does not hold takes others with it; one that is off, and is
 * asked for, is neither true nor false. */
static void switch_off(const struct vl_rule_facts *facts, YR_RULES *rules)
{
	for (uint32_t i = 0; i < rules->num_rules; i++) {
		YR_RULE *rule = &rules->rules_table[i];

		if (!facts[i].free && !facts[i].asked && !RULE_IS_GLOBAL(rule))
			yr_rule_disable(rule);
	}
}

bool vl_rules_sort(struct vl_rule_set *set)
{
	struct vl_rule_facts *facts =
		vl_calloc(set->rules->num_rules + 1, sizeof(*facts));

	if (!facts)
		return false;
	if (!VL_RULES_CODE_KNOWN || !survey(set->rules, facts)) {
		set->alone = true;
	} else if (judge(set->rules, facts)) {
		switch_off(facts, set->free);
		free(facts);
		return true;
	}
	yr_rules_destroy(set->free);
	set->free = NULL;
	free(facts);
	return true;
}
