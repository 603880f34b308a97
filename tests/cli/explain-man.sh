#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The manual page of all checks is clean mdoc and holds the whole catalogue, the
# states and the messages.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

run 0 explain --man
mv out vhdxlog-checks.7
if ! command -v mandoc >/dev/null; then
	echo "no mandoc here"
	exit 77
fi
# The pages that it refers to need not be installed.
mandoc -T lint vhdxlog-checks.7 | grep -v 'referenced manual not found' &&
	fail "not clean"
for page in "$VHDXLOG_SRC"/tools/man/*.1; do
	mandoc -T lint "$page" | grep -v 'referenced manual not found' &&
		fail "$page: not clean"
done

mandoc -T utf8 -O width=200 vhdxlog-checks.7 | sed 's/.\x08//g' | tr -s ' ' >page
# shellcheck disable=SC2013 # names have no spaces
for check in $(sed -n 's/^VL_CHECK([0-9]*, [a-z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' \
	"$VHDXLOG_SRC/lib/check/checks.def"); do
	grep -qxF -e " $check" page || fail "no $check"
done
has page 0x80070570 'No valid VHDX header found' dirty-ambiguous \
	'non-empty LOG was not replayed'
