#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The damage sweep of the unit tests, over an image that QEMU made: whatever page is
# overwritten, the report names the structure that was hit.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

for tool in qemu-img qemu-io; do
	command -v $tool >/dev/null || {
		echo "no $tool here"
		exit 77
	}
done
[ -x "$VHDXLOG_BUILD/unit" ] || {
	echo "the unit tests are not built"
	exit 77
}
qemu-img create -q -f vhdx -o block_size=1M image.vhdx 64M || fail "cannot create"
for at in 0 5M 63M; do
	qemu-io -f vhdx -c "write -P 7 $at 64k" image.vhdx >log 2>&1 ||
		fail "$(cat log)"
done
VHDXLOG_SWEEP_IMAGE=$PWD/image.vhdx "$VHDXLOG_BUILD/unit" \
	--filter 'damage_sweep/an_image_that_is_named' >log 2>&1 ||
	fail "$(head -40 log; tail -6 log)"
grep -q 'Passing: 1' log || fail "$(cat log)"
