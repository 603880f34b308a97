#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The file behind a loop device that is read is evidence as the device is, and
# the device where the file is read: neither becomes the output.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo back.img
truncate -s 32M back.img # whole sectors, with room
sum=$(sha256sum <back.img)
devices=()
detach()
{
	local device
	for device in "${devices[@]}"; do
		losetup -d "$device"
	done
}
trap detach EXIT

# attach VARIABLE FILE
attach()
{
	local made
	made=$(losetup -r -f --show "$2" 2>/dev/null) || {
		echo "no loop devices here"
		exit 77
	}
	devices=("$made" "${devices[@]}")
	printf -v "$1" %s "$made"
	if [ ! -s "/sys/block/${made#/dev/}/loop/backing_file" ]; then
		echo "loop devices do not say here what is behind them"
		exit 77
	fi
}

# refused OUTPUT ARGUMENT...
refused()
{
	local output=$1
	shift
	run 2 scan -o "$output" "$@"
	empty out
	has err 'evidence'
	if [ -f "$output" ]; then
		"$VHDXLOG" scan "$@" >>"$output" 2>err
		[ $? -eq 2 ] || fail "standard output, $*: another status"
		has err 'evidence'
	fi
	[ "$(sha256sum <back.img)" = "$sum" ] || fail "the file was changed"
}

attach loop back.img
run 1 scan "$loop"
has out DIRTY
ln back.img hard
ln -s back.img link
for name in back.img hard link "$PWD/back.img"; do
	refused "$name" "$loop"
	refused "$name" --parent "$loop" back.img
done
refused "$loop" back.img

# A device on a device, and two devices on one file.
attach upper "$loop"
attach beside back.img
refused back.img "$upper"
refused "$upper" "$loop"
refused "$beside" "$loop"

# The file of another device is none of it.
truncate -s 1M other.img
attach other other.img
echo old >report
run 1 scan -o report "$loop"
has report DIRTY
run 1 scan -o other.img "$loop"
