#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that others change meanwhile, at any moment, gives no output, unless
# nothing of the change was seen or all of it.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

log=$("$VHDXLOG" scan -f json work/image.vhdx | jq -r .log.offset)

changed()
{
	walk "$@" "${rows[@]}" -c image.vhdx -r out.vhdx -- work/image.vhdx \
		work/out.vhdx
	walk "$@" "${rows[@]}" -c image.vhdx -r out.vhdx -t record -- --hash \
		-f json -o work/record work/image.vhdx work/out.vhdx
	walk "$@" "${rows[@]}" -c image.vhdx -r patch -- --patch work/patch \
		work/image.vhdx
}

changed shrink
changed change:65568 # of the first header
changed change:$((log + 12304)) # the last entry's data
changed change:$((7 * 1048576)) # the guest's data

# Between all reads, too.
walk change:$((log + 12304)) -c image.vhdx -r out.vhdx -x ranges -- \
	work/image.vhdx work/out.vhdx
