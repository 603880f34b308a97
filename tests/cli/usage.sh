#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What was asked for goes to standard output with status 0; misuse is told on
# standard error with status 2 and nothing on standard output.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

for option in -h --help; do
	run 0 $option
	empty err
	has out 'usage: vhdxlog COMMAND' '  scan ' '  show ' '  timeline ' '  explain '
	for command in scan show timeline explain; do
		run 0 $command $option
		empty err
		has out "usage: vhdxlog $command" Examples: 'Exit status: 0'
		grep -q "^  vhdxlog $command " out || fail "$command: no example"
	done
done

version=$(sed -n 's/^#define VHDXLOG_VERSION "\(.*\)"/\1/p' \
	"$VHDXLOG_SRC/lib/vhdxlog.h")
for option in -V --version; do
	run 0 $option
	[ "$(cat out)" = "vhdxlog $version" ] || fail "$option: $(cat out)"
	run 0 scan $option
	[ "$(cat out)" = "vhdxlog $version" ] || fail "scan $option: $(cat out)"
done

# misuse TEXT ARGUMENT...: the message has the text.
misuse()
{
	local text=$1
	shift
	run 2 "$@"
	empty out
	has err "vhdxlog: " "$text"
}

misuse 'needs a command'
misuse 'did you mean "scan"' scna x.vhdx
misuse 'did you mean "explain"' explian
misuse 'did you mean "--version"' --verison
misuse 'too few arguments' carve
misuse 'too few arguments' scan
misuse 'too few arguments' show x.vhdx
misuse 'there is no option -Z' scan -Z x.vhdx
misuse 'did you mean --format?' scan --fromat json x.vhdx
misuse '--format needs a value' scan --format
misuse '--format needs a value' scan -f
misuse '--quiet takes no value' scan --quiet=yes x.vhdx
misuse '"xml" is none of text, json, jsonl, csv or html' scan -f xml x.vhdx
misuse '"jsonl" is none of text or json' show -f jsonl x.vhdx E5
misuse 'is neither 1 nor 2' scan --header 3 x.vhdx
misuse 'is no GUID' scan --log-guid 12345678 x.vhdx
misuse 'is no list of sha256, sha1, md5' scan --hash=crc32 x.vhdx
misuse 'use -f jsonl' scan -f json x.vhdx y.vhdx

# An image where a command should be.
: >'a disk.vhdx'
misuse "vhdxlog scan 'a disk.vhdx'" 'a disk.vhdx'
