#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A repair or a salvage that cannot be written: whatever call on the output fails, is
# cut short or is the last, it is whole or what was there before stays, nothing else
# is left, and the message names the file and the reason.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

# have RECIPE [FROM COUNT]: the image, so many KiB of it wiped from that KiB on
have()
{
	image "$1" work/image.vhdx
	[ $# -eq 1 ] || wipe work/image.vhdx "$2" "$3"
	rm -f work/*.recipe.json
}

# waits [FROM COUNT]: have an image of which the log waits
waits()
{
	small_image made.vhdx
	mv made.vhdx work/image.vhdx
	[ $# -eq 0 ] || wipe work/image.vhdx "$@"
}

# each_repair FUNCTION: call it with what is asked for of work/image.vhdx
each_repair()
{
	local do=$1
	waits 64 64
	$do --fix headers
	$do --fix headers --rearm
	waits 0 1024
	$do --fix headers,region-tables --policy ms-vhdx
	have shape/clean 192 64
	$do --fix region-tables
	have check/bat-shifted-page
	$do --fix bat-shift
	have shape/shift-waits 64 64
	$do --fix headers,bat-shift --policy ms-vhdx
	waits
	truncate -s 6M work/image.vhdx
	$do --fix length --policy ms-vhdx
	waits
	printf x | dd of=work/image.vhdx bs=1 seek=$((0x100000 + 2000)) \
		conv=notrunc status=none
	$do --force --fix log-guid
	have check/replay-salvage-incomplete
	$do --salvage
	wipe work/image.vhdx 64 64
	$do --salvage --fix headers
	have check/replay-salvage-growth
	$do --salvage
}

# fault FAULT OPTION... -- COMMAND...: as walk, of one that leaves nothing open
fault()
{
	local VHDXLOG_REPLAY=env
	rm -f left_open
	walk "$@"
	[ ! -s left_open ] || fail "left open: $(sort left_open | uniq -c): $*"
}

program=("LD_PRELOAD=$VHDXLOG_BUILD/io.so" "FAIL_LEFT_OPEN=$PWD/left_open"
	"$VHDXLOG_REPLAY")
errors=(ENOSPC EIO EDQUOT)

# In turn other ones of the faults, another of the errors, a file that is there before
# or not, and a file system that knows files without a name, and ranges, or not.
sweep()
{
	local error=${errors[turn % 3]} way=() run=() faults=() i
	run=(-r out.vhdx -- "${program[@]}" "$@" --overwrite work/image.vhdx
		work/out.vhdx)
	[ $((turn % 2)) -eq 0 ] || old_output out.vhdx
	[ $((turn % 5)) -lt 2 ] || way=(-x tmpfile)
	[ $((turn % 3)) -ne 1 ] || way+=(-x ranges)
	faults=("writes:$error" 'short-write -z' write:EINTR TERM:write
		'kill-before:write -s')
	fault "write:$error" "${way[@]}" "${run[@]}"
	for ((i = 0; i < ${#faults[@]}; i++)); do
		[ $(((i + turn) % 5)) -lt 2 ] || [ -n "${VHDXLOG_ROUNDS:-}" ] ||
			continue
		# What is killed can tell a checker nothing.
		case ${faults[i]}$VHDXLOG_CHECKER in
		kill*-s?*) continue ;;
		esac
		# shellcheck disable=SC2086 # a fault and its option
		fault ${faults[i]} "${way[@]}" "${run[@]}"
	done
	rm -f work/out.vhdx
	turn=$((turn + 1))
}

turn=0
each_repair sweep
