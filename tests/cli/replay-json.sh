#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What vhdxlog-replay writes validates: the record of each way in which it can
# end, and a patch line by line.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# record NAME STATUS ARGUMENT...
record()
{
	local name=$1 want=$2 status
	shift 2
	"$VHDXLOG_REPLAY" -f json -o "$name.json" "$@" 2>stderr
	status=$?
	[ $status -eq "$want" ] || fail "$*: status $status: $(cat stderr)"
	valid replay-1 "$name.json"
}

make_image demo.vhdx
record dry 0 --dry-run demo.vhdx
record written 0 --hash --custody demo.vhdx out.vhdx
record refused 1 --sequence S7-9 demo.vhdx older.vhdx
record forced 0 --force --sequence S7-9 demo.vhdx older.vhdx
record rearmed 0 --rearm demo.vhdx armed.vhdx
record patched 0 --patch demo.patch demo.vhdx
record applied 0 --hash --apply demo.patch demo.vhdx patched.vhdx
record undone 0 --unapply demo.patch patched.vhdx undone.vhdx
record misfit 1 --apply demo.patch out.vhdx nothing.vhdx
valid patch-1 demo.patch

# told NAME FILTER: what a record says.
told()
{
	jq -e "$2" "$1.json" >/dev/null || fail "$1: not $2: $(cat "$1.json")"
}

sha()
{
	sha256sum "$1" | cut -d ' ' -f 1
}
told dry '.outcome == "would-write" and .output.path == null'
told written ".outcome == \"written\" and .output.sha256 == \"$(sha out.vhdx)\""
told written ".source.sha256.image == \"$(sha demo.vhdx)\""
told written '.selection.sequence == "S1-3" and .selection.active'
told written '[.headers.after[].log_guid | test("^[0-]*$")] | all'
told written '.headers.before[1].data_write_guid == .headers.after[1].data_write_guid'
told written '.pages_changed.count == ([.pages[] | select(.changes)] | length)'
told written '.custody.arguments | length > 0'
told refused '.outcome == "refused" and .reason != null and .output.size == null'
told forced '[.overrides[].id] | index("replay-not-current") != null'
told rearmed '.mode == "rearm" and .packed != null'
told applied ".mode == \"apply\" and .output.sha256 == \"$(sha out.vhdx)\""
told undone '.mode == "unapply"'
told misfit '.outcome == "refused"'
