#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A device that shows the image is neither replayed onto, nor is the file behind
# a device that is replayed.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

[ -e /sys/dev/block ] || {
	echo 'no sysfs here, which tells what is behind a device'
	exit 77
}
loop=$(losetup -r -f --show work/image.vhdx 2>/dev/null) || {
	echo 'no loop devices here'
	exit 77
}
trap 'losetup -d "$loop"' EXIT
sum=$(sha256sum <work/image.vhdx)

for option in '' --overwrite '--overwrite --force'; do
	# shellcheck disable=SC2086 # options
	replayed 1 $option work/image.vhdx "$loop"
	# shellcheck disable=SC2086
	replayed 1 $option "$loop" work/image.vhdx
	[ "$(sha256sum <work/image.vhdx)" = "$sum" ] || fail 'the image changed'
done

replayed 0 work/image.vhdx work/of-file
replayed 0 "$loop" work/of-device
cmp work/of-file work/of-device || fail 'another output of the device'
