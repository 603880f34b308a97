#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A disk that stops answering while a report is written: every line of jsonl is one,
# what is missing is said, the next image has its records, and a document that is
# not whole is not kept.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}

# More descriptors than are read at a time, so that a record takes several reads.
image - long.vhdx <<END
{ "about": "an entry of many descriptors",
  "image": { "log": { "length": "4M" }, "blocks": { "8": "present" } },
  "log": { "guid": "current", "entries": [
    { "sequence": 1000, "repeat": 40, "writes": [{ "zero": "5M+4K" }] }] } }
END

# after N FORMAT [OPTION]...: the disk answers so many times
after()
{
	local calls=$1 format=$2
	shift 2
	FAIL_READ_AFTER=$calls LD_PRELOAD=$VHDXLOG_BUILD/io.so \
		"$VHDXLOG" scan -f "$format" "$@" >out 2>err
	status=$?
}

cut=0
for ((calls = 0; ; calls += 1 + calls / 16)); do
	after $calls jsonl long.vhdx long.vhdx
	[ $status -le 3 ] || fail "$calls: exit status $status: $(cat err)"
	jq -c . out >lines 2>/dev/null || fail "$calls: a line is none"
	[ "$(wc -l <lines)" -eq "$(wc -l <out)" ] || fail "$calls: lines are joined"
	[ "$(jq -r 'select(.type == "image") | .path' out | wc -l)" -eq 2 ] ||
		fail "$calls: an image has no record"
	if grep -q 'the report is not whole' out; then
		has err 'the report is not whole'
		cut=$((cut + 1))
	fi
	[ $status -eq 3 ] || break
done
[ $cut -gt 3 ] || fail "of $calls calls, $cut cut a report"

cut=0
for format in json html; do
	for ((calls = 0; ; calls += 1 + calls / 16)); do
		rm -f report
		after $calls $format -o report long.vhdx
		if grep -q 'the report is not whole' err; then
			[ ! -e report ] || fail "$format, $calls: half a report is kept"
			cut=$((cut + 1))
		fi
		[ $status -eq 3 ] || break
		[ ! -e report ] || [ "$format" = html ] || jq -e . report >/dev/null ||
			fail "$format, $calls: it is none"
	done
done
[ $cut -gt 3 ] || fail "of documents, $cut were cut"
exit 0
