#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Help, manual and catalogue say the same: each option that --help of a command
# lists is defined in a manual page and the other way round; vhdxlog-checks(7)
# has every check; the pages are free of errors; the README's tour shows what
# the program prints.
#
# The options of `vhdxlog SUB` may be in vhdxlog-SUB.1 or in vhdxlog.1.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

complain()
{
	echo "$*"
	failed=1
}

# Options are read from lines that define them: those that begin with one, up to
# the first wide gap.
options()
{
	sed -n 's/^[[:space:]]*\(-[-[:alnum:]].*\)/\1/p' |
		sed 's/[[:space:]][[:space:]].*//' |
		grep -oE -- '(^|[ ,|/])--?[[:alnum:]][-[:alnum:]]*' |
		sed 's/^[ ,|\/]//' | sort -u
}

help_of()
{
	"$VHDXLOG" "$@" --help
}

# Rendered without overstrikes, as wide as it takes.
manual()
{
	local page
	for page; do
		[ ! -e "$page" ] || mandoc -T utf8 -O width=300 "$page" |
			sed 's/.\x08//g; s/‐/-/g; s/−/-/g'
	done
}

# The commands as `vhdxlog --help` lists them: indented words.
commands=$(help_of | sed -n 's/^  *\(vhdxlog \)\{0,1\}\([a-z][a-z]*\) .*/\2/p' | sort -u)
[ -n "$commands" ] || complain "vhdxlog --help lists no commands"

all_help=
for command in '' $commands; do
	# shellcheck disable=SC2086 # no command is no word
	help=$(help_of $command) || complain "vhdxlog $command --help fails"
	help=$(echo "$help" | options)
	all_help="$all_help
$help"
	page=tools/man/vhdxlog-$command.1
	known=$(manual tools/man/vhdxlog.1 "$page" | options)
	for option in $(comm -23 <(echo "$help") <(echo "$known")); do
		complain "vhdxlog $command: $option is in no manual page"
	done
	[ -e "$page" ] || continue
	for option in $(manual "$page" | options | comm -13 <(echo "$help") -); do
		complain "$page: $option is not in vhdxlog $command --help"
	done
done
for option in $(manual tools/man/vhdxlog.1 | options |
	comm -13 <(echo "$all_help" | sort -u) -); do
	complain "tools/man/vhdxlog.1: $option is in no --help"
done

checks=$VHDXLOG_BUILD/vhdxlog-checks.7
while read -r name; do
	sed 's/\\-/-/g' "$checks" | grep -qwF -e "$name" ||
		complain "vhdxlog-checks(7) does not name $name"
done < <(sed -n 's/^VL_CHECK([0-9]*, [a-z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' \
	lib/check/checks.def)

# The readers as a scan has them, each with a definition, in the same order.
policies=$("$VHDXLOG" scan --policy '?' - 2>&1 | sed -n 's/.*Policies are //p')
[ -n "$policies" ] || complain "--policy does not list the policies"
[ "$(manual tools/man/vhdxlog-scan.1 | sed -n '/^     The policies are/,/^[A-Z]/s/^     \([a-z0-9][a-z0-9.-]*\)  .*/\1/p' | paste -sd, | sed 's/,/, /g')" = "$policies" ] ||
	complain "vhdxlog-scan(1) has other policies than $policies"

for page in tools/man/*.[17] "$checks"; do
	mandoc -T lint -W error "$page" || complain "$page has errors"
done
# Each line of the tour must come in the output, in this order; "..." stands for
# any number of others.
tour=$(mktemp -d) || exit 1
trap 'rm -rf "$tour"' EXIT
mkdir "$tour/build"
"$VHDXLOG_CORPUS" corpus/recipes/demo.json "$tour/build/demo.vhdx" || failed=1
(cd "$tour" && "$VHDXLOG" scan build/demo.vhdx) >"$tour/output"
sed -n '\|^    \$ build/vhdxlog scan build/demo.vhdx$|,/^[^ ]/{
	/^[^ ]/!s/^    //p
}' README.md | sed 1d >"$tour/shown"
[ -s "$tour/shown" ] || complain "README.md: no tour of scan"
awk '
	NR == FNR { shown[++n] = $0; next }
	n >= at + 1 && shown[at + 1] == "..." { at++ }
	n >= at + 1 && $0 == shown[at + 1] { at++ }
	END {
		while (shown[at + 1] == "...")
			at++
		if (at < n) {
			print "README.md: the tour shows what is not printed: " shown[at + 1]
			exit 1
		}
	}' "$tour/shown" "$tour/output" || failed=1
exit $failed
