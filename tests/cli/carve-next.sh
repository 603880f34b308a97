#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of an image that no header tells of, what carve suggests, and what that suggests in
# turn, leaves every block where it is: numbers of an earlier opening of the file, which
# are higher, do not make a session wait.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH

# QEMU has opened it twice, and closed it both times.
jq '.log.entries[4].applied = true | del(.expect)' \
	"$VHDXLOG_SRC/corpus/recipes/guess/log-qemu.json" >old.json
"$VHDXLOG_CORPUS" old.json old.vhdx || fail "cannot make old.vhdx"

run 0 carve -f json old.vhdx
cp out old.found
valid carve-1 old.found
is old.found '.items[] | select(.kind == "image") | [.guid, .next] | tostring' \
	'[null,"vhdxlog scan old.vhdx"]'
is old.found '.items[] | select(.kind == "log") | .sequence_number' 3
run 0 carve -f jsonl old.vhdx
[ "$(jq -r 'select(.type == "image") | .next' out)" = 'vhdxlog scan old.vhdx' ] ||
	fail "$(cat out)"
run 0 carve old.vhdx
tr -s ' \n' ' ' <out >line
has line 'its log 1 MiB at 0x100000 of the image; told by no usable header: how long it is, and which of its sessions waits, is for scan to tell' \
	'next vhdxlog scan old.vhdx '
[ "$(grep -c 'LogGuid' out)" = 1 ] || fail "a LogGuid of the image: $(cat out)"

# As printed, one after the other.
next=$(sed -n 's/^next  *//p' out)
next=$(eval "$next -f json" | jq -r .verdict.next)
case $next in
'vhdxlog-replay --fix headers old.vhdx old-mended.vhdx') ;;
*) fail "$next" ;;
esac
eval "$next" >out 2>&1 || fail "$next: $(cat out)"
cmp -i 1048576 old.vhdx old-mended.vhdx || fail "more than headers changed"
"$VHDXLOG" scan -f json old-mended.vhdx >out
is out .verdict.state clean

# An image that has lost its beginning, wherever it lies; and what a header says of the
# log is not said again.
truncate -s 64M dump
put old.vhdx dump 4096 2048
image demo demo.vhdx
put demo.vhdx dump 60000
run 0 carve -f json dump
is out '[.items[] | select(.kind == "image") | .next] | sort | join("\n")' \
	"vhdxlog scan --offset $((2048 * 512)) dump
vhdxlog scan --offset $((60000 * 512)) dump"

