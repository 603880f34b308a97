# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What is known of each target: which seeds it begins with. Sourced.

fuzz_targets()
{
	local file
	for file in "$VHDXLOG_SRC"/tests/fuzz/target_*.c; do
		file=${file##*/target_}
		echo "${file%.c}"
	done
}

# seeds_of TARGET: the folder of $VHDXLOG_BUILD/seeds.
seeds_of()
{
	case $1 in
	ring | linear | policies | replay | rearm | timeline) echo ring ;;
	patch | recipe | state | codec) echo "$1" ;;
	*) echo image ;;
	esac
}
