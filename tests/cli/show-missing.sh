#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is no identifier is misuse; what an image does not have is a failure, and
# the message says what there is. Either way nothing is printed.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
image - clean.vhdx <<'EOF'
{"about": "nothing at all"}
EOF

for id in '' E e5 5 E-1 E05 E5x E4294967295 S5 S5- S5-7-9 S5_7 D X9 bat bat: \
	bat:-1 bat:1x bat:18446744073709551616 header3 logs 'E 5' E5,E7; do
	run 2 show demo.vhdx "$id"
	empty out
	has err 'is no identifier' 'E5, S5-7, D9, header, log, bat:17 and policy:qemu'
done
run 2 show demo.vhdx E1 haeder
empty out
has err 'did you mean "header"?'
# What is suggested can be typed.
for id in bat: bat; do
	run 2 show demo.vhdx $id
	has err "\"$id\" is no identifier; did you mean \"bat:0\"?"
done
run 0 show demo.vhdx bat:0
run 2 show -f json demo.vhdx E1 E3

# missing TEXT ARGUMENT...
missing()
{
	local text=$1
	shift
	run 3 show "$@"
	empty out
	has err "$text"
}
missing 'no entry begins in log sector 4; the nearest are E3 and E5' demo.vhdx E4
missing 'the nearest is E9' demo.vhdx E200
missing 'the log holds none' clean.vhdx E0
missing 'E1 comes before E3; did you mean S1-3?' demo.vhdx S3-1
missing 'E9 is not reached from E1' demo.vhdx S1-9
missing 'no entry begins in log sector 2' demo.vhdx S2-3
missing 'no orphan data sectors' demo.vhdx D9
missing 'there is no BAT entry 99999; the last is bat:511' demo.vhdx bat:99999
missing 'no entry begins in log sector 4' demo.vhdx E1 E4
missing 'opening the image' missing.vhdx E1

# One that was there before is not replaced by nothing.
echo old >report
run 3 show -o report demo.vhdx E4
[ "$(cat report)" = old ] || fail "the report is gone"
