#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A log of many entries makes no long report: what is left out is counted, what is
# damaged is not left out, and -v lists everything.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image - long.vhdx <<'EOF'
{"about": "many entries, one damaged in the middle, another session at the end",
 "image": {"log": {"offset": "1M", "length": "16M"}},
 "log": {"entries": [
  {"sequence": "80117443871106000", "writes": [{"bat": {"1": "present"}}], "repeat": 1500},
  {"guid": "other", "sequence": 7, "writes": [{"bat": {"2": "present"}}], "repeat": 300}]},
 "damage": [{"fill": "E1502.s0", "byte": 0, "seal": false}]}
EOF
run 1 scan long.vhdx
[ "$(wc -l <out)" -lt 300 ] || fail "$(wc -l <out) lines"
entries=$(grep -c '^  E[0-9]* .*BAT\|^  E[0-9]* .*invalid' out)
shown=$(sed -n 's/^  \.\.\. *\([0-9]*\) left out.*/\1/p' out | paste -sd+)
[ $((entries + shown)) -eq 1800 ] ||
	fail "$entries shown, $shown left out: not 1800"
has out 'E1502 ' 'invalid: entry-checksum-bad' '-v lists all' \
	'more like this line'
grep -q '^  E3000  *E3000  *7 .*stale' out || fail "no start of a session"

run 1 scan -v long.vhdx
[ "$(grep -c '^  E[0-9]* .*BAT\|^  E[0-9]* .*invalid: ' out)" -eq 1800 ] ||
	fail "-v does not list all entries"
hasnt out 'left out' '-v lists'
