#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The shared library exports the functions of vhdxlog.h, and nothing else; the
# archives define no global name without our prefixes.
set -eu
cd "$VHDXLOG_BUILD"
failed=0

# Sanitizers define names of their own in what they instrument.
names()
{
	nm "$@" --defined-only | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' |
		grep -v -E '^(__odr_asan|__asan|__ubsan|_init$|_fini$)' | sort -u
}

# $1: what is wrong with the names on standard input, if any.
complain()
{
	local found
	found=$(cat)
	[ -z "$found" ] || {
		echo "$1:"
		echo "$found"
		failed=1
	}
}

exported=$(names -D libvhdxlog.so.0)
[ -n "$exported" ] || {
	echo "the library exports nothing"
	failed=1
}
echo "$exported" | { grep -v '^vhdxlog_' || :; } | complain "exported, but not ours"

declared=$(sed -n '/VHDXLOG_API/,/;/p' "$VHDXLOG_SRC/lib/vhdxlog.h" |
	{ grep -o 'vhdxlog_[a-z0-9_]*(' || :; } | tr -d '(' | sort -u)
echo "$exported" | comm -13 - <(echo "$declared") |
	complain "declared in vhdxlog.h, but not exported"
echo "$exported" | comm -23 - <(echo "$declared") |
	complain "exported, but not declared in vhdxlog.h"

names libvhdxlog.a libvhdxlog-write.a libvhdxlog-match.a | { grep -v -E '^(vhdxlog|vl)_' || :; } |
	complain "global in an archive without prefix vhdxlog_ or vl_"
exit $failed
