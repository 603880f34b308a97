#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Each shell completes commands, options, values and operands. It offers every
# option that --help of a command lists, and no other.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

built=$VHDXLOG_BUILD/completion
for shell in bash zsh fish; do
	command -v $shell >/dev/null || {
		echo "no $shell here"
		exit 77
	}
	$shell -n "$built/$shell"/*vhdxlog* || fail "$shell: it does not parse"
done

# Programs with the command, as they are typed.
commands=$("$VHDXLOG" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/vhdxlog \1/p')
[ "$(echo "$commands" | wc -l)" -ge 7 ] || fail "--help lists no commands"
commands="$commands
vhdxlog-replay"

# help_of PROGRAM [COMMAND]: the options that its --help lists.
help_of()
{
	local program=$VHDXLOG
	[ "$1" = vhdxlog ] || program=$VHDXLOG_REPLAY
	shift
	"$program" "$@" --help |
		sed -n 's/^  \(-.,\|   \) --\([a-z0-9-]*\).*/--\2/p' | sort -u
}

# What each shell offers for the words of a command line, the last one begun.
bash_offers()
{
	bash -c '
		for file in "$0"/*; do . "$file"; done
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		"_$1"
		printf "%s\n" "${COMPREPLY[@]}"' "$built/bash" "$@"
}

fish_offers()
{
	local line
	printf -v line '%q ' "$@"
	line=${line% }
	[ -n "${*: -1}" ] || line=${line%\'\'}
	# shellcheck disable=SC2016 # for fish
	fish --no-config -c 'for file in $argv[2..-1]; source $file; end
		complete -C $argv[1]' "$line" "$built"/fish/* | cut -f 1
}

# zsh completes only where a line is edited: a shell on a terminal of its own, that
# is told to list what there is. Nothing is typed before its editor has the terminal:
# until then ^U is the terminal's, which would take back the line with its ^T.
cat >zsh_offers.zsh <<'END'
zmodload zsh/zpty
await() { for i in {1..600}; do [[ -e $1 ]] && return; sleep 0.05; done }
zpty z zsh -f -i
zpty -w z "PS1= PROMPT2= RPS1=; stty -echo; TERM=dumb; fpath=($1 \$fpath)
autoload -Uz compinit && compinit -u -D; zstyle ':completion:*' list-colors
zstyle ':completion:*' verbose no
collect() { compadd() { local -a got; builtin compadd -A got \"\$@\"; print -rl -- \$got >>$2; builtin compadd \"\$@\"; }
 _main_complete; unfunction compadd; print end >$2.end }
zle -C collect complete-word collect; bindkey '^T' collect
edits() { print ready >$2.ready }; zle -N zle-line-init edits"
await $2.ready
zpty -w -n z "$3"$'\x14'
await $2.end
zpty -d z
END
zsh_offers()
{
	rm -f zle*
	zsh -f zsh_offers.zsh "$built/zsh" "$PWD/zle" "$*" >/dev/null 2>&1
	[ -e zle.end ] || fail "zsh does not end with: $*"
	touch zle
	cat zle
}

# offers TEXT WORD...: every shell does, for these words.
offers()
{
	local want=$1 shell
	shift
	for shell in bash zsh fish; do
		${shell}_offers "$@" >offers.$shell
		sed 's/=$//' offers.$shell | grep -qxF -e "$want" ||
			fail "$shell: $* does not give $want: $(cat offers.$shell)"
	done
}

while read -r command; do
	# shellcheck disable=SC2086 # words
	{
		help_of $command >expected
		[ "$(wc -l <expected)" -ge 5 ] || fail "$command: --help lists nothing"
		for shell in bash zsh fish; do
			${shell}_offers $command -- | grep -e '^--' |
				sed 's/=.*//' | sort -u >offered.$shell
			cmp -s expected offered.$shell ||
				fail "$command, $shell: $(diff expected offered.$shell)"
		done
	}
done <<<"$commands"

echo "$commands" | sed -n 's/^vhdxlog //p' | while read -r name; do
	offers "$name" vhdxlog "${name:0:2}" || exit
done || exit 1

offers jsonl vhdxlog scan -f j
offers json vhdxlog explain --format j
offers qemu-2013 vhdxlog scan --policy q
offers ms-vhdx vhdxlog-replay --policy m
offers metadata vhdxlog timeline --region m
offers region-tables vhdxlog-replay --fix reg
offers entry-checksum-bad vhdxlog explain entry-check
offers dirty-noop vhdxlog explain dirty-n
offers header2 vhdxlog show disk.vhdx head
offers metadata vhdxlog extract disk.vhdx met
offers fish vhdxlog-replay --completion f
: >disk.vhdx
: >'a disk.vhdx'
for command in 'vhdxlog scan' 'vhdxlog scan --parent' 'vhdxlog-replay --patch'; do
	# shellcheck disable=SC2086 # words
	offers disk.vhdx $command d
done
bash_offers vhdxlog scan a >out
grep -qxF 'a disk.vhdx' out || fail "bash: a name with a space"
bash_offers vhdxlog scan --format = j | grep -qx json || fail "bash: behind a ="
bash_offers vhdxlog-replay --fix headers,le | grep -qx headers,length ||
	fail "bash: a list"

run 2 --completion
has err '--completion needs a value'
run 2 --completion bsh
has err 'did you mean "bash"?'
