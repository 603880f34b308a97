#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A header of which there is not a byte cannot be shown: status 3 and a message.
# One that is damaged can, and of two copies the one that is there.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
: >empty
head -c 80K demo.vhdx >first-only
dd if=demo.vhdx of=log.raw bs=1M skip=1 count=1 status=none

# missing TEXT ARGUMENT...
missing()
{
	local text=$1
	shift
	for format in text json; do
		run 3 show -f $format "$@"
		empty out
		has err "$text"
	done
}
missing 'empty: neither copy of the header can be read' empty header
missing 'empty: header 1 cannot be read' empty header1
missing 'first-only: header 2 cannot be read' first-only header2
for id in header header1 header2; do
	missing 'log.raw: there is no header in a raw log' --raw-log log.raw $id
done
run 3 show --raw-log log.raw E1 header
empty out
run 0 show --raw-log log.raw E1

run 0 show first-only header1
run 0 show first-only header
has out 'header 1' 'cannot be read'
run 0 show demo.vhdx header
cp demo.vhdx broken
printf XXXX | dd of=broken bs=64K seek=1 conv=notrunc status=none
printf XXXX | dd of=broken bs=64K seek=2 conv=notrunc status=none
run 0 show broken header
has out 'unusable'
