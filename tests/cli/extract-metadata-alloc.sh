#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out, extracting metadata says so and leaves nothing, or
# writes all of it.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

make_image a.vhdx
before()
{
	rm -f made
}

# after WHAT
after()
{
	if [ "$status" -ne 0 ]; then
		[ ! -e made ] || fail "$1: something was left"
	elif [ -e good ]; then
		cmp -s made good || fail "$1: another file"
	else
		mv made good
	fi
}
every "$VHDXLOG" extract a.vhdx metadata -o made
rm good
every "$VHDXLOG" extract --redact a.vhdx metadata -o made
