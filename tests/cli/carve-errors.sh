#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What cannot be read is told and passed over; all else is found as without it.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}
shim=$VHDXLOG_BUILD/io.so
make_dump dump
run 0 carve -f json -o good.json dump

# faulty FROM TO ARGUMENT...: through the shim
faulty()
{
	env FAIL_READ_FROM="$1" FAIL_READ_TO="$2" LD_PRELOAD="$shim" \
		"$VHDXLOG" carve "${@:3}" dump >out 2>err || fail "$(cat out err)"
}

# In the second header of the first image.
from=$((demo_at + 0x20000 + 512)) to=$((demo_at + 0x20000 + 1024))
faulty $from $to -f json
cp out bad.json
valid carve-1 bad.json
is bad.json .done true
is bad.json '.counts.unreadable' 1
read -r offset length sound < <(jq -r '.items[] | select(.kind == "unreadable")
	| [.offset, .length, .sound] | @tsv' bad.json)
[ "$offset" -le $from ] && [ $((offset + length)) -ge $to ] &&
	[ "$length" -le 8192 ] && [ -z "$sound" ] || fail "$offset $length $sound"
others='[.items[] | select(.kind != "unreadable" and .kind != "image"
	and .offset != $header) | [.kind, .offset, .sound]] | sort'
header=$((demo_at + 0x20000))
cmp <(jq --arg header $header "$others" good.json) \
	<(jq --arg header $header "$others" bad.json) || fail "other items"
is bad.json '[.items[] | select(.kind == "image") | .base] | join(" ")' \
	"$demo_at $torn_at $piece_at"

faulty $from $to -f map
tiles 134217728 out
[ "$(grep -c -e '-$' out)" = 1 ] || fail "$(cat out)"
faulty $from $to -q
has out 'one stretch of it cannot be read'

# All of it; an error that passes; short reads.
faulty 0 134217728 -f json
cp out none.json
valid carve-1 none.json
is none.json '[.done, .counts.image, .counts.log] | map(tostring) | join(" ")' 'true 0 0'
is none.json '.counts.unreadable > 0' true
for fault in FAIL_READ_INTERRUPT=1 FAIL_READ_MOST=5000; do
	env $fault LD_PRELOAD="$shim" "$VHDXLOG" carve -f json dump >out 2>err ||
		fail "$fault: $(cat err)"
	cmp out good.json || fail "$fault: another report"
done

# Also with a state: what could not be read is part of it.
faulty $from $to -f json --state state --state-step 300K
cmp out bad.json || fail "another report with a state"
faulty $from $to -f json --state state
cmp out bad.json || fail "another report of the state"
