#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What names nothing that can be extracted is misuse; nothing is written then.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx

# wrong TEXT WHAT
wrong()
{
	run 2 extract demo.vhdx "$2" -o made
	empty out
	has err "$1"
	[ ! -e made ] || fail "$2: something was written"
}
for what in '' blk block block: block:x block:-1 block:0x5 block:1K block:5E1 \
	page page: page:x page:4096x page:-4096 E5 bat:x S1-3 'block@S1-3:5' \
	logs page:99999999999999999999 block:99999999999999999999; do
	wrong 'is nothing that can be extracted' "$what"
	has err 'that can: log, metadata, page:OFFSET, block:N and'
done
wrong 'a page begins at a multiple of 4096; the one with this byte is page:0x200000' page:0x200fff
wrong 'a page begins at a multiple of 4096; the one with this byte is page:0x0' page:1
wrong '"" is no state' block:1@
wrong '"S1" is no state' block:1@S1
wrong 'did you mean "policy:qemu"?' page:2M@qemu
wrong 'Policies are ms-vhdx, qemu,' block:1@policy:qmu
wrong '"E1@E3" is no state' block:1@E1@E3
wrong 'it has no other states' log@S1-3
wrong 'the metadata is extracted as it lies in the file; it has no other states' metadata@S1-3

run 2 extract demo.vhdx log
has err 'it needs -o FILE; -o - is standard output'
run 2 extract demo.vhdx -o made
has err 'too few arguments; it needs IMAGE WHAT -o FILE'
run 2 extract demo.vhdx log page:0 -o made
has err 'too many arguments'
run 2 extract --raw-log demo.vhdx log -o made
has err 'a log alone is no image'
run 2 extract -f json demo.vhdx log -o made
has err 'there is no option -f'
[ ! -e made ] || fail "something was written"
