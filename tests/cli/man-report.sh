#!/bin/bash
# SPDX-License-Identifier: MIT
#
# vhdxlog-report(5) is clean mdoc; it has every key of every schema and every column
# of CSV, each with its type and a meaning, and no other.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

page=$VHDXLOG_BUILD/vhdxlog-report.5
mandoc -T lint "$page" | grep -v 'referenced manual not found' && fail "not clean"

# What the page defines, without the members that a key is in.
sed 's/\\-/-/g' "$page" >plain
sed -n 's/^[.]It Cm //p' plain | sed 's/ , Cm /\n/g' |
	sed 's/^.*[.]//' | sort -u >told
jq -r '.. | objects | .properties | objects | keys[]' \
	"$VHDXLOG_SRC"/reports/*.schema.json | sort -u >keys

image demo demo.vhdx
columns()
{
	run "$@"
	head -n 1 out | tr , '\n' >>columns
}
columns 0 timeline -f csv demo.vhdx
columns 0 timeline -f csv --as-of E3 demo.vhdx
columns 1 compare -f csv demo.vhdx disk S1-3
columns 1 scan -f csv demo.vhdx
sort -u -o columns columns

missing=$(sort -u keys columns | comm -23 - told)
[ -z "$missing" ] || fail "not in the page:" $missing
extra=$(sort -u keys columns | comm -13 - told)
[ -z "$extra" ] || fail "in the page alone:" $extra

# A meaning is more than the type in parentheses.
sed -n '/^[.]Sh VALUES/,/^[.]Sh CSV/p' plain | awk '
	/^[.]It C?E?m/ { name = $0; text = ""; next }
	name && /^[.]/ { if (text ~ /^[(][^()]*[)] *$/ || text == "") print name; name = "" }
	name { text = text $0 " " }
	/^[.]It/ { name = $0; text = "" }' >bare
[ ! -s bare ] || fail "without a meaning: $(cat bare)"

# Every record that a schema knows, and every document.
for schema in "$VHDXLOG_SRC"/reports/*.schema.json; do
	has plain ".Sh $(jq -r .title "$schema")" "The schema is ${schema##*/}."
done
