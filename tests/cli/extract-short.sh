#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where the file ends too early, nothing is made up: it is refused with what is
# there, --short takes that, and of the log what there is is all that is wanted.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
place=$("$VHDXLOG" show -f json demo.vhdx bat:12 | jq -r .bat.file_offset)
place10=$("$VHDXLOG" show -f json demo.vhdx bat:10 | jq -r .bat.file_offset)
[ "$place10" -gt 0 ] || fail "block 10 has no place: $place $place10"

head -c $((place10 + 5000)) demo.vhdx >cut.vhdx
run 3 extract cut.vhdx block:10@S1-3 -o made
has err "the file ends within it: 5000 of its 2097152 bytes, from 0x$(printf %x "$place10") on, are there; --short writes these"
[ ! -e made ] || fail "something was written"
run 0 extract --short cut.vhdx block:10@S1-3 -o made
has err 'the file ends within it: these are 5000 of its 2097152 bytes'
tail -c 5000 cut.vhdx | cmp - made || fail "other bytes"

# A page in part; one that only the log has is whole.
rm made
run 3 extract cut.vhdx "page:$((place10 + 4096))" -o made
has err '904 of its 4096 bytes'
run 0 extract --short cut.vhdx "page:$((place10 + 4096))" -o made
[ "$(wc -c <made)" -eq 904 ] || fail "another part"

# All of it gone.
head -c "$place10" demo.vhdx >cut.vhdx
for short in '' --short; do
	# shellcheck disable=SC2086 # or nothing
	run 3 extract $short cut.vhdx block:10@S1-3 -o none
	has err "the file ends before 0x$(printf %x "$place10"), where it would begin"
	[ ! -e none ] || fail "something was written"
done

# The log.
head -c $((1048576 + 10000)) demo.vhdx >cut.vhdx
run 0 extract cut.vhdx log -o made
has err 'the file ends within it: these are 10000 of its 1048576 bytes'
tail -c 10000 cut.vhdx | cmp - made || fail "another log"
head -c 1048576 demo.vhdx >cut.vhdx
run 3 extract cut.vhdx log -o none
has err 'the file ends before 0x100000'
[ ! -e none ] || fail "something was written"
