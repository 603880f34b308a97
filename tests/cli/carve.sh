#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What lies in a dump is found and told in every format: two images, the log of one
# without the rest, a piece that has lost its beginning; and nothing else. The
# commands that are given work as they are, whatever the dump is called.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

name=$'a dump\'s\tname\\.dd'
make_dump dump
mv dump "$name"
sum=$(sha256sum <"$name")
stamp=$(stat -c '%Y %Z %s' "$name")

run 0 carve -f json -o found.json "$name"
empty out err
valid carve-1 found.json
is found.json '.done' true
is found.json '[.items[].number] == [range(1; (.items | length) + 1)]' true
is found.json '[.items[] | select(.kind == "image") | .base] | join(" ")' \
	"$demo_at $torn_at $piece_at"
is found.json '[.items[] | select(.kind == "log" and .image == null) | .base]
	| join(" ")' $log_at
is found.json '.counts as $counts | reduce .items[].kind as $kind
	(($counts | map_values(0)); .[$kind] += 1) | . == $counts' true
is found.json '.counts | [.image, .log, .unreadable] | join(" ")' '3 4 0'
is found.json '.source | [.size, .kind, .offset] | join(" ")' '134217728 file 0'
# Each byte counts once, however often it was looked at.
allocated=$(($(stat -c %b "$name") * 512))
is found.json ".bytes_read | tonumber | . > 100000 and . <= $allocated" true
is found.json .sound_logs 4

# The records are the document, taken apart; the one of the pass is the last, and the
# first has what of it is known before.
run 0 carve -f jsonl -o found.jsonl "$name"
valid carve-1.records found.jsonl
[ "$(tail -n 1 found.jsonl | jq -r .type)" = pass ] || fail "no pass record last"
jq -e -n --slurpfile records found.jsonl '$records[0] as $start | $records[-1] as $pass
	| ($start | keys_unsorted) == ["schema", "type", "path", "tool", "source"]
	and $start.type == "start"
	and ($start | del(.type)) == ($pass | {schema, path, tool, source})
	' >/dev/null || fail "another start: $(head -n 1 found.jsonl)"
jq -e -s --slurpfile document found.json '
	$document[0] as $d
	| [.[] | select(.number) | del(.schema, .type, .path)] == $d.items
	and [.[] | select(.number) | .type == .kind] == [$d.items[] | true]
	and [.[] | select(.type == "limitation") | .text] == $d.limitations
	and (.[-1] | del(.type, .path)) == ($d | del(.items, .limitations))
	' found.jsonl >/dev/null || fail "the records do not add up to the document"
for format in json jsonl; do
	run 0 carve -q -f $format "$name"
	cmp out <(tail -n 1 found.jsonl) || fail "-q -f $format: not the pass record"
done
jq -r 'keys_unsorted | join(" ")' found.json |
	grep -qx 'schema tool source items error done position bytes_read counts sound_logs limitations custody' ||
	fail "the keys are in another order"

# Each command scans what it is about: the same entries as in the image by itself.
entries='[.entries[] | [.sector, .sequence_number, .log_guid, .verdict]]'
look()
{
	"$VHDXLOG" scan -f json --no-hash "$@" | jq -c "$entries"
}
scan_of() # KIND BASE: of its command, run by a shell
{
	local command
	command=$(jq -r --arg kind "$1" --arg base "$2" '.items[]
		| select(.kind == $kind and .base == $base) | .next' found.json)
	[ "$command" != "${command#vhdxlog scan }" ] || fail "$1 at $2: $command"
	vhdxlog() { "$VHDXLOG" "$@" -f json --no-hash; }
	eval "$command" | jq -c "$entries"
}
look demo.vhdx >demo.entries
look torn.vhdx >torn.entries
cmp demo.entries <(scan_of image $demo_at) || fail "the first image"
cmp torn.entries <(scan_of image $torn_at) || fail "the second image"
cmp torn.entries <(scan_of image $piece_at) || fail "the piece"
strip='map(.[:3])' # whether it is of the session no header says
cmp <(jq -c "$strip" demo.entries) <(scan_of log $log_at | jq -c "$strip") ||
	fail "the log alone"

# Text says the same, with names that a terminal shows.
run 0 carve "$name"
jq -r '.items[] | select(.image == null) | .next // empty' found.json >commands
[ -s commands ] && grep '^next ' out | sed 's/^next  *//' | cmp - commands ||
	fail "other commands: $(cat out)"
has out "Three images and four logs" 'of no image that was found' 'the rest is holes'
[ "$(grep -c '^image ' out)" = 3 ] && [ "$(grep -c '^log ' out)" = 4 ] ||
	fail "$(cat out)"
run 0 carve -v "$name"
[ "$(grep -cE '^ +[0-9]+  0x' out)" = "$(jq '[.items[] | select(.kind != "log"
	and .kind != "image")] | length' found.json)" ] ||
	fail "not every structure: $(cat out)"
run 0 carve -q "$name"
[ "$(wc -l <out)" = 1 ] && has out 'Three images and four logs'

# Of an image whose start is not there the log has the command.
dd if=demo.vhdx of=rest bs=1M skip=1 status=none
run 0 carve rest
has out 'a fragment, whose beginning is not there' \
	'next      vhdxlog scan --raw-log --log-length 1048576 rest'
[ "$(grep -c '^next ' out)" = 1 ] || fail "$(cat out)"

# A map for ddrescue; what is sound, and what is not, and nothing else.
run 0 carve -f map "$name"
tiles 134217728 out
[ "$(grep -c '[*]$' out)" = "$(jq '[.items[] | select(.sound == false)
	| select(.kind == "entry")] | length' found.json)" ] || fail "$(cat out)"
! grep -q '[-/]$' out || fail "$(cat out)"

# Logs that are data sectors alone, or whose entries are damaged; a length that is no
# whole number of KiB.
dd if=demo.vhdx of=damaged bs=1M skip=1 count=1 status=none
printf x >>damaged
run 0 carve damaged
has out 'No images and one log; looked at 1048577 bytes of 1048577 bytes.'
"$VHDXLOG" scan -f json --raw-log damaged | jq '.entries[].sector' |
	while read -r sector; do
		printf '\377' | dd of=damaged bs=1 conv=notrunc status=none \
			seek=$((sector * 4096 + 4))
	done
run 0 carve damaged
has out 'No images and one log, without a sound entry; looked at'
run 0 carve -f json damaged
is out '[.counts.log, .sound_logs] | join(" ")' '1 0'
cat demo.vhdx damaged >both
run 0 carve both
has out 'One image and two logs, of which one has a sound entry; looked at'

# From an offset on; places are those of the file.
run 0 carve -f json --offset $((torn_at - 512)) "$name"
cp out part.json
valid carve-1 part.json
is part.json '[.items[] | select(.kind == "image") | .base] | join(" ")' \
	"$torn_at $piece_at"
is part.json '.position' 134217728
[ "$(jq -c '[.items[] | select(.kind == "entry") | .offset]' part.json)" = "$(
	jq -c --argjson at "$torn_at" '[.items[] | select(.kind == "entry"
		and (.offset | tonumber) > $at) | .offset]' found.json)" ] ||
	fail "other entries from an offset on"
run 0 carve -f map --offset $((torn_at - 512)) "$name"
tiles 134217728 out
grep -v '^#' out | sed -n 2p | grep -q '^0x00000000 .*/$' || fail "$(cat out)"

# Custody; nothing at all; no file.
run 0 carve --custody -f json -o custody.json "$name"
valid carve-1 custody.json
is custody.json '.custody | .before == .after and .before.size == "134217728"' true
run 0 carve --custody "$name"
has out 'record of the run'
: >nothing
truncate -s 1000 short
truncate -s 64M holes
for file in nothing short holes; do
	for format in text map jsonl; do
		run 0 carve -f $format $file
	done
	valid carve-1.records out
	run 0 carve -f json $file
	valid carve-1 out
	is out '[.done, .items, .bytes_read]' '[
  true,
  [],
  "0"
]'
done
mkdir folder
for file in folder missing; do
	run 3 carve $file
	has err "$file"
	empty out
	run 3 carve -f json $file
	valid carve-1 out
	is out '(.error | length > 0) and .items == [] and (.done | not)' true
	run 3 carve -f jsonl $file
	valid carve-1.records out
done

run 3 carve --offset 999G short
has err 'outside the file'

# Evidence is as it was, and no output.
ln "$name" hard
for file in "$name" ./hard; do
	run 2 carve -o "$file" "$name"
	has err evidence
done
[ "$(sha256sum <"$name")" = "$sum" ] &&
	[ "$(stat -c '%Y %s' "$name")" = "${stamp%% *} ${stamp##* }" ] ||
	fail "the dump was changed"
[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"
