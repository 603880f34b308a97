#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The views for databases have what the records have: counts and columns of every
# recipe agree with jq. The manual's example makes them.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

command -v sqlite3 >/dev/null || {
	echo "no sqlite3 here"
	exit 77
}
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "nothing of the program is other here"
	exit 77
}
every_recipe all
run 3 scan -j 2 -f jsonl -r all missing.vhdx
mv out all.jsonl
cp "$VHDXLOG_SRC/tools/sql/vhdxlog.sql" .
manual_example 'sqlite3 all.db'
as_script
bash example.sh >out 2>err || fail "$(cat err)"
empty err

ask()
{
	sqlite3 -batch all.db "$1"
}

# agree QUERY FILTER: of sqlite3 and of jq, over all records
agree()
{
	ask "$1" >sql
	jq -n -r "[inputs] as \$all | $2" all.jsonl >jq
	[ -s sql ] || fail "$1: nothing"
	cmp sql jq || fail "$1 is not $2: $(diff sql jq | head -5)"
}

# The example's question, and each view whole.
jq -r 'select(.type == "image" and .verdict.state != "clean") |
	"\(.path)|\(.verdict.summary)"' all.jsonl | cmp - out ||
	fail "the manual's question has another answer"
while read -r view type; do
	agree "select count(*) from $view" \
		"[\$all[] | select(.type == \"$type\")] | length"
done <<'END'
images image
headers header
region_tables region_table
locator_entries locator_entry
entries entry
sequences sequence
selection selection
findings finding
orphans orphan
guesses guess
map_runs map
yara yara
limitations limitation
END
agree "select count(*) from checks" \
	'[$all[] | select(.type == "image_check" or .type == "log_check")] | length'
agree "select id, status from checks where object = 'log' order by 1, 2" \
	'[$all[] | select(.type == "log_check") | "\(.id)|\(.status)"] | sort[]'
[ "$(ask "select count(*) from sqlite_master where type = 'view'")" -eq 14 ] ||
	fail "a view is not looked at here"

agree "select state, count(*) from images group by 1 order by 1" \
	'$all | map(select(.type == "image").verdict.state) | sort | group_by(.)[] |
	"\(.[0])|\(length)"'
agree "select path, size, block_size, virtual_disk_size, needs_decision from images" \
	'$all[] | select(.type == "image") | [.path, .source.size,
	.image.metadata.block_size, .image.metadata.virtual_disk_size,
	(if .verdict.needs_decision then 1 else 0 end)] | join("|")'
agree "select path, id, verdict, sequence_number, active, tail from entries" \
	'$all[] | select(.type == "entry") | [.path, .id, .verdict, .sequence_number,
	(if .active then 1 else 0 end), .tail] | join("|")'
agree "select path, id, entries, pages, changes_bytes from sequences" \
	'$all[] | select(.type == "sequence") | [.path, .id, .entries, .effect.pages,
	(.effect.changes_bytes | if . == null then null elif . then 1 else 0 end)] |
	join("|")'
agree "select path, policy, outcome, result from selection" \
	'$all[] | select(.type == "selection") |
	[.path, .policy, .outcome, .result] | join("|")'
agree "select path, id, class, places from findings" \
	'$all[] | select(.type == "finding") |
	[.path, .id, .class, (.where | tojson)] | join("|")'
agree "select path, count(distinct result) from selection where outcome = 'replay'
	group by path having count(distinct result) > 1" \
	'$all | map(select(.type == "selection" and .outcome == "replay" and
	.result != null)) | group_by(.path)[] |
	select(map(.result) | unique | length > 1) |
	"\(.[0].path)|\(map(.result) | unique | length)"'

# The questions that the file begins with are ones that it can answer.
sed -n 's/^--   //p' vhdxlog.sql | sed -n '/^select/,$p' | grep -v '^-- ' >questions
[ "$(grep -c ';' questions)" -ge 5 ] || fail "$(cat questions)"
sqlite3 -batch -bail all.db <questions >out 2>err || fail "$(cat err)"
# Every key of a record that YARA rules make is a column.
jq -r '.["$defs"].yara_members.required[]?' \
	"$VHDXLOG_SRC/reports/vhdxlog.scan-1.schema.json" 2>/dev/null |
	grep -v '^piece' | while read -r key; do
	ask "select $key from yara" >/dev/null || fail "yara has no $key"
done || exit 1
