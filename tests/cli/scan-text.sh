#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A report begins with the verdict and the safe next command, and shows what they
# rest on: image, headers, log, entries, sequences, findings, checks, ring.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
run 1 scan demo.vhdx
empty err
head -n 2 out | tr '\n' ' ' | grep -qF \
	'demo.vhdx: DIRTY. Two log entries wait to be applied; they change one page of the BAT.' ||
	fail "it begins with: $(head -n 2 out)"
sed -n 3p out | grep -qxF \
	'  next: vhdxlog-replay --sequence S1-3 demo.vhdx demo-replayed.vhdx' ||
	fail "no next command: $(sed -n 3p out)"
has out 'image     vhdxlog demo; file 22 MiB' \
	'disk      1 GiB, dynamic, blocks of 2 MiB, sectors of 512/4096' \
	'slot 2 current (8), slot 1 one behind; log 11111111-2222-4333' \
	'1 MiB at 0x100000: 6 entries (3 valid, 2 stale, 1 invalid)' \
	"A 11111111-2222-4333-8444-555555555555  the header's, 3 entries" \
	'  E0     E0    80117443871106387  A        nothing     22 MiB  valid' \
	'  E1     E1    ...388             A        BAT         22 MiB  valid, active' \
	'  E5     E1    ...390             A        -           22 MiB  invalid: entry-checksum-bad' \
	'  E7     E7    80117443871106004  B' \
	'  S1-3            2  valid, active  ms-vhdx' \
	'vhdxlog explain log-needs-replay' \
	'  error    entry-checksum-bad: the checksum of the entry is wrong (E5)' \
	'log-torn-head       0x105000  got E5' \
	'ring, one letter a sector of 4 KiB: E entry, d its data, . empty' \
	'     0  EEdEdE.EdEd....'
hasnt out $'\033'

# All that fits in 100 columns does; a command is never broken.
grep -v '^  next: ' out | awk 'length > 100 { bad = 1; print } END { exit bad }' ||
	fail "lines of more than 100 columns"

# One line, and the same verdict.
run 1 scan -q demo.vhdx
[ "$(cat out)" = 'demo.vhdx: DIRTY. Two log entries wait to be applied; they change one page of the BAT.' ] ||
	fail "-q: $(cat out)"

# Nothing depends on the clock, the terminal or the environment.
run 1 scan demo.vhdx
mv out first
COLUMNS=40 LANG=de_DE.UTF-8 run 1 scan demo.vhdx
cmp first out || fail "two runs differ"

# All checks, with their status, but those that are judged of readers and replays.
run 1 scan --all-checks demo.vhdx
# shellcheck disable=SC2013 # names have no spaces
for check in $(sed -n '/, READER,/d; /, REPLAY,/d; s/^VL_CHECK([0-9]*, [a-z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' \
	"$VHDXLOG_SRC/lib/check/checks.def"); do
	grep -qwF -e "$check" out || fail "--all-checks has no $check"
done
grep -q ' pass$' out || fail "nothing passed"
has out ' fail ' ' not-applicable'

# More on request.
run 1 scan -v demo.vhdx
has out 'what this report cannot tell' 'SHA-256' blocked
run 1 scan -v --no-hash demo.vhdx
hasnt out SHA-256
