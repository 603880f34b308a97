#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A --parent that cannot be opened is misuse, said once with its name and before
# any image: it says nothing about the images.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
mkdir folder
mkfifo pipe
echo old >report
for parent in missing.vhdx folder pipe; do
	for format in text jsonl; do
		run 2 scan -f $format --parent $parent demo.vhdx demo.vhdx
		empty out
		has err "$parent: opening the parent: "
		hasnt err 'demo.vhdx' 'wrong use'
		[ "$(wc -l <err)" -eq 1 ] || fail "said more than once"
	done
	run 2 scan -o report --parent $parent demo.vhdx
	run 2 show --parent $parent -o report demo.vhdx E1
	has err "$parent: opening the parent: "
	[ "$(cat report)" = old ] || fail "the report is gone"
done
[ "$(find . -name '.vhdxlog*')" = '' ] || fail "a temporary file is left"

# One parent for several images.
run 1 scan -q --parent demo.vhdx demo.vhdx demo.vhdx
[ "$(wc -l <out)" -eq 2 ] || fail "not both"
run 0 show --parent demo.vhdx demo.vhdx E1
