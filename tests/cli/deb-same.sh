#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The Debian packages are the same bytes when they are made again elsewhere. Not
# optimised, which is no matter here and takes a third of the time.
. "$VHDXLOG_SRC/tests/cli/_package.sh"

export DEB_CFLAGS_APPEND='-O0 -U_FORTIFY_SOURCE'
for folder in first another; do
	make_in "$VHDXLOG_SRC" deb OUT="$PWD/$folder"
	rm -rf "$folder/deb/vhdxlog-$version"
done
n=0
for deb in first/deb/*.deb; do
	cmp "$deb" "another/deb/${deb##*/}" || fail "$deb: not the same again"
	n=$((n + 1))
done
[ $n -ge 3 ] || fail "only $n packages"
