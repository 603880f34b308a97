#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --strict is a rule of this program: what other readers would do does not change
# with it.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

rows()
{
	scan -f json "$@" | jq -c '.selection[1:][] |
		[.policy, .outcome, .entries, .applied_entries, .result]'
}

# A dirty image one of whose headers is bad for --strict alone.
recipes=$VHDXLOG_SRC/corpus/recipes
jq -s '.[0] * {damage: .[1].damage} | del(.expect)' \
	"$recipes"/reader/01-*.json \
	"$recipes"/check/header-reserved-nonzero.json >dirty.json || exit 1

n=0
for recipe in dirty.json "$recipes"/check/{header,region,entry,zero}-*.json; do
	"$VHDXLOG_CORPUS" "$recipe" image.vhdx || exit 1
	rows image.vhdx >plain
	rows --strict image.vhdx >strict
	cmp -s plain strict ||
		fail "$(basename "$recipe"): $(diff plain strict)"
	n=$((n + 1))
	[ "${VHDXLOG_CHECKER-}" != valgrind ] || [ "$n" -lt 3 ] || break
done
[ "$n" -ge 3 ] || fail "no recipes"
