#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A check that always passes is missed by the recipe of its name, whichever it is
# (`make mutation` asks all tests), and only programs of the tests can be blinded so.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "each verdict is the same there"
	exit 77
}
"$VHDXLOG_SRC/tests/mutation.py" --quick ||
	fail "a check that nobody would miss"

# Blinded or not, what ships does the same.
make_image demo.vhdx
status=0
VHDXLOG_BLIND=log-needs-replay "$VHDXLOG_BUILD/vhdxlog" scan -f json demo.vhdx \
	>blinded.json || status=$?
[ $status -eq 1 ] || fail "status $status"
"$VHDXLOG_BUILD/vhdxlog" scan -f json demo.vhdx >seeing.json || :
cmp blinded.json seeing.json || fail "the product can be blinded"
for program in vhdxlog vhdxlog-replay libvhdxlog.so.0; do
	! grep -q VHDXLOG_BLIND "$VHDXLOG_BUILD/$program" ||
		fail "$program has the hook"
	! nm "$VHDXLOG_BUILD/$program" | grep -q '__wrap_\|__real_' ||
		fail "$program is wrapped"
done
grep -q VHDXLOG_BLIND "$VHDXLOG_BUILD/mutation/vhdxlog" ||
	fail "what is looked for is not there to be found"
