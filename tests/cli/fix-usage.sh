#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How repairs are asked for, what goes together, and the record of it.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"
. "$VHDXLOG_SRC/tests/cli/_json.sh"

image demo demo.vhdx
cp demo.vhdx bad.vhdx
wipe bad.vhdx 64 64

fix 2 --fix nothing bad.vhdx out.vhdx
has err 'is no list of headers, region-tables'
fix 2 --fix headers, bad.vhdx out.vhdx
fix 2 --fix '' bad.vhdx out.vhdx
fix 2 --fix log-guid --policy ms-vhdx bad.vhdx out.vhdx
has err 'one or the other'
fix 2 --fix region-tables --rearm bad.vhdx out.vhdx
has err 'takes headers only'
fix 2 --fix headers --apply x bad.vhdx out.vhdx
has err '--fix goes with --patch'
fix 0 -n --fix headers,region-tables --fix length bad.vhdx
has out 'nothing to fix: both region tables' 'nothing to fix: the file is as'

# Nothing is written by a dry run, and the record says what would be.
fix 0 -n -f json --fix headers bad.vhdx
valid replay-1 out
jq -e '.outcome == "would-write" and .mode == "fix" and .state == "dirty" and
	.options.fix == ["headers"] and .selection == null and
	[.fixes[].name] == ["headers"] and (.fixes[0].evidence | length > 0)' \
	out >/dev/null || fail "$(cat out)"
fix 0 --hash --custody -f json --fix headers bad.vhdx out.vhdx
valid replay-1 out
jq -e --arg sum "$(sha256sum out.vhdx | cut -d ' ' -f 1)" \
	'.output.sha256 == $sum and .output.size == .growth.to' out >/dev/null ||
	fail "$(cat out)"
fix 1 -f json --fix bat-shift bad.vhdx none.vhdx
valid replay-1 out
jq -e '.outcome == "refused" and .fixes == [] and .state == null' out \
	>/dev/null || fail "$(cat out)"
fix 1 --fix headers bad.vhdx out.vhdx
has err 'out.vhdx'
fix 0 --overwrite --fix headers bad.vhdx out.vhdx

# Patches: the same copy, and the image again.
fix 0 --fix headers --patch fix.patch bad.vhdx
valid patch-1 fix.patch
fix 0 --apply fix.patch bad.vhdx patched.vhdx
cmp out.vhdx patched.vhdx || fail 'the patch makes another copy'
fix 0 --unapply fix.patch patched.vhdx undone.vhdx
cmp undone.vhdx bad.vhdx || fail 'the patch cannot be taken back'

# Re-armed, under headers that are mended.
fix 0 -f json --fix headers --rearm bad.vhdx armed.vhdx
valid replay-1 out
jq -e '.mode == "rearm" and [.fixes[].name] == ["headers"]' out >/dev/null ||
	fail "$(cat out)"
fix 0 demo.vhdx good.vhdx
fix 0 armed.vhdx replayed.vhdx
cmp -i 2097152 good.vhdx replayed.vhdx || fail 'it comes to other bytes'

# A sequence by its name, as a scan of the image has it.
fix 0 --overwrite --fix headers --sequence S1-3 bad.vhdx out.vhdx
cmp -i 196608 good.vhdx out.vhdx || fail 'another sequence'
