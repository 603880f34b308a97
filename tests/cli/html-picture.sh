#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The picture in the README is of the page that is made today, and not a large one.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

mkdir build
make_image build/demo.vhdx
scan -f html build/demo.vhdx >build/demo.html
picture=$VHDXLOG_SRC/reports/report.png
grep -qF '](reports/report.png)' "$VHDXLOG_SRC/README.md" ||
	fail "the README does not show it"
[ "$(stat -c %s "$picture")" -le 200000 ] || fail "it is too large"
"$VHDXLOG_SRC/tests/picture.py" check build/demo.html "$picture" || exit 1
echo >>build/demo.html
! "$VHDXLOG_SRC/tests/picture.py" check build/demo.html "$picture" 2>said ||
	fail "the picture is of any page"
grep -q 'make picture' said || fail "no word of how to make it"
