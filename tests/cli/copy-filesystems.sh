#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What makes copies and changes passes its tests on file systems that share
# blocks, and on others.
. "$VHDXLOG_SRC/tests/cli/_mount.sh"
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# unit DIR PATTERN
unit()
{
	(cd "$1" && "$VHDXLOG_BUILD/unit" --filter "$2") >unit.log 2>&1 || {
		cat unit.log
		fail "on $1: $2"
	}
}

mount_kinds 512M xfs btrfs ext4 tmpfs
for kind in "${kinds[@]}"; do
	unit "$kind" '@(copy|change|medium)/*'
	case $kind in
	xfs | btrfs)
		# One that is skipped is counted nowhere.
		unit "$kind" 'copy/shares_blocks*'
		has unit.log 'Passing: 1'
		;;
	esac
done
