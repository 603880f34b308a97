#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is misspelt is told with what was likely meant: commands, options, formats,
# values, identifiers, states, and numbers of entries that are not there.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx

# means STATUS TEXT ARGUMENT...: that is suggested.
means()
{
	local status=$1 text=$2
	shift 2
	run "$status" "$@"
	empty out
	has err "did you mean $text?"
}

means 2 '"timeline"' timelien demo.vhdx
means 2 '"--completion"' --complete bash
means 2 '--policy' scan --polcy qemu demo.vhdx
means 2 '"jsonl"' scan -f jsonll demo.vhdx
means 2 '"csv"' compare -f cvs demo.vhdx disk E1
means 2 '"md5"' scan --hash=sha1,md4 demo.vhdx
means 2 '"qemu"' scan --policy quemu demo.vhdx
means 2 '"metadata"' timeline --region metdata demo.vhdx
means 2 '"entry-checksum-bad"' explain entry-cheksum-bad
means 2 '"dirty-noop"' explain dirty-nop
means 2 '"header1"' show demo.vhdx haeder1
means 2 '"bat:5"' show demo.vhdx bta:5
means 2 '"policy:qemu"' show demo.vhdx polcy:qemu
means 2 '"metadata"' extract demo.vhdx metdata -o made
means 2 '"block:5@E7"' extract demo.vhdx blok:5@E7 -o made
means 2 '"disk"' compare demo.vhdx dsik E1
means 2 '"disk"' compare --state-a dikc demo.vhdx demo.vhdx
means 2 '"qemu"' compare --state-a policy:qmeu demo.vhdx demo.vhdx
means 3 S1-3 show demo.vhdx S1-4
means 3 S1-3 show demo.vhdx S2-3
means 3 S1-3 show demo.vhdx S3-1
means 3 S1-3 compare demo.vhdx disk S1-4

# No entry: those near it.
run 3 show demo.vhdx E4
has err 'the nearest are E3 and E5'
run 3 timeline --as-of E2 demo.vhdx
has err 'the nearest are E1 and E3'

VHDXLOG=$VHDXLOG_REPLAY
means 2 '"region-tables"' --fix headers,region-table demo.vhdx copy.vhdx
means 2 '"json"' -f josn demo.vhdx copy.vhdx
means 2 '--sequence' --sequnce S1-3 demo.vhdx copy.vhdx
run 1 --sequence S1-4 demo.vhdx copy.vhdx
has err 'did you mean S1-3?'

# Nothing is near: no guess.
VHDXLOG=${VHDXLOG%-replay}
run 2 scan -f zzzzzzzz demo.vhdx
hasnt err 'did you mean'
run 2 show demo.vhdx xyzzyxyz
hasnt err 'did you mean'
[ ! -e made ] && [ ! -e copy.vhdx ] || fail "something was written"
