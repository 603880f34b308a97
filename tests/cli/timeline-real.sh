#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is known to have happened to images that Windows and QEMU wrote: sessions
# in the right order and why, blocks allocated and moved, the file's growth, and
# what is not on the disk.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# image NAME: its timeline is in the file json
tell()
{
	real "$1" "$1.vhdx"
	run 0 timeline -f json "$1.vhdx"
	empty err
	mv out json
	name=$1
}

# is FILTER VALUE...: of the timeline; each line of text a value
is()
{
	local filter=$1 got
	shift
	got=$(jq -r "$filter" json) || fail "$name: $filter"
	[ "$got" = "$(printf '%s\n' "$@")" ] || fail "$name: $filter is
$got"
}

# Of an event: what, where, before and after.
short='"\(.entry) \(.event) \(.block) \(.virtual_offset) \(.before) \(.after)"'

tell xfs5
is '.sessions[] | "\(.index) \(.entries) \(.first)-\(.last) \(.first_size) \(.last_size)"' \
	'0 11 E3-E23 37748736 138412032' '1 2 E0-E1 171966464 171966464'
is '[.sessions[].order] | unique[]' known
is '.sessions[0].why | test("E1 of the later session lies now")' true
is '[.sessions[].writer] | unique[]' Hyper-V
is '.events[] | select(.event == "file-grew") | "\(.entry) \(.before) \(.after)"' \
	'E17 37748736 71303168' 'E19 71303168 104857600' \
	'E21 104857600 138412032' 'E0 138412032 171966464'
is ".events[] | select(.event == \"block-allocated\") | $short" \
	'E17 block-allocated 80 2684354560 not-present present@37748736' \
	'E19 block-allocated 160 5368709120 not-present present@71303168' \
	'E21 block-allocated 240 8053063680 not-present present@104857600' \
	'E1 block-allocated 12 402653184 zero present@138412032'
is '[.events[].applied] | unique | map(tostring) | join(" ")' \
	'null overwritten yes'
# Between the sessions another may be gone: then E1 had another page before it.
is '[.events[] | select(.inferred) | .event] | unique[]' block-allocated page-first-seen
run 0 timeline xfs5.vhdx
has out 'Two sessions, 13 entries, 48 changes; the order of the sessions is known.' \
	'block 16-23  state-changed  512 to 768 MiB' 'session 1  49b17d12-' \
	'Order known: the Tail of E3 names sector 1' 'log entries carry no time'
hasnt out 'block 17 '
run 0 timeline -v xfs5.vhdx
has out 'block 17 (virtual 544 MiB to 576 MiB) changed from not-present to zero' \
	'sectors of the ring' '25 to 255 '
run 0 timeline -q xfs5.vhdx
[ "$(wc -l <out)" -eq 1 ] || fail "-q is not one line"

tell iotest-dirtylog-10G-4M
is '.sessions | length' 7
is '[.sessions[].first] | join(" ")' 'E0 E2 E4 E6 E8 E10 E12'
is '[.sessions[] | select(.current) | .index] | join(" ")' 6
is "[.events[] | select(.applied == \"no\")] | length" 1
is ".events[] | select(.applied == \"no\") | \"\(.virtual_length) \" + $short" \
	'1048576 E12 block-allocated 17 17825792 not-present present@30408704'
run 0 timeline iotest-dirtylog-10G-4M.vhdx
has out 'one is not' 'the place of six of the sessions is inferred' \
	'block 17  allocated   17 to 18 MiB' "; likewise inferred"

tell qemu-7.2.0-bat-shift
is ".events[] | select(.event | startswith(\"block-\")) | $short" \
	'E2 block-allocated 40 41943040 zero present@9437184' \
	'E4 block-allocated 63 66060288 zero present@10485760' \
	'E6 block-allocated 0 0 zero present@11534336' \
	'E6 block-moved 32 33554432 present@8388608 zero' \
	'E6 block-moved 40 41943040 present@9437184 zero' \
	'E6 block-moved 63 66060288 present@10485760 zero' \
	'E8 block-allocated 12 12582912 zero present@12582912'
is ".events[] | select(.event == \"page-first-seen\") | \"\(.inferred) \" + $short" \
	'true E0 page-first-seen 32 33554432 null present@8388608'
is '[.events[] | select(.event == "block-moved") | .moved_to] | join(" ")' '33 41 64'
is '[.sessions[].writer] | unique[]' QEMU
run 0 timeline qemu-7.2.0-bat-shift.vhdx
has out 'at 8 MiB -> zero, now entry 33' 'at 10 MiB -> zero, now entry 64'

# Who ever touched block 40, by its number and by its place.
run 0 timeline -f json --block 40 qemu-7.2.0-bat-shift.vhdx
jq -r '.events[] | "\(.entry) \(.event)"' out >by-number
printf '%s\n' 'E0 page-first-seen' 'E2 block-allocated' 'E6 block-moved' | cmp - by-number ||
	fail "block 40: $(cat by-number)"
for offset in 40M 42467328; do
	run 0 timeline -f json --virtual $offset qemu-7.2.0-bat-shift.vhdx
	jq -r '.events[] | "\(.entry) \(.event)"' out | cmp - by-number ||
		fail "--virtual $offset"
done

# Before the shift: what was there can be got back, though others have its place
# but for block 63, which none finds behind the end of the BAT.
run 0 timeline -f json --as-of E4 qemu-7.2.0-bat-shift.vhdx
[ "$(jq -r '[.bat[] | select(.state == "present") | "\(.block)@\(.file_offset)"]
	| join(" ")' out)" = '32@8388608 40@9437184 63@10485760' ] ||
	fail "as of E4: $(jq -c .bat out)"
[ "$(jq -r '[.recoverable[] | "\(.block) \(.inside_file) \(.overlapped) \(.owner)"]
	| join(", ")' out)" = '32 true true payload, 40 true true payload, 63 true false null' ] ||
	fail "as of E4: $(jq -c .recoverable out)"
[ "$(jq -r '.as_of | "\(.entry) \(.session) \(.size) \(.metadata.block_size)"' out)" = \
	'E4 2 11534336 1048576' ] || fail "as of E4: $(jq -c .as_of out)"
run 0 timeline --as-of E4 qemu-7.2.0-bat-shift.vhdx
has out 'As of E4 (session 2, order inferred; number 3): file 11 MiB, three blocks' \
	'of three that the BAT has lost since, one is whole' \
	'vhdxlog extract qemu-7.2.0-bat-shift.vhdx block:63@E4 -o block-63-E4.bin'
