#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Memory that runs out while an image is mended, at each place in turn, is an exit
# status of 3 and leaves nothing behind.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

after()
{
	[ ! -e out.vhdx ] || [ "$status" -eq 0 ] || fail "$1: an output is there"
	rm -f out.vhdx
}

image shape/shift-waits shift.vhdx
wipe shift.vhdx 64 64
every "$VHDXLOG_REPLAY" -f json --fix headers,bat-shift --policy ms-vhdx \
	shift.vhdx out.vhdx

image demo lost.vhdx
wipe lost.vhdx 0 1024
every "$VHDXLOG_REPLAY" -n --fix headers,region-tables --policy ms-vhdx lost.vhdx

image shape/clean tables.vhdx
wipe tables.vhdx 192 64
every "$VHDXLOG_REPLAY" --fix region-tables tables.vhdx out.vhdx

image demo short.vhdx
truncate -s 6M short.vhdx
every "$VHDXLOG_REPLAY" --fix length --policy ms-vhdx short.vhdx out.vhdx

image demo other.vhdx
printf x | dd of=other.vhdx bs=1 seek=$((0x100000 + 2000)) conv=notrunc status=none
every "$VHDXLOG_REPLAY" --force --fix log-guid other.vhdx out.vhdx
