#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --bytes: 16 bytes of either side in a line, what differs marked below, what does
# not only counted.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo a.vhdx
cp a.vhdx b.vhdx
place=$("$VHDXLOG" show -f json a.vhdx bat:1 | jq -r .bat.file_offset)
dd if=/dev/zero of=a.vhdx bs=4K seek=$((place / 4096)) count=64 conv=notrunc status=none
dd if=/dev/zero of=b.vhdx bs=4K seek=$((place / 4096)) count=64 conv=notrunc status=none
poke()
{
	printf %b "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
poke b.vhdx $((place + 64 + 3)) '\253\315'
poke b.vhdx $((place + 4095)) '\001'
run 1 compare --bytes a.vhdx b.vhdx
at=$(printf %08x $((place + 64)))
last=$(printf %08x $((place + 4080)))
zero='00000000 00000000 00000000 00000000'
{
	echo '        ..  64 equal bytes'
	echo "  $at  $zero   000000ab cd000000 00000000 00000000"
	printf '%12s%-35s   %s\n' '' '      ^^ ^^' '      ^^ ^^'
	echo '        ..  4000 equal bytes'
	echo "  $last  $zero   00000000 00000000 00000000 00000001"
	printf '%12s%35s   %35s\n' '' '^^' '^^'
} >want
grep -A 10 -F ', guest data: a (disk), b (disk)' out | tail -n +2 >got
cmp want got || {
	cat got
	fail "another dump"
}

# Without colour there is none, and with it the mark stays.
hasnt out $'\033'

# A line that repeats the one above is an asterisk; a long stretch is cut.
head -c 128K /dev/zero | tr '\0' 'x' |
	dd of=b.vhdx bs=4K seek=$((place / 4096)) conv=notrunc status=none
run 1 compare --bytes a.vhdx b.vhdx
grep -qE '^  128 KiB|  128 KiB  guest data' out || fail "$(cat out)"
has out '  65536 bytes more; -v shows them'
[ "$(grep -c 78787878 out)" -eq 1 ] || fail "not folded: $(cat out)"
has out '  *'
run 1 compare -v --bytes a.vhdx b.vhdx
hasnt out 'bytes more'

# What one file has and the other not.
cp a.vhdx b.vhdx
printf x >>b.vhdx
run 1 compare --bytes a.vhdx b.vhdx
has out '1 byte, unowned: a (not there), b (disk)'
grep -qE '^  01600000  --  +78$' out || fail "$(cat out)"

# All differing bytes of all pages are there: they are those that cmp finds.
cp a.vhdx b.vhdx
for i in 1 2 3 5 8 13 21 34 55 89; do
	poke b.vhdx $((place + i * 4096 + i * 7)) '\252\125'
done
run 1 compare --bytes -v a.vhdx b.vhdx
[ "$(grep -E '^ +\^\^' out | grep -o '\^\^' | wc -l)" -eq \
	$((2 * $(cmp -l a.vhdx b.vhdx | wc -l))) ] || fail "another number of marks"
