#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Asked to end, during any system call, it leaves an output that is whole or none,
# and not a hidden file either.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

interrupted()
{
	walk TERM "${rows[@]}" "$@"
	walk TERM "${rows[@]}" -x tmpfile "$@"
}

each_setup interrupted
walk INT "${rows[@]}" -r out.vhdx -- work/image.vhdx work/out.vhdx
walk HUP "${rows[@]}" -r out.vhdx -- work/image.vhdx work/out.vhdx
