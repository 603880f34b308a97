#!/bin/bash
# SPDX-License-Identifier: MIT
#
# No report has a time unless the user gives one; then it is a bound, in UTC, that
# says whose it is, in the event records of jsonl and at the top of every format.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image demo.vhdx

# anchored TIME EXPECTED
anchored()
{
	"$VHDXLOG" timeline -f jsonl --anchor "acquired=$1" demo.vhdx >records 2>err ||
		fail "$1: $(cat err)"
	got=$(jq -r 'select(.type == "image") | .anchor | "\(.name) \(.time)"' records)
	[ "$got" = "acquired $2" ] || fail "$1 became $got"
	jq -e -s --arg time "$2" 'map(select(.type == "event")) | length > 3 and
		all(.datetime == $time and .time_is_bound == true and
			.time_basis == "anchor" and (.message | length > 0) and
			.timestamp_desc ==
			"VHDX log order (no clock); not later than acquired")' \
		records >/dev/null || fail "$1: $(cat records)"
	valid timeline-1.records records
}

# refused TIME TEXT
refused()
{
	"$VHDXLOG" timeline --anchor "$1" demo.vhdx >out 2>err
	[ $? -eq 2 ] || fail "$1: another status"
	[ ! -s out ] || fail "$1: a report"
	grep -qF -e "$2" err || fail "$1: $(cat err)"
}

anchored 2026-11-22T14:30:00Z 2026-11-22T14:30:00Z
anchored '2026-11-22 14:30:00.125z' 2026-11-22T14:30:00.125Z
anchored 2026-11-22T14:30:00+05:45 2026-11-22T08:45:00Z
anchored 2026-12-31T23:30:00-01:00 2027-01-01T00:30:00Z
anchored 2024-02-29T00:00:00+00:01 2024-02-28T23:59:00Z
anchored 2000-02-29T12:00:00-00:00 2000-02-29T12:00:00Z
anchored 0099-01-01T00:00:00Z 0099-01-01T00:00:00Z
# A leap second is told as the one after it, which is no earlier.
anchored 2016-12-31T23:59:60.5Z 2017-01-01T00:00:00Z
anchored 2017-01-01T00:59:60+01:00 2017-01-01T00:00:00Z

refused acquired=2026-11-22 'a bound needs a time of it'
refused acquired=2026-11-22T14:30:00 'Z for UTC'
for day in 2023-02-29 1900-02-29 2026-00-10 2026-13-01 2026-04-31 2026-01-00; do
	refused "a=${day}T00:00:00Z" 'names a day that there is not'
done
refused a=2026-06-15T12:00:60Z 'names a time that there is not'
refused a=2026-12-31T23:59:60+01:00 'names a time that there is not'
refused a=9999-12-31T23:59:59-01:00 'names a time that there is not'
refused a=0000-01-01T00:00:00+01:00 'names a time that there is not'
for text in '' acquired acquired= =2026-11-22T14:30:00Z a=yesterday \
	'two words=2026-11-22T14:30:00Z' $'a\033=2026-11-22T14:30:00Z' \
	a=2026-11-22T24:00:00Z a=2026-11-22T14:60:00Z a=2026-11-22T14:30Z \
	a=2026-11-22T14:30:61Z a=2026-11-22T14:30:00.Z a=2026-1-22T14:30:00Z \
	a=2026-11-22T14:30:00Zulu a=2026-11-22T14:30:00+24:00 \
	a=2026-11-22T14:30:00+0100 a=2026-11-22T14:30:00.1234567890123456789Z \
	a=-026-11-22T14:30:00Z; do
	refused "$text" 'is no NAME=TIME'
done
"$VHDXLOG" timeline --anchor a=2026-11-22T14:30:00Z \
	--anchor b=2026-11-22T14:30:00Z demo.vhdx >out 2>err
[ $? -eq 2 ] || fail "two anchors"

# Without one nothing looks like a time, whatever it is asked for.
for format in text json jsonl csv; do
	"$VHDXLOG" timeline -f $format demo.vhdx >plain || fail "$format"
	! grep -E 'datetime|timestamp|time_is|time_basis|[0-9]{4}-[0-9]{2}-[0-9]{2}T' \
		plain || fail "$format has a time"
done
"$VHDXLOG" timeline -f json --anchor a=2026-11-22T14:30:00Z demo.vhdx >document
jq -e '.anchor == {name: "a", time: "2026-11-22T14:30:00Z"} and
	([.. | objects | has("datetime")] | any | not)' document >/dev/null ||
	fail "json: $(jq -c .anchor document)"
valid timeline-1 document
"$VHDXLOG" timeline --anchor a=2026-11-22T14:30:00Z demo.vhdx >text
grep -q '^anchor .*no later than 2026-11-22T14:30:00Z (a), as was given' text ||
	fail "text: $(cat text)"
