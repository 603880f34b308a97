#!/bin/bash
# SPDX-License-Identifier: MIT
#
# extract writes the bytes of one thing and nothing else: the ring, which scans as
# the image's does, pages as show has them, blocks as the guest wrote them.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# bytes FILE OFFSET LENGTH
bytes()
{
	tail -c +$(($2 + 1)) "$1" | head -c "$3"
}

image demo demo.vhdx

# The ring.
run 0 extract demo.vhdx log -o ring
empty out err
bytes demo.vhdx 1048576 1048576 | cmp - ring || fail "another ring"
guid=$("$VHDXLOG" scan -f json demo.vhdx | jq -r .log.guid)
entries='[.entries[] | [.id, .verdict, .sequence_number, .checksum, [.descriptors[].file_offset]]]'
"$VHDXLOG" scan -f json demo.vhdx | jq -c "$entries" >want
"$VHDXLOG" scan -f json --raw-log --log-guid "$guid" ring | jq -c "$entries" >got
cmp want got || fail "other entries in the ring"
[ "$(jq length want)" -eq 6 ] || fail "entries: $(cat want)"

# Pages: on disk, and as they would be.
run 0 extract demo.vhdx page:2M -o page
bytes demo.vhdx 2097152 4096 | cmp - page || fail "another page"
run 0 extract demo.vhdx page:0x200000@disk -o page2
cmp page page2 || fail "a page of the disk"
for id in E1 E3; do
	run 0 extract demo.vhdx "page:2M@S${id#E}-${id#E}" -o page
	"$VHDXLOG" show -f json demo.vhdx $id |
		jq -r '.entry.descriptors[0].page' >want
	[ "$(od -An -v -tx1 page | tr -d ' \n')" = "$(cat want)" ] ||
		fail "another page of $id"
done
run 0 extract demo.vhdx page:2M@policy:qemu -o page2
cmp page page2 || fail "a page of policy:qemu"
run 0 extract demo.vhdx page:2M@E3 -o page2
cmp page page2 || fail "a page as of E3"

# A block where there is one; the corpus says in each which it is.
run 0 extract demo.vhdx block:1 -o block
empty err
[ "$(wc -c <block)" -eq 2097152 ] || fail "block 1 has another size"
[ "$(head -n 1 block)" = 'guest block 1' ] || fail "another block"
run 0 extract demo.vhdx block:10@S1-3 -o block
[ "$(head -n 1 block)" = 'guest block 10' ] || fail "another block"
run 0 extract demo.vhdx block:10@E3 -o block2
cmp block block2 || fail "as of E3 another block"

# To a pipe, and as an image in a larger file.
"$VHDXLOG" extract demo.vhdx block:10@S1-3 -o - | cmp - block ||
	fail "-o - gives something else"
truncate -s 1M outer
cat demo.vhdx >>outer
run 0 extract --offset 1M outer block:10@S1-3 -o block2
cmp block block2 || fail "--offset gives something else"

# What is not there.
missing()
{
	local text=$1
	shift
	rm -f missing
	run 3 extract demo.vhdx "$@" -o missing
	empty out
	has err "$text"
	[ ! -e missing ] || fail "$*: something was written"
}
missing 'block 10 is not-present on disk: no place in the file is its' block:10
missing 'there is no block 512; the last is block:511' block:512
missing 'there is no block 18446744073709551615;' block:18446744073709551615@S1-3
missing 'no entry begins in log sector 4' block:1@E4
missing 'E5 is invalid' block:1@E5
missing 'E9 is not reached from E1' page:0@S1-9
missing 'the file ends before 0x1600000' page:22M
missing 'the file ends before 0xfffffffffffff000' page:0xfffffffffffff000
run 3 extract missing.vhdx log -o missing
has err 'opening the image'
head -c 4K /dev/zero >zeroes
run 3 extract zeroes log -o missing
has err 'This is no VHDX image'
[ ! -e missing ] || fail "something was written"

# What -o names stays where nothing comes of it, and is replaced where something
# does.
echo old >file
run 3 extract demo.vhdx block:10 -o file
[ "$(cat file)" = old ] || fail "the file is gone"
run 0 extract demo.vhdx block:1 -o file
[ "$(head -n 1 file)" = 'guest block 1' ] || fail "not replaced"
