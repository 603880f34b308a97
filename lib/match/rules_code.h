/* SPDX-License-Identifier: MIT */
/*
 * What libyara compiled a rule's condition to, as far as it tells whether the rule
 * can hold where none of its strings is. Known of the versions below; of others
 * nothing is told.
 */
#ifndef VL_MATCH_RULES_CODE_H
#define VL_MATCH_RULES_CODE_H

#include "match/rules.h"

#include <string.h>

#define VL_RULES_CODE_KNOWN \
	(YR_VERSION_HEX >= 0x040200 && YR_VERSION_HEX < 0x040300)

/* Of each rule. */
struct vl_rule_facts {
	const uint8_t *code; /* of its condition */
	bool free; /* it may hold without a string, or that is not known */
	bool asked; /* another rule asks whether it holds */
};

/* Bytes of an instruction, with what belongs to it; 0: an unknown one. */
size_t vl_rules_instruction(uint8_t opcode);

/* Whether the condition is never true without a string. facts: of all rules, known
 * of those before it. */
bool vl_rules_wants_string(const struct vl_rule_facts *facts,
			   const uint8_t *code);

/* The number that stands behind an opcode, as libyara wrote it: in this machine's
 * own order. */
static inline uint64_t vl_rules_operand(const uint8_t *code)
{
	uint64_t n;

	memcpy(&n, code + 1, sizeof(n));
	return n;
}

#endif
