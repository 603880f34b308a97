#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libvhdxlog(3) lists every function that the library exports and no other, each
# with what it does, and the program in it is a program.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

page=$VHDXLOG_SRC/tools/man/libvhdxlog.3
mandoc -T lint "$page" | grep -v 'referenced manual not found' && fail "not clean"

sed -n 's/^[.]It Fn //p' "$page" | sort >told
nm -D --defined-only "$VHDXLOG_BUILD/libvhdxlog.so.0" | awk '{ print $3 }' \
	>exported
[ -s exported ] || fail "the library exports nothing"
nm --defined-only "$VHDXLOG_BUILD/libvhdxlog-match.a" |
	awk '$2 == "T" && $3 ~ /^vhdxlog_/ { print $3 }' >matching
[ -s matching ] || fail "the archive for rules has nothing"
sort -o exported exported matching
cmp exported told || fail "$(diff exported told)"
awk '/^[.]It Fn/ { if (bare) print bare; bare = $3; next } { bare = "" }' \
	"$page" >bare
[ ! -s bare ] || fail "says nothing: $(cat bare)"

sed -n '/^[.]Bd/,/^[.]Ed/p' "$page" | sed '/^[.][BE]d/d; s/\\-/-/g; s/\\e/\\/g' \
	>states.c
sanitize=
[ -z "$SAN" ] || sanitize=$SAN_FLAGS
# shellcheck disable=SC2086 # words
$CC -std=c11 -Wall -Wextra -Werror $sanitize -I"$VHDXLOG_SRC/lib" -o states \
	states.c "$VHDXLOG_BUILD/libvhdxlog.so.0" || fail "it is no C"
image demo demo.vhdx
export LD_LIBRARY_PATH=$VHDXLOG_BUILD

run 1 scan -f json demo.vhdx
jq -r '"demo.vhdx: " + .verdict.state, (.entries[] | .id + " " + .verdict)' out >expected
./states demo.vhdx | cmp - expected || fail "it says something else than a scan"
./states missing.vhdx 2>err && fail "it finds what is missing"
has err 'missing.vhdx: '
