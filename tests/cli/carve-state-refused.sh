#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A state is of one file and one offset, whole, and replaced by nobody else; what is
# none is never replaced.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

make_dump dump
sum=$(sha256sum <dump)
run 0 carve -f json dump
mv out good.json

# A place that mktemp made; a state behind a link; rights as they were.
made=$(mktemp ./state.XXXXXX)
chmod 640 "$made"
run 0 carve -q --state "$made" --state-step 300K dump
[ "$(stat -c %a "$made")" = 640 ] || fail "other rights"
mkdir elsewhere
ln -s elsewhere/state link
run 0 carve -f json --state link dump
[ -L link ] && [ -s elsewhere/state ] || fail "the link was replaced"
cmp out good.json || fail "another report"
run 0 carve -f json --state link dump
cmp out good.json || fail "another report of the state"
mv elsewhere/state state

# refused WHY ARGUMENT...: the state stays as it is
refused()
{
	cp state before
	run 2 carve -f json --state state "${@:2}"
	empty out
	has err "$1"
	cmp state before || fail "the state was changed: $1"
}

# The same bytes elsewhere are the same evidence.
cp --sparse=always dump copy
run 0 carve --state state -f json copy
cmp <(sed 's/"path":"copy"/"path":"dump"/; s/copy"/dump"/g' out) \
	<(sed 's/copy"/dump"/g' good.json) || fail "a copy has another report"

# Another file: longer, other bytes, another place to begin, or written to since.
cp --sparse=always dump longer
echo >>longer
refused 'a file of 134217728 bytes, and this one has 134217729' longer
cp --sparse=always dump other
printf x | dd of=other bs=1 seek=$((134217728 / 16 * 5 + 100)) conv=notrunc status=none
refused 'a file that holds something else' other
refused 'a pass from offset 0 on (--offset), and this one begins at 512' \
	--offset 512 dump
touch -d 2001-01-01 dump
refused 'this file, which was written to since' dump
touch -r copy dump
rm -f state
run 0 carve -q --state state dump

# No state, or not all of one, or not as it was written.
cp state whole
broken() # TEXT
{
	refused "$1" dump
	cp whole state
}
size=$(stat -c %s state)
for cut in 1 2 17 $((size / 2)) $((size - 30)) $((size - 60)); do
	head -c $((size - cut)) whole >state
	broken 'was cut or changed'
done
for edit in '/^item 3 /s/ 1 / 0 /' '/^item 5 /d' 's/^done 1/done 0/' \
	's/^position .*/position 0/' 's/^samples 0x./samples 0x0/' \
	's/^pass .*/pass 18446744073709551615/' 's/^pass .*/pass 0/' \
	'/^item 2 /s/^/item 7 entry /' '$d' '$a\' '2d' '3s/.*/samples/' \
	"s/^file .*/file $(printf '%02000d' 1)/" 's/^sum .*/sum 0x0/'; do
	sed "$edit" whole >state
	cmp -s whole state || broken 'was cut or changed'
done
for text in 'something of mine' 'vhdxlog carve state 2' '' \
	'vhdxlog carve state 1'; do
	echo "$text" >state
	if [ "$text" = 'vhdxlog carve state 1' ]; then
		broken 'was cut or changed'
	else
		broken 'it is no state of vhdxlog carve'
	fi
done
head -c 100000 /dev/urandom >state
broken 'it is no state of vhdxlog carve'
{
	head -n 3 whole
	head -c 3000 /dev/zero | tr '\0' x
} >state
broken 'was cut or changed'
tr 'a' '\0' <whole >state
run 2 carve --state state dump

# One whose sum is right, and that the library did not make.
sealed() # SED-SCRIPT
{
	sed "$1" whole | head -n -1 >state
	python3 - state <<-'END'
	import sys
	value = 0xcbf29ce484222325
	for byte in open(sys.argv[1], "rb").read():
	    value = (value ^ byte) * 0x100000001b3 % (1 << 64)
	print(f"sum {value:#018x}", file=open(sys.argv[1], "a"))
	END
	broken 'was cut or changed'
}
sealed 's/^source .*/source 1/'
sealed 's/^vhdxlog-carve 1/vhdxlog-carve 7/'
sealed 's/^end$/out/'

# Not a file, or the evidence itself, or no place to write.
mkdir folder
run 2 carve --state folder dump
has err 'no regular file'
ln dump hard
for name in dump ./dump hard; do
	run 2 carve --state $name dump
	has err 'evidence'
done
run 3 carve --state missing/state dump
has err 'missing/state'
mkfifo pipe
run 2 carve --state pipe dump
has err 'no regular file'

[ "$(sha256sum <dump)" = "$sum" ] || fail "the evidence was changed"
[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"
