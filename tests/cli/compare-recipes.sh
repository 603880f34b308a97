#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whatever an image holds, its states can be compared: text, json and csv agree
# on whether they differ, each state is itself, and the ring comes out as it lies.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

recipes=("$VHDXLOG_SRC"/corpus/recipes/{shape,reader}/*.json)
# Of those that fail a check each, so many that it takes seconds.
checks=("$VHDXLOG_SRC"/corpus/recipes/check/*.json)
for ((i = 0; i < ${#checks[@]}; i += 10)); do
	[ -n "$VHDXLOG_CHECKER" ] || recipes+=("${checks[i]}")
done
[ "$VHDXLOG_CHECKER" != valgrind ] ||
	recipes=("$VHDXLOG_SRC"/corpus/recipes/reader/*[02468]-*.json)
mkdir compared

# compare FORMAT... -- NAME A B
compare()
{
	local formats=() format status want=
	while [ "$1" != -- ]; do
		formats+=("$1")
		shift
	done
	shift
	for format in "${formats[@]}"; do
		"$VHDXLOG" compare --no-hash -f "$format" made.vhdx "$2" "$3" >out 2>messages
		status=$?
		want=${want:-$status}
		[ $status -eq "$want" ] || fail "$1, $2, $3: $status as $format, not $want"
		case $status in
		0 | 1) [ "$format" != json ] || cp out "compared/$1-$2-$3.json" ;;
		3) [ -s messages ] || fail "$1, $2, $3: no message" ;;
		*) fail "$1, $2, $3: status $status: $(cat messages)" ;;
		esac
	done
	[ "$2" != "$3" ] || [ "$want" -ne 1 ] || fail "$1: $2 is not $2"
}

examined=0
for recipe in "${recipes[@]}"; do
	name=$(basename "$recipe" .json)
	evidence "$recipe" made.vhdx || fail "cannot make $recipe"
	"$VHDXLOG" scan -f json --no-hash made.vhdx >scan.json 2>/dev/null
	head=$(jq -r '([.entries[] | select(.verdict != "invalid") | .id] | last) // "disk"' scan.json)
	sequence=$(jq -r '([.sequences[] | select(.maximal) | .id] | first) // "disk"' scan.json)
	compare json text csv -- "$name" disk policy:ms-vhdx
	compare json -- "$name" "$head" disk
	compare csv -- "$name" "$sequence" "$head"
	compare text -- "$name" "$head" "$head"
	"$VHDXLOG" extract made.vhdx log -o ring 2>messages
	case $? in
	0)
		tail -c +$(($(jq -r .log.offset scan.json) + 1)) made.vhdx |
			head -c "$(jq -r .log.length scan.json)" | cmp - ring ||
			fail "$name: another ring"
		;;
	3) [ -s messages ] || fail "$name: no message" ;;
	*) fail "$name: the ring: $(cat messages)" ;;
	esac
	for what in block:1@"$head" page:2M@"$sequence"; do
		"$VHDXLOG" extract made.vhdx "$what" -o got 2>messages
		case $? in
		0) [ -s got ] || fail "$name, $what: nothing" ;;
		3) [ -s messages ] || fail "$name, $what: no message" ;;
		*) fail "$name, $what: $(cat messages)" ;;
		esac
	done
	examined=$((examined + 1))
	rm -f made.vhdx ring got
done
[ $examined -gt 10 ] || fail "only $examined recipes"
valid compare-1 compared/*
