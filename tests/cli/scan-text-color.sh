#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Colour is for terminals only, can be switched off, and says nothing that words
# do not say as well.
. "$VHDXLOG_SRC/tests/cli/_terminal.sh"

image demo demo.vhdx

# on_terminal NAME=VALUE... -- ARGUMENT...: its output to the file typescript.
on_terminal()
{
	local env=()
	while [ "$1" != -- ]; do
		env+=("$1")
		shift
	done
	shift
	env -u NO_COLOR TERM=xterm "${env[@]}" script -qec \
		"$(printf '%q ' "$VHDXLOG" "$@")" /dev/null >typescript 2>&1 </dev/null
	tr -d '\r' <typescript >typescript.lf
	mv typescript.lf typescript
}

on_terminal -- scan demo.vhdx
has typescript $'\033[33mDIRTY\033[0m'
run 1 scan demo.vhdx
sed 's/\x1b\[[0-9;]*m//g; s/\x1b\[K//g' typescript | tr -s ' \n' '\n' >words
tr -s ' \n' '\n' <out | cmp - words || fail "colour carries a meaning of its own"

on_terminal NO_COLOR=1 -- scan demo.vhdx
hasnt typescript $'\033['
on_terminal NO_COLOR= -- scan demo.vhdx
has typescript $'\033['
on_terminal -- scan --no-color demo.vhdx
hasnt typescript $'\033['
on_terminal TERM=dumb -- scan demo.vhdx
hasnt typescript $'\033['
on_terminal -- scan -o report demo.vhdx
hasnt report $'\033['
on_terminal -- scan -f json demo.vhdx
hasnt typescript $'\033['
