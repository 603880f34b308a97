#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Killed before any of its system calls, it leaves an output that is whole, or
# none, or the one that was there before; the image is as it was.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
[ -z "$VHDXLOG_CHECKER" ] || {
	echo "what is killed can tell a checker nothing"
	exit 77
}
work_in_memory

# Only where an output is replaced is there a moment at which it has a hidden
# name, beside the one that it will have; or where all files have names.
killed()
{
	local hidden=()
	case " $* " in
	*' --overwrite '*) hidden=(-s) ;;
	esac
	walk kill-before "${rows[@]}" "${hidden[@]}" "$@"
	walk kill-before "${rows[@]}" -s -x tmpfile "$@"
}

each_setup killed
walk kill-before -r out.vhdx -- work/image.vhdx work/out.vhdx
walk kill-after "${rows[@]}" -r out.vhdx -- work/image.vhdx work/out.vhdx
