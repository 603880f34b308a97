#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The schemas of timelines refuse what the interface does not allow, above all a
# time where none was given.
. "$VHDXLOG_SRC/tests/cli/_spoil.sh"

make_image demo.vhdx
"$VHDXLOG" timeline -f json --block 10 demo.vhdx | jq -c . >good
valid timeline-1 good
spoil_keys . .log .reach .filter '.sessions[0]' '.strata[0]' '.events[0]' \
	'.events[0].target'
spoil '.events[0].datetime = "2026-11-22T14:30:00Z"'
spoil '.events[0].event = "guessed"'
spoil '.events[0].target.file_offset |= tonumber'
spoil '.events[0].session_order = "sure"'
spoil '.anchor = {name: "a", time: "2026-11-22"}'
spoil '.sessions[0].order = null'
refused timeline-1

"$VHDXLOG" timeline -f json --as-of E3 demo.vhdx | jq -c . >good
valid timeline-1 good
spoil_keys .as_of .as_of.metadata '.bat[0]'
spoil '.bat[0].certainty = "likely"'
refused timeline-1

"$VHDXLOG" timeline -f jsonl demo.vhdx >records
while read -r good; do
	echo "$good" >good
	spoil_keys .
	spoil '.schema = "vhdxlog.scan/1"'
	spoil '.type = "header"'
done < <(jq -c -s 'group_by(.type) | map(first) | .[]' records)
refused timeline-1.records

"$VHDXLOG" timeline -f jsonl --anchor a=2026-11-22T14:30:00Z demo.vhdx |
	jq -c -s 'map(select(.type == "event"))[0]' >good
valid timeline-1.records good
spoil 'del(.datetime)'
spoil 'del(.time_is_bound)'
spoil '.time_is_bound = false'
spoil '.timestamp_desc = "Creation Time"'
spoil '.datetime = "yesterday"'
refused timeline-1.records
