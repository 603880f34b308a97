# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: commands in which memory runs out, at each place in turn. The one
# who sources this may define `before`, done ahead of every run, and `after WHAT`,
# which looks at what the run left besides its report, with $status.

case $VHDXLOG_CHECKER in
valgrind | *thread*)
	echo "the checker has a malloc() of its own"
	exit 77
	;;
esac

# libseccomp follows a null pointer where memory runs out while it makes a filter
# (2.5.4, gen_bpf.c): what it asks for is given, before any evidence is read.
export FAIL_ALLOC_SPARES=libseccomp

before() { :; }
after() { :; }

# Each place that asks for memory, by itself and its callers, fails where it asks
# first, in the first of a test's commands that goes there. At most so many places
# of a command, spread over all; VHDXLOG_ROUNDS in the environment asks for every
# allocation there is.
most=1000

# attempt [VAR=VALUE]... -- COMMAND...: with the shim; output, messages, status
attempt()
{
	local set=()
	while [ "$1" != -- ]; do
		set+=("$1")
		shift
	done
	shift
	before
	rm -f left_open
	env "${set[@]}" FAIL_LEFT_OPEN=left_open \
		LD_PRELOAD="$VHDXLOG_BUILD/malloc.so" "$@" >out 2>messages
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
	[ ! -s left_open ] || fail "$*: left open: $(cat left_open)"
	after "$*"
}

# The numbers of the allocations that are to fail, of so many
places()
{
	if [ -n "${VHDXLOG_ROUNDS:-}" ]; then
		seq "$1"
	elif [ -s fresh ]; then
		awk -v most="$most" '{ n[NR] = $1 }
			END { step = NR > most ? NR / most : 1
			for (i = 1; i <= NR; i += step) print n[int(i)] }' fresh
	fi
}

# every COMMAND...: fail allocations, each alone, and some with all that follow.
every()
{
	local n total turn=0 what="${1##*/} ${*:2}"
	rm -f fresh
	attempt FAIL_ALLOC_COUNT=count FAIL_ALLOC_SEEN="$PWD/seen" \
		FAIL_ALLOC_FRESH="$PWD/fresh" -- "$@"
	[ $status -le 1 ] || fail "$what: status $status without a fault"
	[ ! -s left_open ] || fail "$what: left open: $(cat left_open)"
	good_status=$status
	cp out good_out
	total=$(cat count)
	[ "$total" -gt 3 ] || fail "$what: the shim counted $total allocations"
	after "$what, without a fault"
	for n in $(places "$total"); do
		attempt FAIL_ALLOC="$n" -- "$@"
		judge "allocation $n of $total of $what"
		[ $((turn++ % 4)) -eq 0 ] || continue
		attempt FAIL_ALLOC="$n" FAIL_ALLOC_ON=1 -- "$@"
		judge "allocations from $n of $total of $what"
	done
	echo "$(places "$total" | wc -l) places of $total allocations: $what"
}
