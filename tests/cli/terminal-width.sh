#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A report on a terminal is laid out for its width, or that of COLUMNS; elsewhere
# it is always the same. In a narrow one nothing goes past the margin but words
# that are longer than it, and all widths say the same.
. "$VHDXLOG_SRC/tests/cli/_terminal.sh"

image demo demo.vhdx
run 1 scan demo.vhdx
mv out elsewhere

# past COLUMNS: what goes past the margin and is no GUID and no command.
past()
{
	awk -v n="$1" 'length > n && !/[0-9a-f]-[0-9a-f]/ && !/vhdxlog/' typescript
}

# words: of the report up to the ring, wherever lines end.
words()
{
	sed '/ring, one letter/,$d' "$1" | tr -s ' \n' '\n' | grep -v '^$'
}

for width in 40 80 200; do
	columns $width "'$VHDXLOG' scan --no-color demo.vhdx"
	long=$(past $width | grep -v 'reader-changes-data-write-guid\|could not be judged')
	[ -z "$long" ] || fail "$width columns: $long"
	! grep -n ' $' typescript || fail "$width columns: blanks at the end"
	words typescript >shown
	words elsewhere | cmp - shown || fail "$width columns: other words"
	awk '{ if (length > n) n = length } END { print n }' typescript >width.$width
done
[ "$(cat width.80)" -gt 40 ] && [ "$(cat width.200)" -gt 100 ] ||
	fail "a wide terminal is not made use of"
grep -q '^      *0  [.Ed]\{32\}$' typescript && fail "200 columns: a short ring"
columns 40 "'$VHDXLOG' scan --no-color demo.vhdx"
grep -q '^ *0  [.Ed]\{32\}$' typescript || fail "40 columns: a long ring"

# COLUMNS comes before what the terminal says, and is for terminals alone.
columns 200 "COLUMNS=40 '$VHDXLOG' scan --no-color demo.vhdx"
words typescript >shown
[ -z "$(past 79)" ] || fail "COLUMNS is not heeded"
for nonsense in 0 x -5 ''; do
	columns 80 "COLUMNS=$nonsense '$VHDXLOG' scan --no-color demo.vhdx"
	[ -z "$(past 80)" ] || fail "COLUMNS=$nonsense"
done
COLUMNS=40 "$VHDXLOG" scan demo.vhdx >out
cmp out elsewhere || fail "COLUMNS changes what is no terminal's"
