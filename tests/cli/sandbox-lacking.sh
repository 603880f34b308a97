#!/bin/bash
# SPDX-License-Identifier: MIT
#
# On a kernel that lacks a part of the sandbox the work is done all the same, with
# a note and with what parts there are; --no-sandbox does without both.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers need what the sandbox takes away'
	exit 77
}

# The programs themselves, also where other tests go without the sandbox.
VHDXLOG=$VHDXLOG_BUILD/vhdxlog
VHDXLOG_REPLAY=$VHDXLOG_BUILD/vhdxlog-replay
image demo demo.vhdx
run 1 scan demo.vhdx
! grep sandbox err || {
	echo 'the kernel here lacks a part of the sandbox'
	exit 77
}
cp out good

parts_of()
{
	jq -r .custody.sandbox out
}

# lacking PARTS LEFT NOTE...: without these, those are left, and that is noted
lacking()
{
	local VHDXLOG=$VHDXLOG_BUILD/fault-lacking parts=$1 left=$2 note
	local program=${VHDXLOG%/*}/vhdxlog
	shift 2
	run 1 "$parts" "$program" scan demo.vhdx
	cmp out good || fail "without $parts it is another report"
	[ "$(grep -c . err)" -eq $# ] || fail "without $parts: $(cat err)"
	for note; do
		has err "vhdxlog: the sandbox goes without $note"
	done
	run 1 "$parts" "$program" scan -f json --custody demo.vhdx
	[ "$(parts_of)" = "$left" ] || fail "without $parts: $(parts_of)"
	run 1 "$parts" "$program" scan --no-sandbox demo.vhdx
	cmp out good || fail "without $parts it is another report"
	[ ! -s err ] || fail "without $parts, --no-sandbox: $(cat err)"
	run 0 "$parts" "$program-replay" -q demo.vhdx copy.vhdx
	for note; do
		has err "vhdxlog-replay: the sandbox goes without $note"
	done
	rm copy.vhdx
}

run 1 scan -f json --custody demo.vhdx
[ "$(parts_of)" = 'limits, no-new-privileges, landlock, seccomp' ] ||
	fail "all: $(parts_of)"
run 1 scan -f json --custody --no-sandbox demo.vhdx
[ "$(parts_of)" = none ] || fail "--no-sandbox: $(parts_of)"

missing='landlock: Function not implemented'
lacking landlock 'limits, no-new-privileges, seccomp' "$missing"
lacking disabled-landlock 'limits, no-new-privileges, seccomp' \
	'landlock: Operation not supported'
lacking seccomp 'limits, no-new-privileges, landlock' \
	'seccomp: Invalid argument'
lacking landlock,seccomp 'limits, no-new-privileges' "$missing" \
	'seccomp: Invalid argument'
[ "$(id -u)" -ne 0 ] || lacking landlock,seccomp,privileges limits \
	"$missing" 'no-new-privileges: Invalid argument' 'seccomp: Invalid argument'

# Each version of Landlock is asked for what it knows.
for abi in 1 2 3 4 5 6 7; do
	LANDLOCK_ABI=$abi LD_PRELOAD=$VHDXLOG_BUILD/landlock.so \
		run 1 scan -o report demo.vhdx
	[ ! -s err ] || fail "Landlock $abi: $(cat err)"
	cmp report good || fail "Landlock $abi: it is another report"
	LANDLOCK_ABI=$abi LD_PRELOAD=$VHDXLOG_BUILD/landlock.so \
		run 1 scan --custody -f json demo.vhdx
	[ "$(parts_of)" = 'limits, no-new-privileges, landlock, seccomp' ] ||
		fail "Landlock $abi: $(parts_of)"
done
exit 0
