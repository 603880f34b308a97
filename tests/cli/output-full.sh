#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What does not arrive is a failure: a full disk or a reader that went away on
# standard output gives a message and status 3, whatever was being printed.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
if [ ! -c /dev/full ]; then
	echo "no /dev/full here"
	exit 77
fi

# full ARGUMENT...
full()
{
	"$VHDXLOG" "$@" >/dev/full 2>err
	[ $? -eq 3 ] || fail "/dev/full, $*: another exit status"
	# Where the last bytes went with those before, nobody knows why any more.
	grep -qE '^vhdxlog: standard output: writing: (No space left on device|it did not take all bytes)$' err ||
		fail "/dev/full, $*: $(cat err)"
}
full scan demo.vhdx
full scan -q demo.vhdx demo.vhdx
full scan -f json demo.vhdx
full scan -f jsonl demo.vhdx
full show demo.vhdx E1
full show -f json demo.vhdx E1
full explain
full explain entry-wraps
full explain -f json
full explain --man
full --help
full scan --help
full --version

run 3 scan -o /dev/full demo.vhdx
has err 'No space left on device'

# A reader that has gone before the first byte: it knows, so not a word.
mkfifo pipe
(
	exec 3<>pipe 4>pipe 3<&-
	"$VHDXLOG" scan demo.vhdx >&4 2>err
	echo $? >status
)
[ "$(cat status)" = 3 ] || fail "broken pipe: exit status $(cat status)"
[ ! -s err ] || fail "broken pipe: $(cat err)"
