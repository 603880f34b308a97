#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out in carving, the program says so and ends with status 3, or
# does its work all the same; what state there is then can be gone on from.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

image demo demo.vhdx
truncate -s 48M dump
put demo.vhdx dump 2049
"$VHDXLOG" carve -f json dump >whole.json
every "$VHDXLOG" carve -v dump
every "$VHDXLOG" carve -f jsonl dump
every "$VHDXLOG" carve -f map dump

before() { rm -f state; }
after()
{
	[ ! -e state ] || grep -q '^sum 0x' state || fail "$1: $(cat state)"
	"$VHDXLOG" carve -f json --state state dump >json 2>err ||
		fail "$1: it cannot be gone on from: $(cat err)"
	cmp -s json whole.json ||
		fail "$1: another report: $(head -c 300 json)"
}
every "$VHDXLOG" carve -f jsonl -q --state state --state-step 200K dump
