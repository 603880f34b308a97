#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a scan suggests works, also where there is little to look at: no header is
# offered where none can be read, and of a log without a sector nothing.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# follow STATUS ARGUMENT...: the suggested command ends with that status
follow()
{
	local want=$1 next
	shift
	run 1 scan "$@"
	next=$(sed -n 's/^  next: vhdxlog //p' out)
	[ -n "$next" ] || fail "scan $*: nothing is suggested"
	eval "run $want $next"
}

: >empty
head -c 100 /dev/zero >short.raw
for log in empty short.raw; do
	run 1 scan --raw-log $log
	hasnt out 'next:'
	run 1 scan -f jsonl --raw-log $log
	has out '"next":null'
done
head -c 64K /dev/zero >zeroes.raw
follow 0 --raw-log zeroes.raw
has out 'log'

image demo demo.vhdx
head -c 64K demo.vhdx >no-header
follow 0 no-header
head -c 80K demo.vhdx >half
printf XXXX | dd of=half bs=64K seek=1 conv=notrunc status=none
follow 0 half
has out 'header 1'
