#!/bin/bash
# SPDX-License-Identifier: MIT
#
# show prints one thing in full: fields in decimal and hex, bytes beside the names
# of their fields, what would be written, and every check.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
run 0 show demo.vhdx E3
empty err
has out 'E3  valid, active; 2 log sectors from sector 3 on, at 0x103000' \
	'signature            6c 6f 67 65                             "loge"' \
	'entry_length         8192                 0x2000             2 sectors' \
	'tail                 4096                 0x1000             E1' \
	'sequence_number      80117443871106389    0x11ca264063fe555' \
	'log_guid             11111111-2222-4333-8444-555555555555' \
	'  00103000  6c 6f 67 65                                      |loge|              signature' \
	'its Tail makes it the head of S1-3' \
	'  0           data  2097152  0x200000   4 KiB  BAT  4            no' \
	'page of descriptor 0, as it would be written' \
	'slack behind the last descriptor, 4000 bytes' \
	'passed (' 'do not apply ('

# The bytes shown are the file's.
sed -n 's/^  \(0010[0-9a-f]*\)  \(\([0-9a-f][0-9a-f] \)*[0-9a-f][0-9a-f]\)  .*/\1 \2/p' \
	out >shown
[ "$(wc -l <shown)" -gt 10 ] || fail "too few bytes"
while read -r at bytes; do
	# shellcheck disable=SC2086 # a list
	set -- $bytes
	[ "$(od -An -v -tx1 -j $((16#$at)) -N $# demo.vhdx | tr -s ' \n' ' ')" = \
		" $bytes " ] || fail "other bytes at $at"
done <shown

# Every check of an entry, with its status.
# shellcheck disable=SC2013 # names have no spaces
for check in $(sed -n 's/^VL_CHECK([0-9]*, [a-z0-9_]*, "\([a-z0-9-]*\)", .*, ENTRY, .*/\1/p' \
	"$VHDXLOG_SRC/lib/check/checks.def"); do
	grep -qwF -e "$check" out || fail "show has no $check"
done
run 0 show demo.vhdx E5
has out 'E5  invalid' 'entry-checksum-bad           E      fail     0x105004' blocked

run 0 show demo.vhdx S1-3
has out 'S1-3  valid, active; 2 entries' '  E1 ' '  E3 ' 'BAT: 1 page' \
	'that changes bytes of the file' 'ms-vhdx' 'passed ('
# A part of a sequence is a sequence too.
run 0 show demo.vhdx S1-1
has out 'S1-1  valid' 'another entry follows its head'
# No heading without something under it.
sed -n '/^readers that pick it$/{n;p}' out | grep -qx '  none' ||
	fail "no reader picks it, and nothing says so"

run 0 show demo.vhdx header
has out 'header 1  at 0x10000; usable, not current' \
	'header 2  at 0x20000; current' '"head"' 'log_offset'
run 0 show demo.vhdx header1
has out 'header 1'
hasnt out 'header 2'
run 0 show demo.vhdx log
has out '     0  EEdEdE.EdEd....' 'log-torn-head'
run 0 show demo.vhdx bat:10
has out 'BAT entry 10  payload block 10: present' 'the log would change it' \
	'20 MiB' '2 MiB'

# What one reader would do, and what that does to the evidence.
run 0 show demo.vhdx policy:qemu policy:virtualbox
has out 'policy:qemu  QEMU' '  outcome   replay' '  chooses   S0-3: E0 E1 E3' \
	'  applies   E0 E1 E3' '  length    22 MiB' \
	'  reader-changes-data-write-guid: ' 'policy:virtualbox  VirtualBox' \
	'  outcome   refuse' '  applies   none' '  none'
result=$("$VHDXLOG" scan -f json demo.vhdx |
	jq -r '.selection[] | select(.policy == "qemu") | .result')
has out "  result    $result" '  shared by ms-vhdx, qemu-7.2, qemu-2013, openvmm'

image check/data-orphan orphan.vhdx
orphan=$("$VHDXLOG" scan orphan.vhdx |
	sed -n 's/^  \(D[0-9]*\)[ .].*/\1/p' | head -n 1)
run 0 show orphan.vhdx "$orphan"
has out "$orphan  data sector without owner" '"data"' sequence_high sequence_low \
	SHA-256

# Several, one behind the other, where the options say.
truncate -s 2M outer.raw
cat demo.vhdx >>outer.raw
run 0 show --offset 2M outer.raw E1 S1-3 header2
has out 'E1  valid' 'S1-3  valid' 'header 2'
