#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wrong usage of carve is refused with status 2 before anything is read or written.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

image demo demo.vhdx
misuse() # TEXT ARGUMENT...
{
	run 2 carve "${@:2}"
	empty out
	has err "$1"
}

misuse 'too few arguments'
misuse 'too many arguments' demo.vhdx demo.vhdx
misuse '--format: "csv" is none of text, json, jsonl or map' -f csv demo.vhdx
misuse '--state needs a value' demo.vhdx --state
misuse 'is no file name' --state= demo.vhdx
misuse 'it is a file; ./- is one' --state - demo.vhdx
misuse 'is of use with --state alone' --state-step 1M demo.vhdx
misuse '--state-step: "0" is no number of bytes' --state state --state-step 0 demo.vhdx
misuse '--offset: "x" is no number of bytes' --offset x demo.vhdx
misuse 'name the same file' --state report -o report demo.vhdx
misuse 'name the same file' --state report -o ./report demo.vhdx
misuse 'there is no option --raw-log' --raw-log demo.vhdx
misuse 'did you mean --state-step?' --state-steps 1M demo.vhdx
[ "$(ls)" = "$(printf '%s\n' demo.vhdx err out | sort)" ] || fail "$(ls) is left"
run 2 scan -f map demo.vhdx
has err '--format: "map" is none of'
