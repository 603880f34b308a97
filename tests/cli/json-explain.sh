#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `explain -f json` validates, for a check and for a message of another program,
# and knows every check that a report can name.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

"$VHDXLOG" explain -f json entry-checksum-bad >check.json || fail "no check"
"$VHDXLOG" explain -f json 0x80070570 >message.json || fail "no message"
"$VHDXLOG" explain -f json reader-hangs replay-not-current >others.json ||
	fail "no check of a reader, or of a replay"
valid explain-1 check.json message.json others.json
jq -e '.checks[0].id == "entry-checksum-bad" and .checks[0].class == "E"' \
	check.json >/dev/null || fail "$(cat check.json)"
jq -e '.messages | length > 0' message.json >/dev/null || fail "$(cat message.json)"

make_image demo.vhdx
scan -f json --all-checks demo.vhdx | jq -r '.. | .checks? // empty | .[].id' |
	sort -u >named
[ -s named ] || fail "a report names no check"
# Each is a run of the program: under valgrind some stand for all.
[ "$VHDXLOG_CHECKER" != valgrind ] || sed -i -n '1~12p' named
while read -r id; do
	"$VHDXLOG" explain -f json "$id" >one.json || fail "does not know $id"
	jq -e --arg id "$id" '.checks[0].id == $id' one.json >/dev/null ||
		fail "explains another check for $id"
done <named
