#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of long lists the first are shown, and -v leaves nothing out, however many there
# are: as many as csv has rows.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo a.vhdx
truncate -s 40M a.vhdx
cp --sparse=always a.vhdx b.vhdx
n=1100
[ "$VHDXLOG_CHECKER" != valgrind ] || n=40
# Every other page, so that they are not told as one stretch.
{
	head -c 4K /dev/zero | tr '\0' x
	head -c 4K /dev/zero
} >two
for ((i = 0; i < n; i++)); do
	echo two
done | xargs cat | dd of=b.vhdx bs=4K seek=$((24 << 8)) conv=notrunc status=none

run 1 compare -f csv a.vhdx b.vhdx
[ "$(wc -l <out)" -eq $((n + 1)) ] || fail "csv: $(wc -l <out) rows"
run 1 compare a.vhdx b.vhdx
[ "$(grep -cE '^ +0x1[0-9a-f]+  +4 KiB  unowned ' out)" -eq 20 ] || fail "$(cat out)"
has out "  $((n - 20)) more; -v lists them" "differ in $n pages that no structure owns"
run 1 compare --bytes a.vhdx b.vhdx
[ "$(grep -c ', unowned: a (disk), b (disk)$' out)" -eq 20 ] || fail "too many dumps"
run 1 compare -v --bytes a.vhdx b.vhdx
[ "$(grep -cE '^ +0x[0-9a-f]+  +4 KiB  unowned ' out)" -eq $n ] || fail "not all rows"
[ "$(grep -c ', unowned: a (disk), b (disk)$' out)" -eq $n ] || fail "not all dumps"
hasnt out 'more; -v'
run 1 compare -q a.vhdx b.vhdx
[ "$(cat out)" = "differ: $n pages" ] || fail "-q: $(cat out)"
