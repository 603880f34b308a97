#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that is read is never the output, by whatever name: refused with status
# 2 before anything is written.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
image - clean.vhdx <<'EOF'
{"about": "nothing at all"}
EOF
ln -s demo.vhdx link
ln -s link link2
ln demo.vhdx hard
mkdir folder
sum=$(cat demo.vhdx clean.vhdx | sha256sum)

for name in demo.vhdx ./demo.vhdx folder/../demo.vhdx link link2 hard \
	"$PWD/demo.vhdx"; do
	for format in text json; do
		run 2 scan -f $format -o "$name" demo.vhdx
		empty out
		has err 'evidence'
	done
	run 2 scan -o "$name" clean.vhdx demo.vhdx
	run 2 scan -o "$name" clean.vhdx hard
	run 2 scan -o "$name" --parent demo.vhdx clean.vhdx
	run 2 show -o "$name" demo.vhdx E1
done
[ -L link ] || fail "the link was replaced"
[ "$(cat demo.vhdx clean.vhdx | sha256sum)" = "$sum" ] ||
	fail "an image was changed"
[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"
