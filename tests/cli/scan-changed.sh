#!/bin/bash
# SPDX-License-Identifier: MIT
#
# That the file changed while it was read is said in every report, -q included,
# also where headers and log are still what they were.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}

# touched STATUS ARGUMENT...: as run, of a file that is touched meanwhile. It is by
# the program itself, which could not with its sandbox.
touched()
{
	export LD_PRELOAD=$VHDXLOG_BUILD/touch.so
	run "$1" scan --no-sandbox "${@:3}"
	unset LD_PRELOAD
}

said='; but the file changed while it was read, so scan it again when nothing has it open.'
image demo demo.vhdx
image shape/clean clean.vhdx
touched 1 scan -q demo.vhdx
[ "$(cat out)" = "demo.vhdx: DIRTY. Two log entries wait to be applied; they change one page of the BAT$said" ] ||
	fail "-q: $(cat out)"
touched 0 scan -q clean.vhdx
[ "$(cat out)" = "clean.vhdx: CLEAN. Nothing waits to be applied$said" ] ||
	fail "-q: $(cat out)"
touched 0 scan clean.vhdx
tr -s ' \n' ' ' <out >line
has line "Nothing waits to be applied$said Nothing was written."
touched 0 scan -f json clean.vhdx
jq -e --arg said "Nothing waits to be applied$said" \
	'.verdict.summary == $said and (.source.unchanged | not)' out >/dev/null ||
	fail "json: $(jq -c .verdict out)"

run 0 scan clean.vhdx
hasnt out 'changed while'
