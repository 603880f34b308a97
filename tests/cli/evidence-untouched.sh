#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A scan leaves no trace on an image: not in its bytes, length, times or inode,
# whatever is asked for, whoever else has it open, however little may be written.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

state_of()
{
	sha256sum <"$1"
	stat -c '%s %Y %y %Z %z %i %a %h %u:%g' "$1"
}

# untouched WHAT COMMAND...: whether it is as it was; status 0 or 1
untouched()
{
	local what=$1 before after status
	shift
	before=$(state_of image/demo.vhdx)
	"$VHDXLOG" "$@" >out 2>messages
	status=$?
	after=$(state_of image/demo.vhdx)
	[ "$before" = "$after" ] ||
		fail "$what: it was $before and is $after"
	[ $status -le 1 ] || fail "$what: status $status: $(cat messages)"
}

mkdir image
make_image image/demo.vhdx
make_image parent.vhdx
guid=$(scan -f json image/demo.vhdx | jq -r .log.guid)
# Old enough that a change of its times would show.
touch -d '2001-02-03 04:05:06.789' image/demo.vhdx
sleep 0.01

every_option()
{
	untouched "$1: scan" scan image/demo.vhdx
	untouched "$1: timeline" timeline image/demo.vhdx
	untouched "$1: as of" timeline -f json --as-of E1 image/demo.vhdx
	untouched "$1: quiet" scan -q image/demo.vhdx
	untouched "$1: json" scan -f json --all-checks image/demo.vhdx
	untouched "$1: jsonl" scan -f jsonl -v image/demo.vhdx
	untouched "$1: output" scan -o report image/demo.vhdx
	untouched "$1: hashes" scan --hash=md5,sha1 image/demo.vhdx
	untouched "$1: no hashes" scan --no-hash image/demo.vhdx
	untouched "$1: unreferenced" scan --unreferenced image/demo.vhdx
	untouched "$1: custody" scan --custody -f json image/demo.vhdx
	untouched "$1: strict" scan --strict image/demo.vhdx
	untouched "$1: header" scan --header 1 image/demo.vhdx
	untouched "$1: places" scan --log-offset 1M --log-length 1M \
		--log-guid "$guid" image/demo.vhdx
	untouched "$1: parent" scan --parent parent.vhdx image/demo.vhdx
	untouched "$1: as a parent" scan --parent image/demo.vhdx parent.vhdx
	untouched "$1: show" show image/demo.vhdx header log bat:0 E1
}

every_option 'plain'
# Every option once is what a checker needs to see.
[ "$VHDXLOG_CHECKER" != valgrind ] || exit 0

chmod 0444 image/demo.vhdx
chmod 0555 image
every_option 'nothing may be written'
chmod 0755 image

# Another process has it open for writing, and a lock on it.
command -v flock >/dev/null || fail 'no flock'
chmod 0644 image/demo.vhdx
exec 9>>image/demo.vhdx
flock -x 9 || fail 'no lock'
untouched 'locked' scan image/demo.vhdx
untouched 'locked' show image/demo.vhdx E1
exec 9>&-

# A command that fails does not touch it either.
before=$(state_of image/demo.vhdx)
"$VHDXLOG" scan --offset 100G image/demo.vhdx >/dev/null 2>&1
[ $? -eq 3 ] || fail 'an offset behind the end'
"$VHDXLOG" show image/demo.vhdx E1048575 >/dev/null 2>&1
[ $? -eq 3 ] || fail 'an entry that is not there'
"$VHDXLOG" scan --no-such-option image/demo.vhdx >/dev/null 2>&1
[ $? -eq 2 ] || fail 'an option that is not there'
[ "$before" = "$(state_of image/demo.vhdx)" ] || fail 'a failure touched it'
exit 0
