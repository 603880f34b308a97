#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The sandbox sets limits by what there is to be read, and less where the caller
# had less; it leaves no core.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers need what the sandbox takes away'
	exit 77
}
VHDXLOG=$VHDXLOG_BUILD/vhdxlog
gib=$((1 << 30))

# limits_of COMMAND...: hard and soft of each, while the first byte is read
limits_of()
{
	SHOW_LIMITS=$PWD/limits LD_PRELOAD=$VHDXLOG_BUILD/limits.so "$@" \
		>/dev/null 2>messages
	[ $? -le 1 ] && [ -s limits ] || fail "$*: $(cat messages)"
}

# is NAME SOFT HARD
is()
{
	grep -qx "$1 $2 $3" limits || fail "not $*: $(cat limits)"
}

image demo demo.vhdx
size=$(stat -c %s demo.vhdx)
limits_of "$VHDXLOG" scan demo.vhdx
is core 0 0
is data $((gib + size)) $((gib + size))
is cpu $((3600 + size / 1048576)) $((3600 + size / 1048576 + 5))

# As many at a time as are asked for, as long as the longest, all of them.
cp demo.vhdx longer.vhdx
truncate -s 64M longer.vhdx
limits_of "$VHDXLOG" scan -j 4 demo.vhdx longer.vhdx
is data $((gib + 4 * (64 << 20))) $((gib + 4 * (64 << 20)))
is cpu $((3600 + (size >> 20) + 64)) $((3600 + (size >> 20) + 64 + 5))

# A log is no longer than 4 GiB.
truncate -s 100G longer.vhdx
limits_of "$VHDXLOG_BUILD/vhdxlog-replay" -n longer.vhdx
is data $((5 * gib)) $((5 * gib))

# Rules take what time they take.
echo 'rule r { condition: true }' >rules.yar
(
	ulimit -t 777 # so that there is one to see
	limits_of "$VHDXLOG" scan --yara rules.yar demo.vhdx
	is cpu 777 777
) || exit

(
	ulimit -t 99
	ulimit -d 500000
	limits_of "$VHDXLOG" scan demo.vhdx
	is cpu 99 99
	is data 512000000 512000000
) || exit

limits_of "$VHDXLOG" scan --no-sandbox demo.vhdx
! grep -qx "data $((gib + size)) $((gib + size))" limits ||
	fail '--no-sandbox sets limits'
exit 0
