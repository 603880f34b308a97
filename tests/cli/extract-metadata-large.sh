#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A file of 36 MiB, and sparse ones of a disk of 60 TiB: what is extracted of them
# takes little more room than what it holds, and is told of in the same way.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

command -v qemu-img >/dev/null || {
	echo "no qemu-img here"
	exit 77
}
# Not every file system has such files.
for dir in "$TMPDIR" /dev/shm; do
	[ "$(stat -f -c %T "$dir" 2>/dev/null)" = tmpfs ] && break
	dir=
done
[ -n "$dir" ] || {
	echo "no tmpfs here"
	exit 77
}
work=$(mktemp -d "$dir/vhdxlog-extract.XXXXXX") || fail "no room on tmpfs"
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

same='del(.source.path, .source.sha256, .verdict.next)
	| .selection |= map(del(.result)) | .orphans |= map(del(.sha256))'

# extracted IMAGE MOST: no more than so many KiB of room
extracted()
{
	local room
	run 0 extract "$1" metadata -o meta.vhdx
	[ "$(stat -c %s meta.vhdx)" = "$(stat -c %s "$1")" ] || fail "another size"
	room=$(du -k meta.vhdx | cut -f 1)
	[ "$room" -le "$2" ] || fail "$1: $room KiB, more than $2"
	"$VHDXLOG" scan -f json "$1" | jq -S "$same" >want
	"$VHDXLOG" scan -f json meta.vhdx | jq -S "$same" >got
	[ -s want ] && cmp -s want got || fail "$1: $(diff want got | head -20)"
	run 0 extract "$1" metadata --redact -o meta.vhdx
	room=$(du -k meta.vhdx | cut -f 1)
	[ "$room" -le "$2" ] || fail "$1, redacted: $room KiB, more than $2"
}

# 36 MiB, all of its blocks written.
qemu-img create -q -f vhdx -o block_size=1M 36.vhdx 28M || fail "qemu-img"
head -c 28M /dev/urandom >raw
qemu-img convert -n -f raw -O vhdx raw 36.vhdx || fail "qemu-img"
size=$(stat -c %s 36.vhdx)
[ "$size" -ge $((36 << 20)) ] || fail "of $size bytes only"
# An entry of two sectors in its log for each of them.
extracted 36.vhdx $((36 * 8 + 64))

# A table of half a GiB that is a hole, and a file as long as its disk.
qemu-img create -q -f vhdx -o block_size=1M,block_state_zero=off table.vhdx 60T ||
	fail "qemu-img"
extracted table.vhdx 128
rm table.vhdx
# More of the same, and long under valgrind.
[ "$VHDXLOG_CHECKER" != valgrind ] || exit 0
if ! qemu-img create -q -f vhdx -o subformat=fixed 60t.vhdx 60T 2>err; then
	echo "no file of 60 TiB here: $(cat err)"
	exit 77
fi
[ "$(stat -c %s 60t.vhdx)" -gt $((60 << 40)) ] || fail "not of 60 TiB"
extracted 60t.vhdx $(($(du -k 60t.vhdx | cut -f 1) + 64))
