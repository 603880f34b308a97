#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image on a file system that is mounted read-only is replayed as any other,
# onto another one.
. "$VHDXLOG_SRC/tests/cli/_mount.sh"
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

mount_new tmpfs 64M mnt || exit 77
cp work/image.vhdx mnt
mount -o remount,ro mnt || fail 'not read-only'
! touch mnt/new 2>/dev/null || fail 'mnt can be written'

replayed 0 work/image.vhdx good.vhdx
replayed 0 mnt/image.vhdx out.vhdx
cmp good.vhdx out.vhdx || fail 'another output'
replayed 3 mnt/image.vhdx mnt/out.vhdx
has err 'Read-only file system'
