#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whatever step of writing a file fails, also on a file system that has no files
# without a name: the old file stays, and no temporary one is left.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

if [ -n "$VHDXLOG_CHECKER" ]; then
	echo "not under a checker: system calls are made to fail"
	exit 77
fi
if ! strace -o /dev/null true 2>/dev/null; then
	echo "no strace here"
	exit 77
fi

image demo demo.vhdx
mkdir work
run 1 scan demo.vhdx
mv out plain

# failing STATUS STRACE-OPTION... -- ARGUMENT...
failing()
{
	local options=() got want=$1
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	strace -qqq -f -o trace "${options[@]}" "$VHDXLOG" "$@" >out 2>err
	got=$?
	grep -q INJECTED trace || fail "nothing was made to fail: ${options[*]}"
	[ $got -eq "$want" ] || fail "exit status $got, not $want: $(cat err)"
	[ "$(ls -A work)" = report ] || fail "in the folder: $(ls -A work)"
}

# Which call it is that opens a file without a name.
strace -qqq -f -o trace -e trace=openat "$VHDXLOG" scan -o work/report \
	demo.vhdx >out
nth=$(grep -n O_TMPFILE trace | cut -d: -f1)
[ -n "$nth" ] || fail "no file without a name: $(cat trace)"
no_tmpfile=(-e "inject=openat:error=EOPNOTSUPP:when=$nth")

failing 1 "${no_tmpfile[@]}" -- scan -o work/report demo.vhdx
cmp plain work/report || fail "another report"

echo old >work/report
for step in rename:error=EIO linkat:error=EPERM fsync:error=EIO:when=1; do
	failing 3 -e "inject=$step" -- scan -o work/report demo.vhdx
	has err 'work/report: '
	[ "$(cat work/report)" = old ] || fail "$step: the old report is gone"
done
for step in rename:error=EIO fsync:error=EIO:when=1; do
	failing 3 "${no_tmpfile[@]}" -e "inject=$step" -- \
		scan -o work/report demo.vhdx
	[ "$(cat work/report)" = old ] || fail "$step: the old report is gone"
done

# With a name from the start, a full disk.
(
	ulimit -f 1
	exec strace -qqq -f -o /dev/null "${no_tmpfile[@]}" "$VHDXLOG" scan \
		--all-checks -o work/report demo.vhdx 2>err
)
[ $? -eq 3 ] || fail "a full disk: another exit status"
has err 'report: writing: '
[ "$(cat work/report)" = old ] || fail "the old report is gone"
[ "$(ls -A work)" = report ] || fail "in the folder: $(ls -A work)"
