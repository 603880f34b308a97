#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Sessions of images that Windows and QEMU wrote: their order, how sure it is, who
# wrote them, and what else lies in the ring.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# is FILTER VALUE: compares text
is()
{
	local got
	got=$(jq -r "$1" out) || fail "$name: $1"
	[ "$got" = "$2" ] || fail "$name: $1 is
$got
and should be
$2"
}

told()
{
	name=$1
	real "$1" image.vhdx
	run 0 timeline -f json image.vhdx
}

first='[.sessions[].first] | join(" ")'
order='[.sessions[].order] | unique | join(" ")'
writer='[.sessions[].writer] | unique | join(" ")'
strata='[.strata[] | [.kind, .first, .count, .session // "-"] | join(" ")] | join(", ")'

told xfs5
is "$first" 'E3 E0'
is "$order" known
is "$writer" Hyper-V
is '[.sessions[].entries] | join(" ")' '11 2'
is '[.sessions[].begins] | @json' '[false,true]'
is '.sessions[0] | [.first_size, .last_size] | join(" ")' "$((36 << 20)) $((132 << 20))"
is '.sessions[1] | [.first_size, .last_size] | join(" ")' "$((164 << 20)) $((164 << 20))"
is '.sessions[1].why' 'the Tail of E3 names sector 1, where E1 of the later session lies now: it was written over the earlier one; the file grew from 132 MiB to 164 MiB'
is "$strata" 'entries 0 3 1, entries 3 22 0, empty 25 231 -'

told iotest-dirtylog-10G-4M
is "$first" 'E0 E2 E4 E6 E8 E10 E12'
is '[.sessions[].order] | join(" ")' 'inferred inferred inferred inferred inferred inferred known'
is '[.sessions[].current] | join(" ")' 'false false false false false false true'
is "$writer" QEMU

told qemu-7.2.0-bat-shift
is "$first" 'E0 E2 E4 E6 E8'
is "$order" inferred
is "$writer" QEMU

# What is left of an earlier session is nobody's.
told vhdx-log-replay
is "$first" E0
is "$order" known
is "$writer" Hyper-V
is "$strata" 'entries 0 9 0, orphans 9 9 -, empty 18 238 -'

told iotest-dynamic-1G
is "$first" E0
is "$order" known
is "$writer" Hyper-V
is "$strata" 'entries 0 3 0, orphans 3 15 -, empty 18 238 -'
exit 0
