#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A log or a header that others write to meanwhile stands against a replay, by name:
# replay-source-unstable.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}

# changing OFFSET IMAGE: what stands against a replay of an image whose byte there
# changes while it is read, as its times do; the program does that to itself, which
# it could not with its sandbox
changing()
{
	env CHANGE_AT="$1" LD_PRELOAD="$VHDXLOG_BUILD/changing.so" \
		"$VHDXLOG_REPLAY" --no-sandbox -f json --dry-run "${@:2}" >report 2>messages
	status=$?
	jq -r '.checks[] | select(.status == "fail") | .id' report >fails
}

make_image demo.vhdx
log=$(scan -f json demo.vhdx | jq -r .log.offset)
for at in 65568 $((log + 4096 + 20)); do
	changing "$at" demo.vhdx
	[ $status -eq 1 ] || fail "$at: status $status: $(cat messages)"
	grep -qx replay-source-unstable fails ||
		fail "$at: stands against it: $(cat fails)"
done

# What a guest writes to its disk is no part of what is replayed.
changing $((7 * 1048576)) demo.vhdx
[ $status -eq 0 ] || fail "status $status: $(cat messages)"
