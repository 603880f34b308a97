#!/bin/bash
# SPDX-License-Identifier: MIT
#
# keep.sh TARGET: make the kept corpus anew, from what is kept and what runs found:
# no more than is needed to reach all that these reach, small ones first.
set -eu
target=$1
work=$VHDXLOG_BUILD/work/$target
kept=$VHDXLOG_SRC/tests/fuzz/corpus/$target.tar.xz
small=$work/small
mkdir -p "$work/corpus" "$work/kept" "$VHDXLOG_SRC/tests/fuzz/corpus"
rm -rf "$small"
mkdir "$small"
. "$VHDXLOG_SRC/tests/fuzz/_targets.sh"
"$VHDXLOG_BUILD/fuzz-$target" -set_cover_merge=1 -max_len=65536 -timeout=20 \
	"$small" "$work/corpus" "$work/kept" \
	"$VHDXLOG_BUILD/seeds/$(seeds_of "$target")" >"$work/merge" 2>&1 || {
	tail "$work/merge" >&2
	exit 1
}
# Real images are not ours to give away, nor is what came of them.
XZ_OPT=-9e tar -cJf "$kept" -C "$small" --sort=name --mtime=@0 --owner=0 --group=0 \
	--numeric-owner .
echo "$target: $(find "$small" -type f | wc -l) inputs," \
	"$(stat -c %s "$kept") bytes"
