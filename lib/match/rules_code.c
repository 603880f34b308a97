/* SPDX-License-Identifier: MIT */
/*
 * Conditions tried out: what each comes to where no string was found, and nothing
 * is known of all else. Both ways are followed where that decides.
 */
#include "match/rules_code.h"

#include <yara/exec.h>

/* Instructions followed for one rule, and ways at a time. What takes more, or what
 * is not known below, is said to hold. */
#define MOST_STEPS 4096
#define MOST_STACK 512
#define MOST_WAYS  16

enum kind {
	ANY,
	KNOWN, /* `value`, which may be YR_UNDEFINED */
	FALSY, /* 0 or undefined */
};

struct value {
	enum kind kind;
	int64_t value;
};

struct machine {
	const struct vl_rule_facts *facts;
	struct value stack[MOST_STACK];
	size_t depth;
	size_t steps;
	unsigned ways;
	bool lost; /* it is not known how it goes on */
};

static const struct value any = { ANY, 0 };
static const struct value falsy = { FALSY, 0 };
static const struct value zero = { KNOWN, 0 };
static const struct value undefined = { KNOWN, YR_UNDEFINED };

size_t vl_rules_instruction(uint8_t opcode)
{
	switch (opcode) {
	case OP_PUSH_8: return 2;
	case OP_PUSH_16: return 3;
	case OP_PUSH_32:
	case OP_JUNDEF_P:
	case OP_JNUNDEF:
	case OP_JFALSE:
	case OP_JFALSE_P:
	case OP_JTRUE:
	case OP_JTRUE_P:
	case OP_JL_P:
	case OP_JLE_P:
	case OP_JZ:
	case OP_JZ_P: return 5;
	case OP_PUSH:
	case OP_CALL:
	case OP_OBJ_LOAD:
	case OP_OBJ_FIELD:
	case OP_OF:
	case OP_OF_PERCENT:
	case OP_PUSH_RULE:
	case OP_INIT_RULE:
	case OP_MATCH_RULE:
	case OP_INCR_M:
	case OP_CLEAR_M:
	case OP_ADD_M:
	case OP_POP_M:
	case OP_PUSH_M:
	case OP_SET_M:
	case OP_SWAPUNDEF:
	case OP_IMPORT:
	case OP_INT_TO_DBL: return 9;
	case OP_ERROR:
	case OP_UNUSED:
	case OP_JUNDEF:
	case OP_JNUNDEF_P: return 0;
	case OP_HALT:
	case OP_NOP: return 1;
	default:
		return opcode <= OP_DEFINED || IS_INT_OP(opcode) ||
				       IS_DBL_OP(opcode) || IS_STR_OP(opcode) ||
				       (opcode >= OP_READ_INT &&
					opcode <= OP_UINT32BE) ?
			       1 :
			       0;
	}
}

/* ------------------------------------------------------------------- stack */

static void push(struct machine *m, struct value v)
{
	if (m->depth == MOST_STACK)
		m->lost = true;
	else
		m->stack[m->depth++] = v;
}

static struct value pop(struct machine *m)
{
	if (m->depth == 0) {
		m->lost = true;
		return any;
	}
	return m->stack[--m->depth];
}

/* n values become one. */
static void reduce(struct machine *m, size_t n, struct value v)
{
	while (n--)
		pop(m);
	push(m, v);
}

static bool has_no_value(struct value v)
{
	return v.kind == KNOWN && v.value == (int64_t)YR_UNDEFINED;
}

static bool is_false(struct value v)
{
	return v.kind == FALSY || has_no_value(v) ||
	       (v.kind == KNOWN && v.value == 0);
}

static bool is_true(struct value v)
{
	return v.kind == KNOWN && !is_false(v);
}

/* -------------------------------------------------------------- instructions */

static struct value compare(uint8_t opcode, int64_t a, int64_t b)
{
	switch (opcode) {
	case OP_INT_EQ: return (struct value){ KNOWN, a == b };
	case OP_INT_NEQ: return (struct value){ KNOWN, a != b };
	case OP_INT_LT: return (struct value){ KNOWN, a < b };
	case OP_INT_GT: return (struct value){ KNOWN, a > b };
	case OP_INT_LE: return (struct value){ KNOWN, a <= b };
	case OP_INT_GE: return (struct value){ KNOWN, a >= b };
	default: return any;
	}
}

static void do_integer(struct machine *m, uint8_t opcode)
{
	struct value b = pop(m), a;

	if (opcode == OP_INT_MINUS) {
		push(m, any);
		return;
	}
	a = pop(m);
	/* Versions differ in whether that is 0 or undefined. */
	if (has_no_value(a) || has_no_value(b))
		push(m, opcode <= OP_INT_GE ? falsy : any);
	else if (a.kind == KNOWN && b.kind == KNOWN)
		push(m, compare(opcode, a.value, b.value));
	else
		push(m, any);
}

static void do_or(struct machine *m)
{
	struct value b = pop(m), a = pop(m);

	push(m, is_false(a) && is_false(b) ? falsy : any);
}

static void do_and(struct machine *m)
{
	struct value b = pop(m), a = pop(m);

	push(m, is_false(a) || is_false(b) ? zero : any);
}

static void do_not(struct machine *m)
{
	struct value a = pop(m);

	if (has_no_value(a))
		push(m, undefined);
	else if (a.kind == KNOWN)
		push(m, (struct value){ KNOWN, !a.value });
	else
		push(m, any);
}

/* So many of a set, the end of which an undefined value marks. None of none is
 * asked for with 0, or with what is not known. */
static void do_of(struct machine *m, const uint8_t *code)
{
	const bool strings = vl_rules_operand(code) == OF_STRING_SET;
	struct value v;

	do
		v = pop(m);
	while (!m->lost && !has_no_value(v));
	v = pop(m);
	push(m, strings && v.kind == KNOWN &&
				(has_no_value(v) || v.value > 0) ?
			zero :
			any);
}

static void do_push_rule(struct machine *m, const uint8_t *code)
{
	const struct vl_rule_facts *f = &m->facts[vl_rules_operand(code)];

	push(m, f->free ? any : zero);
}

/* Those that need nothing but the stack. false: it is not known. */
static bool do_simple(struct machine *m, const uint8_t *code)
{
	int16_t small;
	int32_t medium;

	switch (*code) {
	case OP_NOP: break;
	case OP_PUSH:
		push(m, (struct value){ KNOWN,
					(int64_t)vl_rules_operand(code) });
		break;
	case OP_PUSH_8: push(m, (struct value){ KNOWN, code[1] }); break;
	case OP_PUSH_16:
		memcpy(&small, code + 1, sizeof(small));
		push(m, small >= 0 ? (struct value){ KNOWN, small } : any);
		break;
	case OP_PUSH_32:
		memcpy(&medium, code + 1, sizeof(medium));
		push(m, medium >= 0 ? (struct value){ KNOWN, medium } : any);
		break;
	case OP_PUSH_U: push(m, undefined); break;
	case OP_POP: pop(m); break;
	case OP_FOUND:
	case OP_COUNT: reduce(m, 1, zero); break;
	case OP_FOUND_AT: reduce(m, 2, zero); break;
	case OP_FOUND_IN:
	case OP_COUNT_IN: reduce(m, 3, falsy); break;
	case OP_OFFSET:
	case OP_LENGTH: reduce(m, 2, undefined); break;
	case OP_OF:
	case OP_OF_PERCENT: do_of(m, code); break;
	case OP_AND: do_and(m); break;
	case OP_OR: do_or(m); break;
	case OP_NOT: do_not(m); break;
	case OP_PUSH_RULE: do_push_rule(m, code); break;
	case OP_OBJ_LOAD:
	case OP_FILESIZE:
	case OP_ENTRYPOINT: push(m, any); break;
	case OP_OBJ_VALUE:
	case OP_OBJ_FIELD:
	case OP_STR_TO_BOOL:
	case OP_DEFINED:
	case OP_BITWISE_NOT: reduce(m, 1, any); break;
	case OP_CONTAINS:
	case OP_STARTSWITH:
	case OP_ENDSWITH:
	case OP_ICONTAINS:
	case OP_ISTARTSWITH:
	case OP_IENDSWITH:
	case OP_IEQUALS:
	case OP_MATCHES:
	case OP_BITWISE_AND:
	case OP_BITWISE_OR:
	case OP_BITWISE_XOR:
	case OP_SHL:
	case OP_SHR:
	case OP_MOD: reduce(m, 2, any); break;
	default:
		if (IS_INT_OP(*code))
			do_integer(m, *code);
		else if (IS_STR_OP(*code))
			reduce(m, 2, any);
		else if (*code >= OP_READ_INT && *code <= OP_UINT32BE)
			reduce(m, 1, any);
		else
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------- paths */

static bool may_hold(struct machine *m, const uint8_t *code);

/* Where a jump of `and` or `or` leads, from its own opcode. Only ever ahead, so
 * that what is followed ends. */
static const uint8_t *jump_of(struct machine *m, const uint8_t *code)
{
	int32_t by;

	memcpy(&by, code + 1, sizeof(by));
	m->lost |= by <= 0;
	return code + by;
}

/* The same machine goes both ways, one after the other. The value stays, and on the
 * way that is gone for it, it is false. */
static bool may_hold_either(struct machine *m, const uint8_t *if_false,
			    const uint8_t *if_true)
{
	struct machine *other;
	bool holds;

	if (m->ways == MOST_WAYS)
		return true;
	other = malloc(sizeof(*other));
	if (!other)
		return true;
	*other = *m;
	other->ways++;
	pop(other);
	push(other, falsy);
	holds = may_hold(other, if_false);
	m->steps = other->steps;
	free(other);
	return holds || may_hold(m, if_true);
}

static bool may_hold_behind(struct machine *m, const uint8_t *code)
{
	const bool wants = *code == OP_JTRUE;
	const uint8_t *jump = jump_of(m, code), *on = code + 5;
	struct value top = pop(m);

	if (m->lost)
		return true;
	push(m, top);
	if (is_false(top))
		return may_hold(m, wants ? on : jump);
	if (is_true(top))
		return may_hold(m, wants ? jump : on);
	return may_hold_either(m, wants ? on : jump, wants ? jump : on);
}

static bool may_hold(struct machine *m, const uint8_t *code)
{
	while (!m->lost && m->steps++ < MOST_STEPS) {
		if (*code == OP_MATCH_RULE)
			return !is_false(pop(m));
		if (*code == OP_JFALSE || *code == OP_JTRUE)
			return may_hold_behind(m, code);
		if (!do_simple(m, code))
			return true;
		code += vl_rules_instruction(*code);
	}
	return true;
}

bool vl_rules_wants_string(const struct vl_rule_facts *facts,
			   const uint8_t *code)
{
	struct machine *m = calloc(1, sizeof(*m));
	bool holds = true;

	if (m) {
		m->facts = facts;
		holds = may_hold(m, code);
	}
	free(m);
	return !holds;
}
