#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A number of bytes is decimal or hex, with units of 1024, and means what it says;
# anything else is refused, never read in part or cut to 64 bits.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo inner.vhdx
for spelling in 3145728 0x300000 0X300000 3072K 3072k 3M 3MiB 3mib; do
	[ -e at3.raw ] || { truncate -s 3M at3.raw; cat inner.vhdx >>at3.raw; }
	run 1 scan --offset "$spelling" at3.raw
	has out 'at offset 0x300000 of a larger one (assumed)' 'DIRTY.'
done

# A sparse file, so that larger units can be tried.
truncate -s 1G at1g.raw
cat inner.vhdx >>at1g.raw
for spelling in 1G 1GiB 1073741824 0x40000000; do
	run 1 scan -q --offset "$spelling" at1g.raw
done

# One parser reads all of them: under valgrind once is enough.
options=(--offset --log-offset --log-length)
[ "$VHDXLOG_CHECKER" != valgrind ] || options=(--log-length)
for garbage in '' ' ' 12x x12 0x 0xg -1 +1 1.5M 1KB 1MB 1Mi 1MiBs '1 M' 1P \
	99999999999999999999 18446744073709551616 0x10000000000000000 \
	18446744073709551615K; do
	for option in "${options[@]}"; do
		run 2 scan "$option" "$garbage" inner.vhdx
		empty out
		has err "$option" 'is no'
	done
done

# A log has a 32-bit length, some length, and whole sectors.
run 2 scan --log-length 4G inner.vhdx
run 2 scan --log-length 0 inner.vhdx
for length in 5 4095 4097 1048575; do
	run 2 scan --log-length $length inner.vhdx
	has err "--log-length: \"$length\" is no multiple of 4096"
done
run 1 scan --log-length 1M inner.vhdx

# It begins where LogOffset can say; what else is found is scanned as a piece.
for offset in 5 4096 1048575 0x101000 1049088; do
	run 2 scan --log-offset $offset inner.vhdx
	empty out
	has err "--log-offset: \"$offset\" is no multiple of 1 MiB" --raw-log
done
run 1 scan --log-offset 1M inner.vhdx
{
	head -c 512 /dev/zero
	tail -c +1048577 inner.vhdx | head -c 1M
} >piece
run 1 scan --offset 512 --raw-log piece
has out 'valid'
