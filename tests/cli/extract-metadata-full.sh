#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where a file system is full while metadata is written, that is said and nothing
# is left; what was there before stays.
. "$VHDXLOG_SRC/tests/cli/_mount.sh"
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
mount_new tmpfs 24K small || exit 77
echo old >small/file
for name in new file; do
	run 3 extract demo.vhdx metadata -o small/$name
	has err 'writing: No space left on device'
	[ "$(ls -A small)" = file ] || fail "in the folder: $(ls -A small)"
	[ "$(cat small/file)" = old ] || fail "the old file is gone"
done
