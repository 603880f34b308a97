#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every image of the corpus, whatever is wrong with it, and images of other
# programs: what is extracted as metadata is told of as the image is.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# Evidence of what was guessed is in blocks of these: entries of a VHDX in one.
others=(log-nested.json)

# In one go, as there are many.
# shellcheck disable=SC2016
check='def same: del(.source.path, .source.sha256, .verdict.next)
		| .selection |= map(del(.result)) | .orphans |= map(del(.sha256));
	$a[0] as $a | $b[0] as $b | $c[0] as $c |
	if ($a | same) != ($b | same) then "another report"
	elif $a.verdict.state != $c.verdict.state then "redacted, another state"
	else "same" end'

compared=0
# compare NAME IMAGE
compare()
{
	local found
	"$VHDXLOG" scan -f json "$2" >a.json
	! grep -q '"state": *"not-vhdx"' a.json || return 0
	"$VHDXLOG" extract "$2" metadata -o b.vhdx 2>err || fail "$1: $(cat err)"
	"$VHDXLOG" scan -f json b.vhdx >b.json
	if [ $((compared % 4)) = 0 ]; then
		"$VHDXLOG" extract "$2" metadata --redact -o c.vhdx 2>err ||
			fail "$1: $(cat err)"
		"$VHDXLOG" scan -f json c.vhdx >c.json
	else
		cp b.json c.json
	fi
	found=$(jq -n -r --slurpfile a a.json --slurpfile b b.json \
		--slurpfile c c.json "$check") || fail "$1: no report"
	case $found in
	'another report')
		[[ " ${others[*]} " = *" $1 "* ]] || fail "$1: $found"
		;;
	same) compared=$((compared + 1)) ;;
	*) fail "$1: $found" ;;
	esac
}

# Under valgrind some of them, spread over all.
recipes=("$VHDXLOG_SRC"/corpus/recipes/{check,guess,shape}/*.json)
step=1
[ "$VHDXLOG_CHECKER" != valgrind ] || step=12
for ((i = 0; i < ${#recipes[@]}; i += step)); do
	recipe=${recipes[i]}
	evidence "$recipe" made.vhdx || fail "cannot make $recipe"
	compare "${recipe##*/}" made.vhdx
done
[ $compared -gt $((200 / step)) ] || fail "only $compared were compared"
[ -e "${VHDXLOG_IMAGES:-/nonexistent}" ] || exit 0
while real_image file; do
	compare "$file" "$file"
done
exit 0
