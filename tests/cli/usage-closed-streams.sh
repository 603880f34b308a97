#!/bin/bash
# SPDX-License-Identifier: MIT
#
# With a standard stream closed, the image does not take its place: nothing is
# written to it or read from it by mistake, and a report that cannot be written
# is a failure.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind opens closed streams again before the program begins"
	exit 77
}

image demo demo.vhdx
before=$(sha256sum demo.vhdx)
"$VHDXLOG" scan demo.vhdx >&- 2>err
[ $? -eq 3 ] || fail "closed standard output: another exit status"
has err 'standard output'
"$VHDXLOG" scan demo.vhdx 2>&- >out
[ $? -eq 1 ] || fail "closed standard error: another exit status"
"$VHDXLOG" scan demo.vhdx <&- >out
[ $? -eq 1 ] || fail "closed standard input: another exit status"
"$VHDXLOG" scan -o report.txt demo.vhdx <&- >&- 2>&-
[ $? -eq 1 ] || fail "all closed: another exit status"
has report.txt DIRTY

# Messages do not end up in the report.
"$VHDXLOG" scan -o report.txt missing.vhdx demo.vhdx 2>&-
[ $? -eq 3 ] || fail "with messages: another exit status"
hasnt report.txt 'opening the image'

"$VHDXLOG" --help >&- 2>err
[ $? -eq 3 ] || fail "--help: another exit status"
[ "$(sha256sum demo.vhdx)" = "$before" ] || fail "the image was changed"
