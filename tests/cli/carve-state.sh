#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A pass with a state, killed at any place, goes on from there, and what it reports is
# what one reports that was never interrupted, in every format.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind runs programs in a way of its own"
	exit 77
}
strace -o /dev/null true 2>/dev/null || {
	echo "tracing is not possible here"
	exit 77
}
# Leaks cannot be looked for in a program that is traced.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
make_dump dump

for format in text json jsonl map; do
	run 0 carve -v -f $format dump
	mv out whole.$format
done

# traced INJECTION ARGUMENT...: carve with something done to a call; its status
traced()
{
	# What runs in the background of a shell is born deaf to SIGINT.
	env --default-signal=INT strace -o trace \
		-e trace=pread64,fsync,linkat,rename,unlink \
		-e "inject=$1" "$VHDXLOG" carve --state state "${@:2}" dump \
		>out 2>err
}

# resumed FORMAT: what the run after it reports
resumed()
{
	run 0 carve -v --state state -f "$1" dump
	cmp out "whole.$1" || fail "another report as $1 $2: $(head -c 400 out)"
	[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"
}

# Killed at each read, and at each call that makes a state; and each time by a signal
# that it can keep its state at, after which it has to have one.
formats=(json text jsonl map)
n=0
step=1
[ -z "$VHDXLOG_CHECKER" ] || step=9
killed() # CALL SIGNAL
{
	local call=$1 signal=$2 at status
	for ((at = 1; ; at += step)); do
		rm -f state
		traced "$call:signal=$signal:when=$at" --state-step 200K 2>/dev/null
		status=$?
		case $status in
		0) break ;; # it had no such call any more
		143) [ ! -e state ] && [ "$at" -lt 10 ] ||
			fail "$call $at: not heeded" ;; # it had not begun
		137) [ "$signal" = KILL ] || fail "$call $at: killed" ;;
		3)
			[ "$signal" != KILL ] || fail "$call $at: $(cat err)"
			has err 'interrupted; the same command goes on'
			has out 'NOT FINISHED'
			grep -qx 'done 0' state || fail "$call $at: $(tail -n 3 state)"
			;;
		*) fail "$call $at $signal: status $status: $(cat err)" ;;
		esac
		n=$((n + 1))
		resumed "${formats[n % 4]}" "after $signal at $call $at"
		grep -qx 'done 1' state || fail "it is not done: $(tail -n 3 state)"
	done
	[ "$at" -gt 1 ] || fail "no $call at all"
}
for call in pread64 fsync linkat; do
	killed $call KILL
done 2>/dev/null
killed pread64 TERM
echo "$n interruptions"

# Interrupted over and over, a little further each time.
rm -f state
for ((i = 0; i < 100; i++)); do
	traced "pread64:signal=INT:when=25" --state-step 64K && break
	[ -e state ] || fail "no state is left"
done
[ $i -gt 1 ] && [ $i -lt 100 ] || fail "$i rounds"
for format in "${formats[@]}"; do
	resumed $format "after $i rounds"
done

# Nothing is read of what was done, and what is ignored ends nothing.
strace -o trace -e trace=pread64 -P dump "$VHDXLOG" carve -q --state state dump >out
[ "$(grep -c pread64 trace)" -lt 20 ] || fail "$(cat trace)"
rm state
(
	trap '' TERM
	traced "pread64:signal=TERM:when=3" -f json -v
) || fail "ended by a signal that is ignored: $(cat err)"
cmp out whole.json || fail "another report"

# Stopped, a report in a file does not appear; on standard output it says so.
rm -f state
traced "pread64:signal=TERM:when=30" -f json -o report.json && fail "not stopped"
[ ! -e report.json ] || fail "a report that is not whole"
rm -f state
for format in json map; do
	rm -f state
	traced "pread64:signal=TERM:when=40" -f $format && fail "not stopped"
	mv out part.$format
done
valid carve-1 part.json
is part.json .done false
tiles 134217728 part.map
tail -n 1 part.map | grep -q '/$' || fail "$(cat part.map)"

# Nobody reads any more: it stops, and goes on another time.
rm -f state
"$VHDXLOG" carve -v -f jsonl --state state --state-step 64K dump 2>err | head -n 1 >out
resumed jsonl "after nobody read"
