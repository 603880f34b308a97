#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Help, manual and catalogue say the same: each option that --help of a command
# lists is defined in a manual page and the other way round; vhdxlog-checks(7)
# has every check; both tell the same exit statuses, and their examples and those
# of the README have no option that is not there; the pages are free of errors;
# the README's tour shows what the program prints. That shells complete what
# --help lists is in tests/cli/completion.sh.
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

# A program of its own, with no commands.
page=tools/man/vhdxlog-replay.1
help=$("$VHDXLOG_REPLAY" --help) || complain "vhdxlog-replay --help fails"
for option in $(comm -23 <(echo "$help" | options) <(manual "$page" | options)); do
	complain "vhdxlog-replay: $option is in no manual page"
done
for option in $(manual "$page" | options | comm -13 <(echo "$help" | options) -); do
	complain "$page: $option is not in vhdxlog-replay --help"
done

# What an exit status means is told of the same ones in help and manual.
statuses_of()
{
	"$@" --help | sed -n '/^Exit status:/,$p' | tr '\n' ' ' |
		grep -oE '(^|: |, )[0-9] ' | tr -dc '0-9\n' | sort -u | paste -sd ' '
}

told_statuses()
{
	sed -n '/^[.]Sh EXIT STATUS/,/^[.]Sh [^E]/s/^[.]It \([0-9]\)$/\1/p' "$1" |
		sort -u | paste -sd ' '
}

# Every option in a line that is an example exists, of the command that it is of.
# What is behind a | or > is another program's.
examples()
{
	sed 's/\\-/-/g; s/\\(dq/"/g; s/\\&//g' |
		sed -n 's/^[.]Dl \$ //p; s/^  *\(vhdxlog[- ]\)/\1/p; s/^\$ \(vhdxlog\)/\1/p' |
		grep -E '^vhdxlog(-replay)? ' | sed 's/ [|>&].*//'
}

check_examples()
{
	local line program words word known
	while read -r line; do
		read -ra words <<<"$line"
		program=${words[0]}
		[ "$program" != vhdxlog ] || [[ ${words[1]} == -* ]] ||
			program="$program ${words[1]}"
		case $program in
		vhdxlog-replay) known=$("$VHDXLOG_REPLAY" --help | options) ;;
		# shellcheck disable=SC2086 # a command, or none
		*) known=$(help_of ${program#vhdxlog} | options) ;;
		esac
		[ -n "$known" ] || complain "$1: there is no $program: $line"
		for word in "${words[@]:1}"; do
			word=${word%%=*}
			[[ $word == -[a-zA-Z-]* ]] && [ "$word" != -- ] || continue
			grep -qxF -e "$word" <<<"$known" ||
				complain "$1: $program has no $word: $line"
		done
	done
}

n_examples=0
for command in '' $commands replay; do
	run=("$VHDXLOG" ${command:+"$command"})
	[ "$command" != replay ] || run=("$VHDXLOG_REPLAY")
	page=tools/man/vhdxlog${command:+-$command}.1
	lines=$({ "${run[@]}" --help && cat "$page"; } | examples)
	[ -n "$lines" ] || complain "$page: no examples"
	n_examples=$((n_examples + $(wc -l <<<"$lines")))
	check_examples "$page" <<<"$lines"
	[ -n "$command" ] || continue
	"${run[@]}" --help | grep -q '^Examples:' ||
		complain "${run[*]} --help has no examples"
	[ "$(statuses_of "${run[@]}")" = "$(told_statuses "$page")" ] ||
		complain "$page: exit status $(told_statuses "$page"), --help:" \
			"$(statuses_of "${run[@]}")"
done
[ $n_examples -gt 50 ] || complain "only $n_examples examples were found"
check_examples vhdxlog-report.5 < <(examples <"$VHDXLOG_BUILD/vhdxlog-report.5")
check_examples README.md < <(sed -n 's/^    \$ \(build\/\)\{0,1\}\(vhdxlog.*\)/$ \2/p' \
	README.md | examples)

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

for page in tools/man/*.[1-9] "$VHDXLOG_BUILD"/*.[1-9]; do
	mandoc -T lint -W error "$page" || complain "$page has errors"
done
# The tour: commands on the image of `make demo`, and below each what it prints.
# Each line that is shown must come in the output, in this order; "..." stands
# for any number of others. What shows nothing must work.
tour=$(mktemp -d) || exit 1
trap 'rm -rf "$tour"' EXIT
mkdir "$tour/build"
"$VHDXLOG_CORPUS" corpus/recipes/demo.json "$tour/build/demo.vhdx" || failed=1
ln -s "$VHDXLOG" "$tour/build/vhdxlog"
ln -s "$VHDXLOG_REPLAY" "$tour/build/vhdxlog-replay"

# The commands, in order, that are about this image alone.
tour_commands()
{
	sed -n 's/^    \$ \(build\/[^|]*build\/demo[^|]*\)$/\1/p' README.md
}

# What README.md shows below a command.
shown()
{
	awk -v command="    \$ $1" '
		on && !/^    [^$]/ { exit }
		on { print substr($0, 5) }
		$0 == command { on = 1 }' README.md
}

# compare COMMAND: $tour/shown with $tour/output.
compare()
{
	awk -v command="$1" '
		NR == FNR { shown[++n] = $0; next }
		n >= at + 1 && shown[at + 1] == "..." { at++ }
		n >= at + 1 && $0 == shown[at + 1] { at++ }
		END {
			while (shown[at + 1] == "...")
				at++
			if (at < n) {
				print "README.md: " command " does not print: " shown[at + 1]
				exit 1
			}
		}' "$tour/shown" "$tour/output"
}

toured=0
while read -r command; do
	(cd "$tour" && bash -c "$command") >"$tour/output" 2>&1 ||
		[ $? -eq 1 ] || complain "README.md: $command fails"
	shown "$command" >"$tour/shown"
	[ -s "$tour/shown" ] || continue
	toured=$((toured + 1))
	compare "$command" || failed=1
done < <(tour_commands)
[ $toured -gt 0 ] || complain "README.md: no tour"
exit $failed
