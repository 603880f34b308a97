#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The image whose BAT QEMU 7.2.0 shifted, mended: QEMU reads each pattern where
# it was written.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

real qemu-7.2.0-bat-shift shift.vhdx
cp shift.vhdx before.vhdx
fix 0 --fix bat-shift shift.vhdx out.vhdx
cmp shift.vhdx before.vhdx || fail 'the image was changed'
! finds out.vhdx bat-shifted-page || fail 'still shifted'
[ "$(state out.vhdx)" = clean ] || fail "state $(state out.vhdx)"
fix 1 --fix bat-shift out.vhdx none.vhdx
has err 'nothing to fix'

# There and back again.
fix 0 --fix bat-shift --patch shift.patch shift.vhdx
fix 0 --apply shift.patch shift.vhdx applied.vhdx
cmp applied.vhdx out.vhdx || fail 'the patch makes another copy'
fix 0 --unapply shift.patch out.vhdx undone.vhdx
cmp undone.vhdx shift.vhdx || fail 'the patch cannot be taken back'

have_qemu || {
	echo 'no qemu-img or no qemu-io'
	exit 77
}
qemu_checks out.vhdx
while read -r pattern at length; do
	qemu_reads out.vhdx "$pattern" "$at" "$length"
done <<'END'
1 32M 4k
5 40M 1M
7 63M 64k
2 0 4k
9 12M 4k
END

# The first MiB gone as well: the same, from what else is there.
wipe shift.vhdx 0 1024
fix 0 --overwrite --fix headers,region-tables,bat-shift shift.vhdx out.vhdx
qemu_checks out.vhdx
qemu_reads out.vhdx 1 32M 4k
qemu_reads out.vhdx 5 40M 1M
qemu_reads out.vhdx 7 63M 64k
qemu_reads out.vhdx 2 0 4k
qemu_reads out.vhdx 9 12M 4k
