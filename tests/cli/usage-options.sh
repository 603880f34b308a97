#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Options may follow operands, "--" ends them, long ones may be shortened, and
# the value of --hash is optional and only behind "=".
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
cp demo.vhdx ./-q
run 1 scan demo.vhdx -q
[ "$(wc -l <out)" -eq 1 ] || fail "-q behind the image did nothing"
run 1 scan --qui demo.vhdx
[ "$(wc -l <out)" -eq 1 ] || fail "--qui is not --quiet"
run 1 scan -- -q
has out '-q: DIRTY.'
run 3 scan -- --help
has err '--help'

sum=$(sha256sum <demo.vhdx)
run 1 scan demo.vhdx
hasnt out "${sum%% *}"
run 1 scan --hash demo.vhdx
has out "${sum%% *}"
hasnt out MD5 SHA-1
run 1 scan --hash=md5,sha1 demo.vhdx
md5=$(md5sum <demo.vhdx)
sha1=$(sha1sum <demo.vhdx)
has out "${sum%% *}" "${md5%% *}" "${sha1%% *}"
run 3 scan --hash md5 demo.vhdx
has err 'md5: '
