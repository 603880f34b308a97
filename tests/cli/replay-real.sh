#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Images that QEMU and Hyper-V left dirty are replayed: of the one three bytes
# change besides the headers, and all that was written can be read; on the other
# there is the partition table that was missing. Both are sound afterwards.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

command -v qemu-io >/dev/null || {
	echo 'no qemu-io'
	exit 77
}

# replayed NAME: unpack it and replay a copy, which is clean, also for QEMU.
replayed()
{
	local before
	real "$1" "$1.vhdx"
	before=$(stat -c '%y %s' "$1.vhdx"; sha256sum "$1.vhdx")
	"$VHDXLOG_REPLAY" "$1.vhdx" "$1-replayed.vhdx" >said 2>&1 ||
		fail "$1: status $?: $(cat said)"
	[ "$(stat -c '%y %s' "$1.vhdx"; sha256sum "$1.vhdx")" = "$before" ] ||
		fail "$1: the image was changed"
	qemu-img check -f vhdx "$1-replayed.vhdx" >said 2>&1 ||
		fail "$1: qemu-img: $(cat said)"
	"$VHDXLOG" scan "$1-replayed.vhdx" >said 2>&1 ||
		fail "$1: scan: status $?: $(cat said)"
}

name=iotest-dirtylog-10G-4M
replayed $name
cmp -l $name.vhdx $name-replayed.vhdx |
	awk '$1 <= 65536 || $1 > 196608' >changed
[ "$(wc -l <changed)" -eq 3 ] || fail "$name: it changed $(cat changed)"
awk '$1 <= 2097152 + 17 * 8 || $1 > 2097152 + 18 * 8 { exit 1 }' changed ||
	fail "$name: not entry 17 of the BAT: $(cat changed)"
[ "$(stat -c %s $name.vhdx)" -eq "$(stat -c %s $name-replayed.vhdx)" ] ||
	fail "$name: it has another length"
qemu-io -r -f vhdx -c 'read -P 0xa5 0 18M' $name-replayed.vhdx >said 2>&1 ||
	fail "$name: $(cat said)"
grep -q 'read 18874368/18874368' said && ! grep -q 'verification failed' said ||
	fail "$name: $(cat said)"

# The first MiB of the disk: before the replay no block was there to hold it.
name=vhdx-log-replay
replayed $name
qemu-img dd -f vhdx -O raw bs=1M count=1 if=$name-replayed.vhdx of=start \
	2>said || fail "$name: qemu-img dd: $(cat said)"
byte()
{
	od -An -tx1 -j "$1" -N 1 start
}
[ "$(byte 510) $(byte 511)" = ' 55  aa' ] || fail "$name: no partition table"
types=$(for i in 0 1 2 3; do byte $((446 + 16 * i + 4)); done)
[ "$(echo $types)" = '83 83 00 00' ] || fail "$name: partitions of type $types"
exit 0
