#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --policy narrows what is shown of the readers, in every format, and nothing else;
# a name that is none is misuse, with the one that was meant.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image reader/03-stray-number x.vhdx
run 1 scan -f json x.vhdx
mv out all.json
run 1 scan -f jsonl x.vhdx
mv out all.jsonl

# In the order of reports, whatever the order of the options.
run 1 scan -f json --policy virtualbox --policy qemu --policy qemu x.vhdx
jq -e '[.selection[].policy] == ["qemu", "virtualbox"]' out >/dev/null ||
	fail "json: $(jq -c '[.selection[].policy]' out)"
jq -S 'del(.selection)' out >some
jq -S 'del(.selection)' all.json | cmp - some || fail "json: more than rows differ"
"$VHDXLOG_SRC/tests/validate.py" "$VHDXLOG_SRC/reports/vhdxlog.scan-1.schema.json" \
	out || fail "json: not by the schema"

run 1 scan -f jsonl --policy qemu x.vhdx
grep '"type":"selection"' all.jsonl | grep '"policy":"qemu"' >want
grep '"type":"selection"' out | cmp - want || fail "jsonl: another row"
grep -v '"type":"selection"' all.jsonl >want
grep -v '"type":"selection"' out | cmp - want || fail "jsonl: more than rows differ"

# The state is that of all readers, and letters are those of all disks.
run 1 scan --policy qemu x.vhdx
has out 'DIRTY-AMBIGUOUS' '  S16-16          1  valid          B     qemu' \
	'reader-hangs' 'policy:calebf' \
	'  qemu    replay   ' '  the chain whose first entry has the highest number'
hasnt out 'qemu, ' openvmm 'virtualbox'
run 1 scan -q --policy qemu x.vhdx
mv out quiet
run 1 scan -q x.vhdx
cmp out quiet || fail "-q: another verdict"

# Every reader of a report is a name, and of the schema.
jq -r '.selection[].policy' all.json >names
jq -r '.["$defs"].policy.enum[]' "$VHDXLOG_SRC/reports/vhdxlog.scan-1.schema.json" |
	diff - names || fail "the schema has other names"
mapfile -t names <names
[ ${#names[@]} -eq 22 ] || fail "${#names[@]} readers"
for name in "${names[@]}"; do
	run 1 scan -f json --policy "$name" x.vhdx
	[ "$(jq -r '.selection[].policy' out)" = "$name" ] || fail "not $name"
	run 0 show -q x.vhdx "policy:$name"
	jq -e --arg id "policy:$name" --slurpfile s \
		"$VHDXLOG_SRC/reports/vhdxlog.scan-1.schema.json" -n \
		'$id | test($s[0]["$defs"].any_id.pattern)' >/dev/null ||
		fail "policy:$name is no identifier of the schema"
done

run 2 scan --policy qmeu x.vhdx
empty out
has err '"qmeu" is no policy; did you mean "qemu"?' 'ms-vhdx, qemu, qemu-7.2'
run 2 scan --policy QEMU x.vhdx
run 2 scan --policy '' x.vhdx
empty out
run 2 scan --policy
has err '--policy needs a value: NAME'
run 2 show x.vhdx policy:opnvmm
empty out
has err '"opnvmm" is no policy; did you mean "openvmm"?'
