#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Blocks are what qemu-io wrote, in whatever state they have a place; the last one
# is as long as the disk; and what lies in an earlier place of a block is said to
# be something else's, inferred, or a part, where it is.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

if command -v qemu-io >/dev/null && command -v qemu-img >/dev/null; then
	qemu-img create -q -f vhdx -o block_size=1M x.vhdx 10485760 ||
		fail "no image"
	qemu-io -f vhdx -c 'write -q -P 0xa1 5M 1M' -c 'write -q -P 0xb2 1M 4K' \
		-c 'write -q -P 0xc3 9M 1M' x.vhdx >/dev/null || fail "not written"
	head -c 1M /dev/zero | tr '\0' '\241' >want
	run 0 extract x.vhdx block:5 -o got
	cmp want got || fail "block 5 is not what was written"
	run 0 extract x.vhdx block:9 -o got
	head -c 1M /dev/zero | tr '\0' '\303' | cmp - got || fail "block 9"
	run 0 extract x.vhdx block:1 -o got
	head -c 4K /dev/zero | tr '\0' '\262' | cmp - <(head -c 4K got) ||
		fail "block 1"
	# As of each entry that has located it.
	for entry in $("$VHDXLOG" scan -f json x.vhdx | jq -r '.entries[].id'); do
		"$VHDXLOG" extract x.vhdx "block:5@$entry" -o got 2>err || continue
		cmp want got || fail "block 5 as of $entry"
		found=yes
	done
	[ "${found-}" ] || fail "no entry located block 5"
fi

# The last block of a disk that is no multiple of it.
image - last.vhdx <<'EOF'
{"about": "a disk of two blocks and a half",
 "image": {"virtual_size": "2M+512K", "blocks": {"2": "present"}}}
EOF
run 0 extract last.vhdx block:2 -o got
[ "$(wc -c <got)" -eq 524288 ] || fail "the last block: $(wc -c <got) bytes"
[ "$(head -n 1 got)" = 'guest block 2' ] || fail "another block"

# An earlier BAT had block 3 where block 7 is now, and block 4 where nothing is.
image - moved.vhdx <<'EOF'
{"about": "two blocks that are gone, one of them written over",
 "image": {"blocks": {"7": "present@8M"}, "file_size": "12M"},
 "log": {"guid": "zero", "entries": [
  {"guid": "earlier", "writes": [
    {"bat": {"3": "present@8M", "4": "present@9M", "7": "zero"}}]},
  {"guid": "earlier", "applied": true, "writes": [
    {"bat": {"3": "zero", "4": "zero", "7": "present@8M"}}]}]}}
EOF
run 0 extract moved.vhdx block:3@E0 -o got
has err 'the place of block 3 as of E0 belongs to something else today (payload): these bytes may not be the block'\''s'
[ "$(head -n 1 got)" = 'guest block 7' ] || fail "another block: $(head -n 1 got)"
run 0 extract moved.vhdx block:4@E0 -o got
empty err
[ "$(head -n 1 got)" = 'guest block 4' ] || fail "another block: $(head -n 1 got)"
run 3 extract moved.vhdx block:3 -o none
has err 'block 3 is zero on disk: no place in the file is its'
run 3 extract moved.vhdx block:7@E0 -o none
has err 'block 7 is zero as of E0'

# A part of it is the parent's.
image - child.vhdx <<'EOF'
{"about": "a differencing disk", "image": {"parent": {"parent_linkage": "guid:mother"},
  "blocks": {"1": "partial"}, "bitmaps": {"0": "present"}}}
EOF
run 0 extract child.vhdx block:1 -o got
has err 'block 1 is partial' "are the parent's"
[ "$(wc -c <got)" -eq 1048576 ] || fail "another size"

# Any entry of the BAT: a bitmap's, one behind the last block, none.
image - bitmap.vhdx <<'EOF'
{"about": "a bitmap that went", "image": {"virtual_size": "5G", "block_size": "1M",
  "parent": {"parent_linkage": "guid:mother"}, "file_size": "12M",
  "bitmaps": {"0": "present@4M"}},
 "log": {"guid": "zero", "entries": [
  {"guid": "earlier", "applied": true, "writes": [{"bat": {"4096": "present@8M"}}]},
  {"guid": "earlier", "applied": true, "writes": [
    {"bat": {"4096": "not-present"}}]}]}}
EOF
run 0 extract bitmap.vhdx bat:4096@E0 -o got
[ "$(wc -c <got)" -eq 1048576 ] || fail "another size of a bitmap"
run 3 extract bitmap.vhdx bat:4096 -o none
has err 'BAT entry 4096 is zero, or not there, on disk'
run 0 timeline -f json --no-hash --as-of E0 bitmap.vhdx
[ "$(jq -c '.recoverable[] | [.index, .block, .is_bitmap]' out)" = \
	'[4096,0,true]' ] || fail "a bitmap is not called one"
image - behind.vhdx <<'EOF'
{"about": "an entry behind the last block",
 "image": {"virtual_size": "4M", "blocks": {"1": "present@4M"}, "file_size": "8M"},
 "damage": [{"set": "bat[4]", "to": "present@4M"}]}
EOF
run 3 extract behind.vhdx block:4 -o none
run 0 extract behind.vhdx bat:4 -o got
[ "$(head -n 1 got)" = 'guest block 1' ] || fail "another block: $(head -n 1 got)"
[ "$(wc -c <got)" -eq 1048576 ] || fail "another size"

# The block that is suggested is a whole one, where there is one.
run 0 timeline --as-of E0 moved.vhdx
has out 'block:4@E0'
