#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Two images: a copy is the same, and one that drifted is told from it to the
# byte, wherever that is. A state may be taken of each.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo a.vhdx
cp --sparse=always a.vhdx b.vhdx
run 0 compare a.vhdx b.vhdx
empty err
has out 'SAME. a and b hold the same bytes.' \
	'a         a.vhdx: the file as it is; 22 MiB' \
	'b         b.vhdx: the file as it is; 22 MiB'
run 0 compare -q a.vhdx a.vhdx

# poke FILE OFFSET BYTES
poke()
{
	printf %b "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# One byte of guest data: block 1 of the disk, which is at...
place=$("$VHDXLOG" show -f json a.vhdx bat:1 | jq -r .bat.file_offset)
poke b.vhdx $((place + 5000)) '\377'
run 1 compare a.vhdx b.vhdx
tr -s ' \n' ' ' <out >line
has line 'DIFFERENT. a and b differ in one page of guest data; a guest would see a change in 4 KiB of its disk.'
grep -qE "^ +$(printf 0x%x $((place + 4096)))  +4 KiB  guest data  disk  disk +1  $(printf 0x%x $((place + 5000)))\$" out ||
	fail "no page: $(cat out)"
has out '  2052 KiB to 2056 KiB '
run 1 compare -q a.vhdx b.vhdx
[ "$(cat out)" = "differ: 1 page, 4 KiB of the guest's disk" ] ||
	fail "-q: $(cat out)"
run 1 compare -f csv a.vhdx b.vhdx
grep -qxF "$((place + 4096)),4096,payload,disk,disk,1,,,,,,," out ||
	fail "csv: $(cat out)"

# The BAT: entry 2 has another place.
cp a.vhdx b.vhdx
bat=$("$VHDXLOG" show -f json a.vhdx bat:2 | jq -r .bat.offset)
[ "$(od -An -tx1 -j "$bat" -N 1 a.vhdx | tr -d ' ')" = 06 ] || fail "not present"
poke b.vhdx "$bat" '\002'
run 1 compare a.vhdx b.vhdx
tr -s ' \n' ' ' <out >line
has line 'differ in one page of the BAT, and in one BAT entry; a guest would see a change in 2 MiB of its disk.'
grep -qE '^ +2 +2  4 MiB to 6 MiB  present at [0-9]+ MiB  zero( at [0-9]+ MiB)?$' out ||
	fail "no BAT entry: $(cat out)"
grep -qE '^  4 MiB to 6 MiB +2 MiB$' out || fail "no range: $(cat out)"

# A file that goes on: what the other does not have differs.
cp a.vhdx b.vhdx
truncate -s +1M b.vhdx
run 1 compare a.vhdx b.vhdx
tr -s ' \n' ' ' <out >line
has line 'DIFFERENT. b is 1 MiB longer, with zeroes, and that is all.'
run 1 compare -q a.vhdx b.vhdx
[ "$(cat out)" = 'differ: 0 pages, 1 MiB of length' ] || fail "-q: $(cat out)"
printf x | dd of=b.vhdx bs=4K seek=$((22 * 256 + 3)) conv=notrunc status=none
run 1 compare a.vhdx b.vhdx
tr -s ' \n' ' ' <out >line
has line 'differ in one page that no structure owns; a guest would see no change. b is 1 MiB longer.'
grep -qE '^ +0x1603000  +4 KiB  unowned +- +disk +1 ' out || fail "$(cat out)"
run 1 compare b.vhdx a.vhdx
tr -s ' \n' ' ' <out >line
has line 'guest would see no change. a is 1 MiB longer.'

# A copy with the log replayed is that state, but for the headers.
if "$VHDXLOG_REPLAY" --sequence S1-3 a.vhdx replayed.vhdx >log 2>&1; then
	run 1 compare --state-a S1-3 a.vhdx replayed.vhdx
	tr -s ' \n' ' ' <out >line
	has line 'differ in two pages of the headers; a guest would see no change.'
	has out 'a         a.vhdx: the file with two entries laid over it'
	run 1 compare a.vhdx replayed.vhdx
	tr -s ' \n' ' ' <out >line
	has line 'a guest would see a change in 4 MiB of its disk.'
	run 0 compare --state-a S1-3 --state-b policy:ms-vhdx a.vhdx a.vhdx
else
	fail "not replayed: $(cat log)"
fi
