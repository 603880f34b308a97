#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What qemu-io wrote reads back from a copy of the image without its headers, its
# region tables, or its first MiB.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

have_qemu || {
	echo 'no qemu-img or no qemu-io'
	exit 77
}

qemu-img create -q -f vhdx -o block_size=1M image.vhdx 64M ||
	fail 'qemu-img create'
for n in 1 2 3 4 5; do
	qemu-io -f vhdx -c "write -P $n $((n * 7))M 64k" image.vhdx >said 2>&1 ||
		fail "qemu-io: $(cat said)"
done

# mended NAMES FROM COUNT: without so many KiB
mended()
{
	local n
	cp image.vhdx bad.vhdx
	wipe bad.vhdx "$2" "$3"
	! qemu-img check -q -f vhdx bad.vhdx >said 2>&1 ||
		fail "without $3 KiB at $2 QEMU still opens it"
	fix 0 --overwrite --fix "$1" bad.vhdx out.vhdx
	[ "$(state out.vhdx)" = clean ] || fail "$1: $(state out.vhdx)"
	qemu_checks out.vhdx
	for n in 1 2 3 4 5; do
		qemu_reads out.vhdx $n $((n * 7))M 64k
	done
}

mended headers 64 128
mended headers 0 192
mended region-tables 192 64
mended region-tables 192 128
mended headers,region-tables 64 256
mended headers,region-tables 0 1024
