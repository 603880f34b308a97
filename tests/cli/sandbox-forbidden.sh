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

# The programs themselves, also where other tests go without the sandbox.
VHDXLOG=$VHDXLOG_BUILD/vhdxlog
VHDXLOG_REPLAY=$VHDXLOG_BUILD/vhdxlog-replay
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

# Every command, all that makes files in the folder of those alone.
in=evidence/demo.vhdx
while read -r status command; do
	# shellcheck disable=SC2086 # words
	tried "$status" $command
	only refused
	untouched
done <<END
1 $VHDXLOG scan -j 2 --hash -f jsonl --custody $in $in good.vhdx
1 $VHDXLOG scan --parent good.vhdx -f html -o results/report.html $in
0 $VHDXLOG show $in E1 header
0 $VHDXLOG show -o results/shown -f json $in log
0 $VHDXLOG timeline $in
0 $VHDXLOG timeline --custody -f json -o results/events $in
1 $VHDXLOG compare $in disk S1-3
0 $VHDXLOG compare -o results/compared $in good.vhdx
0 $VHDXLOG extract -o results/log $in log
0 $VHDXLOG extract -o results/shared --redact $in metadata
0 $VHDXLOG carve $in
0 $VHDXLOG carve -f map -o results/map $in
0 $VHDXLOG_REPLAY -n $in
0 $VHDXLOG_REPLAY --hash --custody $in results/copy.vhdx
0 $VHDXLOG_REPLAY --rearm -f json -o results/record $in results/copy.vhdx
0 $VHDXLOG_REPLAY --patch results/patch $in
END
tried 0 "$VHDXLOG_REPLAY" --patch results/patch $in
cp results/patch .
tried 0 "$VHDXLOG_REPLAY" --apply patch $in results/copy.vhdx
only refused
untouched

# Of a state, which is made anew, the descriptor is another each time.
tried 0 "$VHDXLOG" carve --state results/state --state-step 1M $in
only refused change_mode_of_image
untouched

# Where the output is to be, names can be made and removed; no more.
tried 1 "$VHDXLOG" scan -o evidence/report evidence/demo.vhdx
only refused remove_it rename_over
