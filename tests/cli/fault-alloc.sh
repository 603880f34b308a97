#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out, the program says so and ends with status 3, or does
# its work all the same: never a signal, never half a report with a good status.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "the checker has a malloc() of its own"
	exit 77
}
shim=$VHDXLOG_BUILD/malloc.so

# run [VAR=VALUE]... -- ARGUMENT...: with the shim; output, messages, status
run()
{
	local set=()
	while [ "$1" != -- ]; do
		set+=("$1")
		shift
	done
	shift
	env "${set[@]}" LD_PRELOAD="$shim" "$VHDXLOG" "$@" >out 2>messages
	status=$?
}

# What became of one run, against the good one.
judge()
{
	case $status in
	3) [ -s messages ] || fail "$*: failed without a message" ;;
	"$good_status")
		cmp -s out good_out ||
			fail "$*: status $status, but another report"
		;;
	*) fail "$*: status $status: $(cat messages)" ;;
	esac
}

# every ARGUMENT...: fail each allocation, alone and with all that follow. Of a
# long run the first ones and the last ones, and some between; VHDXLOG_ROUNDS in
# the environment asks for all.
every()
{
	local n total
	run FAIL_ALLOC_COUNT=count -- "$@"
	[ $status -le 1 ] || fail "$*: status $status without a fault"
	good_status=$status
	cp out good_out
	total=$(cat count)
	[ "$total" -gt 3 ] || fail "$*: the shim counted $total allocations"
	for ((n = 1; n <= total; n++)); do
		run FAIL_ALLOC=$n -- "$@"
		judge "allocation $n of $total of $*"
		run FAIL_ALLOC=$n FAIL_ALLOC_ON=1 -- "$@"
		judge "allocations from $n of $total of $*"
		if [ -z "${VHDXLOG_ROUNDS:-}" ] && [ $n -gt 250 ] &&
			[ $n -lt $((total - 150)) ]; then
			n=$((n + total / 40))
		fi
	done
}

make_image demo.vhdx
every scan demo.vhdx
every scan -f json --hash --all-checks demo.vhdx
every scan -f jsonl --strict demo.vhdx
every show demo.vhdx header log bat:1
every explain entry-tail-unaligned
