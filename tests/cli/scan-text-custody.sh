#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --custody tells who ran what on what and when; without it a report holds none of
# that.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo 'the image.vhdx'
run 1 scan --custody 'the image.vhdx'
has out 'record of the run' "vhdxlog $("$VHDXLOG" -V | cut -d' ' -f2)" \
	" --custody 'the image.vhdx'" "user        $(id -un)" \
	"host        $(uname -n)" 'unchanged while it was read' \
	"$(stat -c '%s bytes' 'the image.vhdx')" \
	"inode $(stat -c %i 'the image.vhdx')"
for word in start end; do
	when=$(sed -n "s/^  $word  *//p" out)
	[[ $when =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] ||
		fail "$word: $when"
	age=$(($(date +%s) - $(date -d "$when" +%s)))
	if [ "$age" -lt 0 ] || [ "$age" -gt 3600 ]; then
		fail "$word: $age s ago"
	fi
done
[ "$(grep -c 'mtime' out)" -eq 2 ] || fail "not before and after"
iso()
{
	date -u -d "@$(stat -c "$1" 'the image.vhdx')" +%Y-%m-%dT%H:%M:%S.%NZ
}
has out "mtime $(iso %.9Y), ctime $(iso %.9Z)"

run 1 scan -v 'the image.vhdx'
hasnt out 'record of the run' "inode $(stat -c %i 'the image.vhdx')"

# Also of a failure, beside the message; quiet is quiet.
run 3 scan --custody missing.vhdx 'the image.vhdx'
has out 'missing.vhdx: UNREADABLE.' 'could not be opened' \
	'unchanged while it was read'
[ "$(grep -c 'record of the run' out)" -eq 2 ] || fail "not of both"
has err 'missing.vhdx: opening the image: No such file'
run 3 scan --custody -q missing.vhdx
empty out
run 3 scan missing.vhdx
empty out
