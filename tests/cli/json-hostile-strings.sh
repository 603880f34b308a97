#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Text chosen by an image or a file name cannot break a report or a terminal:
# control characters, lone surrogates and invalid UTF-8 are U+FFFD, and a twin
# has the bytes in hex. What is faithful has no twin.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

name=$'ev\x1b[31mil\xff\xc3(".vhdx'
make_image plain.vhdx
cp plain.vhdx "$name"

# The creator: A, ESC, a lone high surrogate, quote, backslash, a C1 control, a
# lone low surrogate, U+1F600, NUL.
creator='41001b0000d822005c00850000dc3dd800de'
# shellcheck disable=SC2001 # bash has no & in its replacements
printf '%b' "$(sed 's/../\\x&/g' <<<"${creator}0000")" |
	dd of="$name" bs=1 seek=8 conv=notrunc status=none

scan -f json --custody "$name" >document.json
scan -f jsonl "$name" >records.jsonl
"$VHDXLOG" show -f json "$name" header >show.json || fail "show failed"
valid scan-1 document.json
valid scan-1.records records.jsonl
valid show-1 show.json

! LC_ALL=C grep -P '[\x00-\x09\x0b-\x1f\x7f]' ./*.json records.jsonl ||
	fail "control bytes in a report"
hex=$(printf '%s' "$name" | od -An -v -tx1 | tr -d ' \n')
path='ev\ufffd[31mil\ufffd\ufffd(\".vhdx'
jq -e ".source.path == \"$path\" and .source.path_hex == \"$hex\"" \
	document.json >/dev/null || fail "path: $(jq -c .source document.json)"
jq -e ".custody.arguments[-1] == {text: \"$path\", hex: \"$hex\"}" \
	document.json >/dev/null || fail "arguments: $(jq -c .custody document.json)"
jq -e -s "all(.path == \"$path\")" records.jsonl >/dev/null ||
	fail "a record has another path"
jq -e ".path == \"$path\" and .path_hex == \"$hex\"" show.json >/dev/null ||
	fail "show has another path"
jq -e '.image.creator == "A\ufffd\ufffd\"\\\ufffd\ufffd😀"' document.json \
	>/dev/null || fail "creator: $(jq -c .image.creator document.json)"
jq -e ".image.creator_hex == \"$creator\"" document.json >/dev/null ||
	fail "creator: $(jq -c .image.creator_hex document.json)"

scan -f json plain.vhdx >plain.json
jq -e '.source.path == "plain.vhdx" and .source.path_hex == null
	and .image.creator_hex == null' plain.json >/dev/null ||
	fail "a twin of what is faithful"
