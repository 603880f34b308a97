#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The record of a replay validates whatever came of it: written, to be written,
# refused, failed, of a patch, with paths and lengths that nobody should have;
# and its schema refuses what the interface does not allow.
. "$VHDXLOG_SRC/tests/cli/_spoil.sh"

make_replays records.jsonl
"$VHDXLOG_SRC/tests/validate.py" --jsonl \
	"$VHDXLOG_SRC/reports/vhdxlog.replay-1.schema.json" records.jsonl ||
	exit 1

# The first was written, with everything in it; another was rearmed.
head -n 1 records.jsonl >good
spoil_keys . .program .options .source .source.sha256 .output .output.patch \
	.selection .growth .headers '.headers.before[0]' '.headers.after[1]' \
	'.headers.after[0].checksum' '.checks[0]' '.pages[0]' .pages_changed
spoil '.mode = "copy"'
spoil '.outcome = "clean"'
spoil '.reason = "none"'
spoil '.packed = true'
spoil '.headers.after |= .[1:]'
spoil '.growth.to |= tonumber'
spoil '.pages[0].length |= tonumber'
spoil '.pages[0].entry = "S5-7"'
spoil '.pages = null'
spoil '.selection.entries = ["D5"]'
spoil '.output.copied_by = "magic"'
spoil '.mode = "apply"'
spoil '.outcome = "refused"'
refused replay-1
jq -c 'select(.overrides != [])' records.jsonl | head -n 1 >good
spoil_keys '.overrides[0]'
spoil '.packed = null'
refused replay-1
