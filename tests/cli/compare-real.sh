#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What two states differ in on images of other programs: QEMU 7.2's shifted BAT,
# and a log that waits.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

real qemu-7.2.0-bat-shift x.vhdx
run 1 compare -f json x.vhdx E4 E6
[ "$(jq -c '[.pages[].bat[].index]' out)" = '[0,32,33,40,41,63,64]' ] ||
	fail "BAT entries: $(jq -c '[.pages[].bat[].index]' out)"
# Where the three blocks were the guest sees something else, or nothing.
for mib in 32 40 63; do
	jq -e --argjson at $((mib << 20)) 'any(.virtual[];
		(.offset | tonumber) <= $at and
		$at + 1048576 <= (.offset | tonumber) + (.length | tonumber))' \
		out >/dev/null || fail "not told: $mib MiB: $(jq -c .virtual out)"
done
run 1 compare x.vhdx E4 E6
has out '32 MiB to 3' '40 MiB to 4' '63 MiB to 64 MiB'
grep -qE '^ +63 +63  63 MiB to 64 MiB  present at [0-9]+ MiB  [a-z-]+$' out ||
	fail "no BAT entry 63: $(cat out)"
grep -qE '^ +64 .* behind its end ' out || fail "no BAT entry 64: $(cat out)"
# After the last entry the file is as it is.
run 0 compare x.vhdx disk E8

real iotest-dirtylog-10G-4M x.vhdx
run 1 compare -q x.vhdx disk S12-12
[ "$(cat out)" = "differ: 1 page, 1 BAT entry, 1 MiB of the guest's disk" ] ||
	fail "-q: $(cat out)"
run 1 compare x.vhdx disk S12-12
grep -qE '^ +17 +17  17 MiB to 18 MiB ' out || fail "$(cat out)"
run 0 compare x.vhdx S12-12 E12
run 0 compare x.vhdx policy:qemu policy:ms-vhdx
