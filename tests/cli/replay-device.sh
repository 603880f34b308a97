#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image on a block device is replayed as the same image in a file is: the
# bytes are the same, and the device is only read.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
device=$(losetup -r -f --show demo.vhdx 2>/dev/null) || {
	echo 'no loop devices here'
	exit 77
}
trap 'losetup -d "$device"' EXIT

# replay IMAGE OUTPUT OPTION...
replay()
{
	"$VHDXLOG_BUILD/vhdxlog-replay" "$@" -f json >record 2>err ||
		fail "$*: $(cat err record)"
}
sum=$(sha256sum <demo.vhdx)
replay demo.vhdx from-file
for option in '' --hash; do
	replay "$device" from-device $option
	cmp from-device from-file || fail 'other bytes than of the file'
	way=$(jq -r .output.copied_by record)
	[ "$way" = plain ] || fail "a device was copied by $way"
	rm from-device
done
[ "$(sha256sum <"$device")" = "$sum" ] || fail 'the device was written to'
