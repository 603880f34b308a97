#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Make the tarball of the sources: dist.sh VERSION FOLDER. It is
# FOLDER/vhdxlog-VERSION.tar.gz, and the same bytes for the same sources: names in
# order, times of the last commit, nobody's rights. Run from the top.
set -eu
name=vhdxlog-$1
out=$2
here=$(dirname "$0")
stage=$out/dist
rm -rf "$stage"
mkdir -p "$stage/$name"
trap 'rm -rf "$stage"' EXIT

"$here/sources.sh" | tar -c --null -T - | tar -x -C "$stage/$name"
"$here/info.sh" >"$stage/$name/.dist-info"
tar -c -C "$stage" --format=gnu --sort=name --owner=0 --group=0 --numeric-owner \
	--mtime="@$(sed -n 2p "$stage/$name/.dist-info")" --mode='u+rw,go+r,go-w,a+X' \
	"$name" | gzip -9 -n >"$stage/tarball"
mv "$stage/tarball" "$out/$name.tar.gz"
echo "$out/$name.tar.gz"
