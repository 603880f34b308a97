#!/bin/bash
# SPDX-License-Identifier: MIT
#
# compare puts two states of an image side by side: a verdict, both sides, pages,
# BAT entries, and what a guest would see change; 0 the same, 1 different.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
run 1 compare demo.vhdx disk S1-3
empty err
tr -s ' \n' ' ' <out >line
has line 'demo.vhdx: DIFFERENT. disk and S1-3 differ in one page of the BAT, and in two BAT entries; a guest would see a change in 4 MiB of its disk.'
has out 'a         disk: the file as it is; 22 MiB' \
	'b         S1-3: the file with two entries laid over it; 22 MiB'
grep -qE '^ +0x200000  +4 KiB  BAT +disk +E3 +[0-9]+ +0x200050$' out ||
	fail "no page: $(cat out)"
grep -qE '^ +10 +10  20 MiB to 22 MiB  not-present  present at [0-9]+ MiB$' out ||
	fail "no BAT entry 10: $(cat out)"
grep -qE '^ +11 +11  22 MiB to 24 MiB  not-present  present at [0-9]+ MiB$' out ||
	fail "no BAT entry 11: $(cat out)"
grep -qE '^  20 MiB to 24 MiB +4 MiB$' out || fail "no range: $(cat out)"

# The other way round it says the same with sides changed.
run 1 compare demo.vhdx S1-3 disk
grep -qE '^ +0x200000  +4 KiB  BAT +E3 +disk ' out || fail "$(cat out)"

# A part of a sequence, and what readers leave.
run 1 compare demo.vhdx disk S1-1
tr -s ' \n' ' ' <out >line
has line 'one BAT entry; a guest would see a change in 2 MiB'
run 1 compare demo.vhdx S1-1 S1-3
grep -qE '^ +0x200000 .* E1 +E3 ' out || fail "$(cat out)"
run 0 compare demo.vhdx S1-3 policy:ms-vhdx
has out 'SAME. S1-3 and policy:ms-vhdx hold the same bytes.' \
	'policy:ms-vhdx: the file as ms-vhdx leaves it: with two entries, S1-3, applied'
run 0 compare demo.vhdx disk policy:libvhdi
has out 'the file as it is: libvhdi applies nothing'
run 0 compare demo.vhdx policy:qemu policy:ms-vhdx
run 0 compare demo.vhdx disk disk

# One line.
run 1 compare -q demo.vhdx disk S1-3
[ "$(cat out)" = "differ: 1 page, 2 BAT entries, 4 MiB of the guest's disk" ] ||
	fail "-q: $(cat out)"
run 0 compare -q demo.vhdx S1-3 S1-3
[ "$(cat out)" = same ] || fail "-q: $(cat out)"

# csv: a row for each thing, then one for each range.
run 1 compare -f csv demo.vhdx disk S1-3
head -n 1 out | grep -qxF 'file_offset,length,region,a_from,b_from,differing_bytes,bat_index,block,item,a,b,virtual_offset,virtual_length' ||
	fail "csv: $(head -n 1 out)"
[ "$(wc -l <out)" -eq 4 ] || fail "csv: $(cat out)"
grep -qE '^2097152,4096,bat,disk,E3,[0-9]+,10,10,,not-present,present@[0-9]+,20971520,2097152$' out ||
	fail "csv: $(cat out)"
[ "$(tail -n 1 out)" = ',,,,,,,,,,,20971520,4194304' ] || fail "csv: $(cat out)"
run 0 compare -f csv demo.vhdx disk disk
[ "$(wc -l <out)" -eq 1 ] || fail "csv: $(cat out)"

# What is written to a file is what is printed.
run 1 compare demo.vhdx disk S1-3
mv out printed
run 1 compare -o written demo.vhdx disk S1-3
empty out
cmp printed written || fail "-o: another report"

# A state that is not there, of an image that is; a file that is no image.
missing()
{
	local text=$1
	shift
	run 3 compare "$@"
	empty out
	has err "$text"
}
missing 'no entry begins in log sector 4; the nearest are E3 and E5' demo.vhdx disk E4
missing 'E1 comes before E3; did you mean S1-3?' demo.vhdx S3-1 disk
missing 'E9 is not reached from E1' demo.vhdx disk S1-9
missing 'E5 is invalid' demo.vhdx E5 disk
missing 'opening the image' missing.vhdx disk S1-3
echo something else >other
missing 'This is no VHDX image' other disk policy:qemu
missing 'This is no VHDX image' demo.vhdx other

# One that was there before is not replaced by nothing.
echo old >report
run 3 compare -o report demo.vhdx disk E4
[ "$(cat report)" = old ] || fail "the report is gone"
