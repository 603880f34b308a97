# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: commands in which memory runs out, at each place in turn. The one
# who sources this may define `before`, done ahead of every run, and `after WHAT`,
# which looks at what the run left besides its report, with $status.

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "the checker has a malloc() of its own"
	exit 77
}

before() { :; }
after() { :; }

# Of a long run so many of the first and the last allocations, and some between;
# VHDXLOG_ROUNDS in the environment asks for all.
first=250
last=150

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
	env "${set[@]}" LD_PRELOAD="$VHDXLOG_BUILD/malloc.so" "$@" >out \
		2>messages
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
	after "$*"
}

# every COMMAND...: fail each allocation, alone and with all that follow.
every()
{
	local n total what="${1##*/} ${*:2}"
	attempt FAIL_ALLOC_COUNT=count -- "$@"
	[ $status -le 1 ] || fail "$what: status $status without a fault"
	good_status=$status
	cp out good_out
	total=$(cat count)
	[ "$total" -gt 3 ] || fail "$what: the shim counted $total allocations"
	after "$what, without a fault"
	for ((n = 1; n <= total; n++)); do
		attempt FAIL_ALLOC=$n -- "$@"
		judge "allocation $n of $total of $what"
		attempt FAIL_ALLOC=$n FAIL_ALLOC_ON=1 -- "$@"
		judge "allocations from $n of $total of $what"
		if [ -z "${VHDXLOG_ROUNDS:-}" ] && [ $n -gt "$first" ] &&
			[ $n -lt $((total - last)) ]; then
			n=$((n + total / 40))
		fi
	done
}
