#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where a copy can be mended, the scan suggests how: the command can be typed as
# it stands, and leaves a copy of which nothing more is to be said. What a person
# has to decide, or what is lost, it does not offer to mend.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH

next_of()
{
	scan -f json "./$1" | jq -r '.verdict.next // ""'
}

# mends RECIPE NAMES
mends()
{
	local next
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$1.json" image.vhdx ||
		fail "cannot make $1"
	rm -f image-mended.vhdx
	next=$(next_of image.vhdx)
	case $next in
	"vhdxlog-replay --fix $2 "*) ;;
	*) fail "$1: $next" ;;
	esac
	bash -c "$next" >output 2>&1 || fail "$next: $(cat output)"
	[ "$("$VHDXLOG" scan -q image-mended.vhdx)" = \
		'image-mended.vhdx: CLEAN. Nothing waits to be applied.' ] ||
		fail "$next left: $("$VHDXLOG" scan image-mended.vhdx)"
}

# offers_nothing RECIPE
offers_nothing()
{
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$1.json" image.vhdx ||
		fail "cannot make $1"
	case $(next_of image.vhdx) in
	*--fix*) fail "$1: $(next_of image.vhdx)" ;;
	esac
}

mends check/header-one-invalid headers
mends check/header-none-valid headers
mends check/header-foreign headers
mends check/region-one-invalid region-tables
mends check/region-none-valid region-tables
mends check/region-tables-foreign region-tables
mends check/bat-shifted-page bat-shift
mends guess/log-waits headers
mends guess/log-elsewhere headers,region-tables
mends shape/shift-waits bat-shift
offers_nothing shape/shift-written-anew
offers_nothing check/bat-block-beyond-eof
offers_nothing check/log-unapplied
offers_nothing check/metadata-known-missing
offers_nothing shape/clean

# With a replay, which writes both headers, one bad copy needs no more.
make_image demo.vhdx
dd if=/dev/zero of=demo.vhdx bs=64K seek=1 count=1 conv=notrunc status=none
case $(next_of demo.vhdx) in
*--fix*) fail "$(next_of demo.vhdx)" ;;
vhdxlog-replay\ *) ;;
*) fail "no replay: $(next_of demo.vhdx)" ;;
esac
