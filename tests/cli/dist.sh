#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tarball is the same bytes for the same sources, belongs to nobody, and from
# it the README's commands work, with no history at hand.
. "$VHDXLOG_SRC/tests/cli/_package.sh"

make_in "$VHDXLOG_SRC" dist OUT="$PWD/first"
(umask 077 && make_in "$VHDXLOG_SRC" dist OUT="$PWD/second")
name=vhdxlog-$version
cmp "first/$name.tar.gz" "second/$name.tar.gz" || fail "not the same again"

tar -t -v --numeric-owner -f "first/$name.tar.gz" >list
! grep -v ' 0/0 ' list || fail "it belongs to somebody"
! grep -v " $name/" list || fail "not all in one folder"
! grep -E '^.(.{4}w|.{7}w)' list || fail "others may write"
! grep -E '/([.]git|build)/' list || fail "more than sources"

tar -x -f "first/$name.tar.gz"
(cd "$VHDXLOG_SRC" && tools/packaging/info.sh) >expected
cmp expected "$name/.dist-info" || fail "it does not say what it is"

# Another tarball made of what was unpacked is the same.
make_in "$name" dist OUT="$PWD/third"
cmp "first/$name.tar.gz" "third/$name.tar.gz" || fail "not the same from it"

make_in "$name" demo
has made DIRTY 'exit status 1'
"$name/build/vhdxlog" scan --custody -f json "$name/build/demo.vhdx" >out
[ "$(jq -r '.custody.build | split(",")[0]' out)" = "$(sed -n 1p expected)" ] ||
	fail "another build: $(jq -c .custody out)"
make_in "$name" check T='usage*'
grep -q '^[1-9][0-9]* passed, 0 failed, 0 skipped' made || fail "tests: $(tail -n 3 made)"
