#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whoever gets hold of the program by way of an image can do nothing with it: from
# inside, all is tried that could be wanted, and refused, while the report becomes
# what it always is.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers need what the sandbox takes away'
	exit 77
}

mkdir evidence results
image demo evidence/demo.vhdx
cp evidence/demo.vhdx good.vhdx
echo 'nobody else'\''s business' >evidence/other
cp evidence/other other

# tried STATUS COMMAND...: with a sandbox that is whole; what came of each, in tries
tried()
{
	local status want=$1
	shift
	cp good.vhdx evidence/demo.vhdx
	cp other evidence/other
	rm -rf linked linked-by-name folder made results/*
	FORBIDDEN_EVIDENCE=evidence/demo.vhdx FORBIDDEN_OTHER=evidence/other \
		FORBIDDEN_REPORT=tries LD_PRELOAD=$VHDXLOG_BUILD/forbidden.so \
		"$@" >report 2>messages
	status=$?
	[ $status -eq "$want" ] || fail "$*: status $status: $(cat messages)"
	! grep 'the sandbox goes without' messages || {
		echo 'the kernel here lacks a part of the sandbox'
		exit 77
	}
	[ "$(grep -c . tries)" -gt 40 ] || fail "$*: only tried: $(cat tries)"
}

# only WORD [EXCEPTION]...: all that was tried ended so
only()
{
	local word=$1 others
	shift
	others=$(awk -v word="$word" '$2 != word { print $1 }' tries | sort)
	[ "$others" = "$(printf '%s\n' "$@" | sort)" ] ||
		fail "not $word: $(grep -v " $word\$" tries)"
}

untouched()
{
	cmp -s good.vhdx evidence/demo.vhdx && cmp -s other evidence/other ||
		fail 'the evidence was touched'
}

run 1 scan evidence/demo.vhdx
cp out good
# What is tried is what could be done; some of it by root alone.
if [ "$(id -u)" -eq 0 ]; then
	tried 1 "$VHDXLOG" scan --no-sandbox -o /dev/null evidence/demo.vhdx
	only 'done'
fi

tried 1 "$VHDXLOG" scan evidence/demo.vhdx
only refused
untouched
cmp report good || fail 'it is another report'

tried 1 "$VHDXLOG" scan -o results/report evidence/demo.vhdx
only refused
untouched
cmp results/report good || fail 'it is another report in a file'

# Where the output is to be, names can be made and removed; no more.
tried 1 "$VHDXLOG" scan -o evidence/report evidence/demo.vhdx
only refused remove_it rename_over
