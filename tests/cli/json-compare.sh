#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `compare -f json` validates, whatever is compared; `same` is known before the
# pages; bytes are those of the files; and the same question has the same answer.
. "$VHDXLOG_SRC/tests/cli/_spoil.sh"

n=0
# compare ARGUMENT...: to compared/N.json
compare()
{
	n=$((n + 1))
	"$VHDXLOG" compare -f json "$@" >"compared/$n.json"
	status=$?
	[ $status -le 1 ] || fail "compare $*: status $status"
	[ "$(jq .same "compared/$n.json")" = "$([ $status -eq 0 ] && echo true || echo false)" ] ||
		fail "compare $*: status $status, but same: $(jq .same "compared/$n.json")"
	jq -e '.same == (.pages == [] and .virtual == [] and .length.a == .length.b)' \
		"compared/$n.json" >/dev/null || fail "compare $*: $(cat "compared/$n.json")"
	# What is counted is what is told.
	jq -e '.totals.bat == ([.pages[].bat[]] | length) and
		.totals.items == ([.pages[].items[]] | length) and
		.totals.differing_bytes == ([.pages[].differing_bytes | strings | tonumber] | add // 0 | tostring) and
		.totals.virtual_bytes == ([.virtual[].length | tonumber] | add // 0 | tostring)' \
		"compared/$n.json" >/dev/null || fail "compare $*: other totals"
}

mkdir compared
make_image demo.vhdx
cp demo.vhdx other.vhdx
printf '\377' | dd of=other.vhdx bs=1 seek=$((21 << 20)) conv=notrunc status=none
head -c 64K /dev/zero | tr '\0' x >>other.vhdx
states='disk S1-3 S1-1 E0 E3 E9 policy:ms-vhdx policy:qemu policy:7-zip policy:calebf'
for a in $states; do
	for b in $states; do
		[ "$VHDXLOG_CHECKER" != valgrind ] || [ "$a" = disk ] || continue
		compare demo.vhdx "$a" "$b"
		[ "$a" != "$b" ] || [ $status -eq 0 ] || fail "$a is not $a"
	done
done
compare --bytes demo.vhdx disk S1-3
jq -e '.pages == [.pages[] | select(.bytes.complete and (.bytes.a | length) == 8192)]
	and (.pages | length) == 1' compared/$n.json >/dev/null || fail "no bytes"
[ "$(jq -r '.pages[0].bytes.a' compared/$n.json)" = \
	"$(od -An -v -tx1 -j $((2 << 20)) -N 4096 demo.vhdx | tr -d ' \n')" ] ||
	fail "other bytes"
[ "$(jq -r '[.a.name, .a.kind, .b.name, .b.kind, .pages[0].a.from, .pages[0].b.from,
	.pages[0].a.certainty] | join(" ")' compared/$n.json)" = \
	'disk disk S1-3 sequence disk E3 known' ] || fail "other sides"
compare --bytes demo.vhdx other.vhdx
jq -e '.pages[-1] | .a.from == null and .bytes.a == "" and .length == "65536" and
	(.bytes.b | length) == 131072' compared/$n.json >/dev/null ||
	fail "what is not there: $(tail -c 1000 compared/$n.json)"
compare --no-hash demo.vhdx other.vhdx
cp other.vhdx 'na
me.vhdx'
compare demo.vhdx $'na\nme.vhdx'
[ "$(jq -r .b.path_hex compared/$n.json)" = \
	"$(printf 'na\nme.vhdx' | od -An -v -tx1 | tr -d ' \n')" ] || fail "the path"

compare demo.vhdx disk S1-3
"$VHDXLOG" compare -f json demo.vhdx disk S1-3 >again
cmp compared/$n.json again || fail "not the same twice"
valid compare-1 compared/*

# One record with -q.
"$VHDXLOG" compare -q -f json demo.vhdx disk S1-3 >quiet
[ $? -eq 1 ] || fail "-q: another status"
valid compare-1 quiet
[ "$(jq -c '[.type, .same, .totals]' quiet)" = \
	"$(jq -c '["image", .same, .totals]' compared/$n.json)" ] || fail "-q: $(cat quiet)"

if [ -n "$VHDXLOG_IMAGES" ] && [ "$VHDXLOG_CHECKER" != valgrind ]; then
	image=
	rm compared/*
	while real_image image; do
		scan -f json "$image" >scan.json
		first=$(jq -r '[.entries[] | select(.verdict != "invalid")][0].id // "disk"' scan.json)
		last=$(jq -r '[.entries[] | select(.verdict != "invalid")][-1].id // "disk"' scan.json)
		compare --bytes "$image" disk policy:ms-vhdx
		compare "$image" disk "$last"
		compare --bytes "$image" "$first" "$last"
		compare "$image" "$first" policy:qemu
	done
	valid compare-1 compared/*
fi

# The schema says something.
"$VHDXLOG" compare -f json --bytes demo.vhdx disk S1-3 | jq -c . >good
valid compare-1 good
spoil_keys . .tool .a .a.source .length .totals '.pages[0]' '.pages[0].a' \
	'.pages[0].bat[0]' '.pages[0].bat[0].a' '.pages[0].bytes' '.virtual[0]'
spoil '.same = true'
spoil '.a.policy = "qemu"'
spoil '.a.kind = "policy"'
spoil '.pages[0].file_offset |= tonumber'
spoil '.pages[0].region = "BAT"'
spoil '.pages[0].a.from = "S1-3"'
spoil '.type = "image"'
refused compare-1
