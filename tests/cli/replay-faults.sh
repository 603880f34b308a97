#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whatever a file system answers, at any call: the output is made all the same,
# or the program says why not and leaves none; the image is as it was.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

failing()
{
	walk write:EIO "$@"
	walk writes:ENOSPC "$@"
	walk read:EIO "${rows[@]}" "$@"
}
each_setup failing

# What an output by itself goes through, and in every way to copy.
plain=(-r out.vhdx -- work/image.vhdx work/out.vhdx)
walk read:EIO "${plain[@]}"
for fault in write:EDQUOT write:EFBIG write:EPERM write:EINTR writes:EIO; do
	walk $fault "${plain[@]}"
done
for fault in reads:EIO read:EINTR; do
	walk $fault "${rows[@]}" "${plain[@]}"
done
for means in tmpfile ranges holes; do
	walk write:EIO -x $means "${plain[@]}"
	walk read:EIO "${rows[@]}" -x $means "${plain[@]}"
done
walk writes:ENOSPC -x ranges -x holes -x tmpfile "${plain[@]}"

# To move less than was asked for is no failure.
walk short-write -z "${plain[@]}"
walk short-write -z -x ranges "${plain[@]}"
walk short-read -z "${rows[@]}" "${plain[@]}"
walk short-read -z "${rows[@]}" -x ranges "${plain[@]}"
