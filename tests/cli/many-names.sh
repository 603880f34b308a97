#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --files0-from takes names as wc and du do; --recursive finds images in folders, in
# a fixed order, follows no links, and says what it could not look into.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

image shape/clean clean.vhdx

# paths ARGUMENT...: those of the records, with the status in $want
paths()
{
	run "$want" scan -q -f jsonl "$@"
	jq -r 'select(.type == "image") | .path' out >paths
}

expect()
{
	printf '%s\n' "$@" | cmp - paths || fail "not these: $(cat paths)"
}

# ---------------------------------------------------------------- names in a file
cp clean.vhdx $'two\nlines.vhdx'
cp clean.vhdx ./-dash.vhdx
want=0
printf '%s\0' clean.vhdx $'two\nlines.vhdx' -dash.vhdx >list
paths --files0-from list
# A control character is none in a report.
expect clean.vhdx $'two\xef\xbf\xbdlines.vhdx' -dash.vhdx
mv out listed

# No NUL behind the last; standard input; a FIFO.
printf '%s\0%s\0%s' clean.vhdx $'two\nlines.vhdx' -dash.vhdx >open
paths -j 2 --files0-from open
cmp out listed || fail "a last name without NUL"
"$VHDXLOG" scan -q -f jsonl --files0-from - <list >out || fail "standard input"
cmp out listed || fail "standard input: another report"
"$VHDXLOG" scan -q -f jsonl --files0-from <(cat list) >out || fail "a pipe"
cmp out listed || fail "a pipe: another report"

# An empty list is no image; an empty name is a failure, and the others are scanned.
: >none
want=0 paths --files0-from none
empty out
has err 'vhdxlog: none: names no image'
run 0 scan -f csv --files0-from none
[ "$(grep -c . out)" -eq 1 ] || fail "csv of nothing is its heading"
printf 'clean.vhdx\0\0-dash.vhdx\0' >list
want=3 paths --files0-from list
expect clean.vhdx '' -dash.vhdx
has err 'vhdxlog: --files0-from: name 2 of list is empty'
"$VHDXLOG_SRC/tests/validate.py" --jsonl \
	"$VHDXLOG_SRC/reports/vhdxlog.scan-1.records.schema.json" out || exit 1

# What is no list is refused, or its empty names are told as one.
run 2 scan --files0-from clean.vhdx
has err 'vhdxlog: clean.vhdx: this is a VHDX image, and no list of names'
printf 'clean.vhdx\0\0\0\0' >list
run 3 scan -q -f csv --files0-from list
has err 'names 2 to 4 of list are empty'
[ "$(grep -c . out)" -eq 3 ] || fail "$(cat out)"
run 2 scan -f html --files0-from none
has err 'none: names no image'

run 2 scan --files0-from list clean.vhdx
has err '--files0-from names the images; there are no others beside it'
run 2 scan --files0-from missing
has err 'missing: opening the list of names: No such file or directory'
run 3 scan --files0-from .
has err '.: reading the list of names: Is a directory'
# The list is not written over, nor an image that it names.
printf 'clean.vhdx\0' >list
for file in list clean.vhdx; do
	cp $file before
	run 2 scan --files0-from list -o $file
	has err 'this is the evidence'
	cmp $file before || fail "$file was written to"
done
run 2 scan -f json --files0-from open
has err 'json is one document for one image'
run 0 scan -f json --files0-from list
has out '"path":"clean.vhdx"'

# ------------------------------------------------------------------------- folders
mkdir -p tree/b/deep tree/a.vhdx tree/.hidden "tree/b c"
for name in z.vhdx Z.VHDX .dot.vhdx a.vhdx/in.avhdx b/deep/x.vhdx b/y.AVHDX \
	"b c/w.vhdx" .hidden/h.vhdx b.vhdx; do
	ln clean.vhdx "tree/$name"
done
ln clean.vhdx tree/not.vhd
ln clean.vhdx tree/vhdx
ln clean.vhdx tree/.vhdx
mkfifo tree/fifo.vhdx
ln -s ../clean.vhdx tree/link.vhdx
ln -s .. tree/up
ln -s . tree/circle
all=(.dot.vhdx .hidden/h.vhdx Z.VHDX a.vhdx/in.avhdx 'b c/w.vhdx' b.vhdx
	b/deep/x.vhdx b/y.AVHDX z.vhdx)
want=0
paths -r tree
expect "${all[@]/#/tree/}"
paths -j 3 --recursive tree/
expect "${all[@]/#/tree/}"
(cd tree && find . -type f -iname '?*.*vhdx' | LC_ALL=C sort) >found
(cd tree && VHDXLOG=$VHDXLOG && "$VHDXLOG" scan -r -q -f jsonl . | jq -r .path) |
	cmp - found || fail "not what find and sort say"

# A link that is named is followed; a file that is named is one whatever its name.
ln -s tree/b linked
paths -r linked tree/not.vhd
expect linked/deep/x.vhdx linked/y.AVHDX tree/not.vhd
printf 'tree/b\0clean.vhdx' >list
paths -r --files0-from list
expect tree/b/deep/x.vhdx tree/b/y.AVHDX clean.vhdx

# Nothing in it is not nothing to say.
mkdir nothing
want=3
paths -r nothing clean.vhdx
expect nothing clean.vhdx
has err 'nothing: no name in this folder ends in .vhdx or .avhdx'
paths tree
expect tree
has err 'tree: this is a folder; --recursive looks for images in it'

# Deeper than a path can be: said, and the rest goes on.
mkdir deep
(
	cd deep || exit 1
	name=$(printf 'd%.0s' {1..250})
	for _ in {1..20}; do
		mkdir "$name" && cd "$name" || exit 1
	done
) || fail "cannot go deep"
ln clean.vhdx deep/z.vhdx
paths -r deep
[ "$(tail -n 1 paths)" = deep/z.vhdx ] || fail "deep: $(tail -n 1 paths)"
has err 'opening the folder: File name too long'

if [ "$(id -u)" -ne 0 ]; then
	chmod 0 tree/b
	paths -r tree
	grep -qx tree/b paths || fail "an unreadable folder has no record"
	has err 'tree/b: opening the folder: Permission denied'
	chmod 755 tree/b
elif command -v setpriv >/dev/null && [ "$VHDXLOG_CHECKER" != valgrind ]; then
	# The reports of valgrind are not another user's to write.
	chmod 711 . && chmod 0 tree/b
	setpriv --reuid 65534 --clear-groups "$VHDXLOG" scan -q -f jsonl -r tree \
		>out 2>err
	[ $? -eq 3 ] || fail "unreadable: another exit status"
	has err 'tree/b: opening the folder: Permission denied'
	[ "$(jq -r .path out | grep -c .)" -eq 8 ] || fail "$(cat out)"
	chmod 755 tree/b
fi
rm -rf deep
