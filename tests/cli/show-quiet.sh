#!/bin/bash
# SPDX-License-Identifier: MIT
#
# show takes what is common to all commands: -q prints nothing and leaves the
# answer to the exit status, --no-hash changes nothing but digests.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
for format in text json; do
	run 0 show -q -f $format demo.vhdx E1
	empty out err
	run 3 show -q -f $format demo.vhdx E4
	empty out
	has err 'no entry begins in log sector 4'
done
run 0 show --quiet demo.vhdx E1 S1-3 header log bat:8
empty out err
run 3 show -q demo.vhdx E1 E4
empty out
run 3 show -q missing.vhdx E1
run 2 show -q demo.vhdx E5x
run 2 show -q demo.vhdx

# There is nothing to write, so nothing is replaced or made.
echo old >report
run 0 show -q -o report demo.vhdx E1
[ "$(cat report)" = old ] || fail "the report is gone"
run 0 show -q -o new demo.vhdx E1
[ ! -e new ] || fail "an empty report was made"

run 0 show demo.vhdx E1 S1-3 header
mv out plain
run 0 show --no-hash demo.vhdx E1 S1-3 header
cmp plain out || fail "--no-hash shows something else"
run 0 show --help
has out '--quiet' 'print nothing' '--no-hash'
hasnt out 'the verdict alone'
