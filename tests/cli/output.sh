#!/bin/bash
# SPDX-License-Identifier: MIT
#
# -o: the file appears whole or not at all; what was there before stays when
# anything goes wrong, and no temporary file is left.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
# The files that are here on purpose; anything else is a left-over.
mkdir work
cp demo.vhdx work/
left()
{
	local found
	found=$(cd work && find . -mindepth 1 | sort | tr '\n' ' ')
	[ "$found" = "$1" ] || fail "in the folder: $found"
}

run 1 scan demo.vhdx
mv out plain
run 1 scan -o work/report demo.vhdx
empty out err
cmp plain work/report || fail "not what standard output gets"
[ "$(stat -c %a work/report)" = "$(printf '%o' $((0666 & ~0$(umask))))" ] ||
	fail "mode $(stat -c %a work/report)"
run 1 scan -o - demo.vhdx
cmp plain out || fail "-o - is not standard output"
left './demo.vhdx ./report '

# Replaced as a whole, also through a symbolic link, which stays one.
echo old >work/report
ln -s report work/link
run 1 scan -o work/link demo.vhdx
cmp plain work/report || fail "the link's file was not replaced"
[ -L work/link ] || fail "the link was replaced"
rm work/link

# Where it cannot be: 3, and nothing is left.
for place in work/none/report work none/report; do
	run 3 scan -o "$place" demo.vhdx
	has err "$place" 'cannot be written'
done
left './demo.vhdx ./report '

# A file that was there is not touched when a report is cut short.
echo old >work/report
(
	ulimit -f 1
	exec "$VHDXLOG" scan --all-checks -o work/report demo.vhdx 2>err
)
[ $? -eq 3 ] || fail "a full disk: another exit status"
has err 'report: writing: '
[ "$(cat work/report)" = old ] || fail "the old report is gone"
left './demo.vhdx ./report '

# Not a regular file: written in place.
run 1 scan -o /dev/null demo.vhdx
[ -c /dev/null ] || fail "/dev/null was replaced"
run 0 explain -o work/list entry-wraps
has work/list entry-wraps
run 0 show -o work/shown demo.vhdx E1
has work/shown E1
