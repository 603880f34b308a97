#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A report that replaces a file may be read by those who could read that file:
# mode, owner and group stay. A link keeps naming what it named, also where that
# is made only now.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
mkdir work

# rights FILE WANT
rights()
{
	[ "$(stat -c '%a %u:%g' "$1")" = "$2" ] ||
		fail "$1: $(stat -c '%a %u:%g' "$1"), not $2"
}

me=$(id -u):$(id -g)
for umask in 000 022 077; do
	umask $umask
	for mode in 600 640 644 666 444 400; do
		rm -f work/report
		echo old >work/report
		chmod $mode work/report
		run 1 scan -o work/report demo.vhdx
		has work/report DIRTY
		rights work/report "$mode $me"
	done
	rm work/report
	run 1 scan -o work/report demo.vhdx
	rights work/report "$(printf '%o' $((0666 & ~0$umask))) $me"
done
umask 022

# Bits that make a program special are no part of a report.
chmod 4755 work/report
run 1 scan -o work/report demo.vhdx
rights work/report "755 $me"

if [ "$(id -u)" -eq 0 ]; then
	chown 12345:54321 work/report
	chmod 640 work/report
	run 1 scan -o work/report demo.vhdx
	rights work/report '640 12345:54321'
fi

# Neither its own nor its group can be kept: then no group may read it. (Where
# these calls cannot be made to fail, that is not looked at.)
if [ -z "$VHDXLOG_CHECKER" ] && strace -o /dev/null true 2>/dev/null; then
	chmod 664 work/report
	strace -qqq -o /dev/null -e inject=fchown:error=EPERM \
		"$VHDXLOG" scan -o work/report demo.vhdx
	rights work/report "604 $me"
	strace -qqq -o /dev/null -e inject=fchown:error=EPERM \
		-e inject=fchmod:error=EPERM \
		"$VHDXLOG" scan -o work/report demo.vhdx
	rights work/report "600 $me"
fi
rm work/report

# A link that names no file yet, also by way of others.
mkdir work/far
ln -s far/new work/link
ln -s ../link work/far/second
ln -s "$PWD/work/far/second" third
run 1 scan -o third demo.vhdx
[ -f work/far/new ] && [ ! -L work/far/new ] || fail "the file was not made"
has work/far/new DIRTY
for link in third work/link work/far/second; do
	[ -L $link ] || fail "$link was replaced"
done

# Links that lead nowhere.
ln -s none/new nowhere
ln -s circle circle
for link in nowhere circle; do
	run 3 scan -o $link demo.vhdx
	has err 'cannot be written'
	[ -L $link ] || fail "$link was replaced"
done
[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"
