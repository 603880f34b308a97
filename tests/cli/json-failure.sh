#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that cannot be examined still leaves its record, so that none of a
# thousand goes missing unseen; the exit status is 3, also where others could be.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image good.vhdx
mkdir folder.vhdx

for image in missing.vhdx folder.vhdx; do
	for format in json jsonl; do
		"$VHDXLOG" scan -f $format $image >$image.$format 2>/dev/null
		[ $? -eq 3 ] || fail "$image, $format: another exit status"
	done
	jq -e '.verdict.state == "unreadable" and (.verdict.summary | length > 0)
		and .verdict.needs_decision and .source.size == null
		and .entries == []' $image.json >/dev/null ||
		fail "$image: $(cat $image.json)"
done
valid scan-1 ./*.vhdx.json
valid scan-1.records ./*.vhdx.jsonl

"$VHDXLOG" scan -f jsonl missing.vhdx good.vhdx folder.vhdx >all.jsonl 2>/dev/null
[ $? -eq 3 ] || fail "several: another exit status"
valid scan-1.records all.jsonl
[ "$(jq -r 'select(.type == "image") | .path' all.jsonl | tr '\n' ' ')" = \
	'missing.vhdx good.vhdx folder.vhdx ' ] || fail "an image went missing"
