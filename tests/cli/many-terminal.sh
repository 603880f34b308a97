#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How far a run over many images is, on a terminal alone, from its second second on,
# and gone in the end.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "reads are made slow by a shim, which the checker is in the way of"
	exit 77
}
command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1 </dev/null || {
	echo "no script(1), or no pseudo-terminals here"
	exit 77
}
image shape/clean clean.vhdx
images=(missing.vhdx)
for ((i = 0; i < 12; i++)); do
	images+=(clean.vhdx)
done

# on_terminal ARGUMENT...: with slow reads; to the file typescript
on_terminal()
{
	FAIL_READ_SLOWLY=4 LD_PRELOAD=$VHDXLOG_BUILD/io.so script -qec \
		"$(printf '%q ' "$VHDXLOG" "$@")" /dev/null >typescript 2>&1 </dev/null
}

for jobs in 1 3; do
	on_terminal scan -j $jobs -f jsonl -o report "${images[@]}"
	grep -qE '[0-9]+ of 13 images, 1 failed, [0-9.]+/s, ([0-9]+:[0-9]{2}|\?) left' \
		typescript || fail "-j $jobs: no line: $(cat -v typescript)"
	# What is shown last is that nothing is shown.
	tail -c 4 typescript | cat -v | grep -q '\^M^\[\[K$' ||
		tr '\r' '\n' <typescript | tail -n 1 | grep -qv 'images,' ||
		fail "-j $jobs: the line stays: $(tail -c 100 typescript | cat -v)"
	# A message has a line of its own.
	tr '\r' '\n' <typescript | sed 's/\x1b\[K//' |
		grep -qx 'vhdxlog: missing.vhdx: .*' ||
		fail "-j $jobs: a mixed line: $(cat -v typescript)"
	run 3 scan -j $jobs -f jsonl "${images[@]}"
	cmp out report || fail "-j $jobs: another report"
	FAIL_READ_SLOWLY=4 LD_PRELOAD=$VHDXLOG_BUILD/io.so \
		"$VHDXLOG" scan -j $jobs -f jsonl "${images[@]}" >out 2>err
	hasnt err 'images,' $'\r'
done
