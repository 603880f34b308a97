#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The command that a scan suggests can be typed as it stands, wherever image and
# log lie, and leaves a clean copy.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH

# follow IMAGE OPTION...: do what the scan with these options says, to a copy
# that is $end.
end=replayed
follow()
{
	local image=$1 next
	shift
	next=$(scan -f json "$@" "./$image" | jq -r .verdict.next)
	case $next in
	vhdxlog-replay\ *) ;;
	*) fail "does not suggest a replay: $next" ;;
	esac
	bash -c "$next" >output 2>&1 || fail "$next: $(cat output)"
	"$VHDXLOG" scan -q "./${image%.vhdx}-$end.vhdx" >output ||
		fail "$next left: $(cat output)"
}

make_image demo.vhdx
follow demo.vhdx
guid=$(scan -f json demo.vhdx | jq -r .log.guid)
cp demo.vhdx "a b'c.vhdx"
follow "a b'c.vhdx" --log-offset 1M --log-length 1M --log-guid "$guid"
{
	head -c 1048576 /dev/zero
	cat demo.vhdx
} >inside.vhdx
follow inside.vhdx --offset 1M
cp demo.vhdx ./-dash.vhdx
follow -dash.vhdx

# What is gone is mended along with it.
end=mended
for recipe in check/header-none-valid check/header-foreign \
	check/header-log-misplaced guess/log-waits guess/log-elsewhere; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe.json" lost.vhdx
	follow lost.vhdx
	rm lost-mended.vhdx
done
