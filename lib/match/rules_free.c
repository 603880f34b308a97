/* SPDX-License-Identifier: MIT */
/*
 * Which rules can hold where none of their strings is.
 */
#include "match/rules.h"

bool vl_rules_sort(struct vl_rule_set *set)
{
	set->alone = true;
	return true;
}
