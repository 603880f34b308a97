#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Bytes of an image are not written to a terminal.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
script -qec true /dev/null >/dev/null 2>&1 </dev/null || {
	echo "no script(1), or no terminals here"
	exit 77
}

image demo demo.vhdx
script -qec "'$VHDXLOG' extract demo.vhdx log -o -" /dev/null </dev/null >out
has out 'bytes are not written to a terminal'
[ "$(wc -c <out)" -lt 1000 ] || fail "it was written to a terminal"
