#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of an image that Hyper-V left dirty, 7-Zip and libvhdi show stale bytes: the
# disk without its log, which is not what is there once qemu-img has replayed it.
packed=${VHDXLOG_IMAGES:-/nonexistent}/vhdx-log-replay.vhdx.gz
[ -e "$packed" ] || {
	echo 'no images of other programs here'
	exit 77
}
gzip -dc "$packed" >vhdx-log-replay.vhdx || exit 1
exec "$VHDXLOG_SRC/tests/oracle/readers.py" vhdx-log-replay.vhdx
