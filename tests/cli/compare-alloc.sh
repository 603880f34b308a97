#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out, comparing and extracting say so and end with status 3,
# or do their work all the same.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

make_image a.vhdx
cp a.vhdx b.vhdx
head -c 4000 /dev/urandom | tr '\0' x |
	dd of=b.vhdx bs=4K seek=2100 conv=notrunc status=none
every "$VHDXLOG" compare a.vhdx disk S1-3
every "$VHDXLOG" compare --bytes -v a.vhdx b.vhdx
every "$VHDXLOG" compare -f json --bytes a.vhdx E0 policy:qemu
every "$VHDXLOG" compare -f csv a.vhdx E1 E3
every "$VHDXLOG" extract a.vhdx block:10@E3 -o -
every "$VHDXLOG" extract a.vhdx page:2M@S1-3 -o -
