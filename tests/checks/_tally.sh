# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: run commands that end with the line of run.sh, and add up what
# they counted.

passed=0 failed=0 skipped=0

# Run a command, show what it prints but for lines that match the pattern $1, and
# add its counts. One that fails without counting failed as a whole.
tally()
{
	local hide=$1 log status=0 good='' bad='' skips=''
	shift
	log=$(mktemp) || exit 1
	"$@" </dev/null 2>&1 | tee "$log" | { grep -v -E "$hide" || :; }
	status=${PIPESTATUS[0]}
	read -r good bad skips < <(sed -n \
		's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' \
		"$log" | tail -n 1) || :
	rm -f "$log"
	[ "$status" -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	passed=$((passed + ${good:-0}))
	failed=$((failed + ${bad:-0}))
	skipped=$((skipped + ${skips:-0}))
}

# The closing line; false where something failed.
total()
{
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
