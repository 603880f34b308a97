#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every command, with each of its reads of the image in turn another than it should
# be. What passes, an error, an interruption, a short read, changes nothing at all;
# what stays unreadable is told or is status 3; an image that is cut, that grows or
# is written to meanwhile is never passed over in silence.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}

image demo good.vhdx
bat=2097160 # of the page that the log writes

# read_with [VAR=VALUE]... -- COMMAND: a fresh image.vhdx, read through the shim,
# which changes it in the program's own name: not from a sandbox
read_with()
{
	local set=()
	while [ "$1" != -- ]; do
		set+=("$1")
		shift
	done
	shift
	cp --sparse=always good.vhdx image.vhdx
	rm -f left_open
	env "${set[@]}" FAIL_READ_CHANGES=$bat FAIL_LEFT_OPEN=left_open \
		LD_PRELOAD="$VHDXLOG_BUILD/io.so" "$VHDXLOG" "$1" --no-sandbox \
		"${@:2}" >out 2>err
	status=$?
	[ ! -e taken ] || cat taken >>out
	rm -f taken
	[ ! -s left_open ] || fail "$*: left open: $(cat left_open)"
}

is_good()
{
	[ $status -eq "$good_status" ] && cmp -s out good_out
}

# judge WAY WHAT
judge()
{
	case $1 in
	error | interrupt | short)
		{ is_good && cmp -s err good_err; } ||
			fail "$2: status $status: $(cat err)"
		;;
	errors)
		case $status in
		3) [ -s err ] || fail "$2: it failed without a message" ;;
		0 | 1)
			is_good || grep -qE "$told" out err ||
				fail "$2: another report, and not why"
			;;
		*) fail "$2: status $status: $(cat err)" ;;
		esac
		;;
	*)
		[ $status -le 1 ] || [ $status -eq 3 ] ||
			fail "$2: status $status: $(cat err)"
		grep -qE "$changed" out err || fail "$2: it is not told: $status"
		;;
	esac
}
told='unreadable|could not be|cannot be|not known|unknown|missing|null|assumed|already-applied|without|,,,,,,,,$'
changed='changed while|"unchanged":false|became shorter'

# each_read COMMAND...: in each way, at each read, or some of them in turn
each_read()
{
	local way n step=1 reads
	read_with FAIL_READ_COUNT=count -- "$@"
	[ $status -le 1 ] || fail "$*: status $status without a fault"
	good_status=$status
	cp out good_out
	cp err good_err
	reads=$(cat count)
	[ "$reads" -gt 5 ] || fail "$*: the shim saw $reads reads"
	[ -n "${VHDXLOG_ROUNDS:-}" ] || step=$((reads / 5 + 1))
	for way in error interrupt short errors shrink grow change; do
		for ((n = 1 + turn++ % step; n <= reads; n += step)); do
			read_with FAIL_READ_AT=$n FAIL_READ_WAY=$way -- "$@"
			judge $way "$way at read $n of $reads: $*"
		done
	done
}

turn=0
each_read scan --no-hash image.vhdx
each_read scan -f json image.vhdx
each_read scan -f html image.vhdx
each_read scan -f csv image.vhdx
each_read show image.vhdx E7 S1-3 header log bat:10 policy:qemu
each_read show -f json image.vhdx E3
each_read timeline image.vhdx
each_read timeline --as-of E3 -f jsonl image.vhdx
each_read timeline -f csv image.vhdx
each_read compare image.vhdx disk S1-3
each_read compare -f json --bytes image.vhdx disk policy:qemu
each_read compare -f csv image.vhdx good.vhdx
each_read carve -f json image.vhdx
each_read extract image.vhdx metadata -o taken
each_read extract image.vhdx log -o taken
each_read extract image.vhdx page:2M@S1-3 -o taken
each_read extract image.vhdx block:0@policy:qemu -o taken
