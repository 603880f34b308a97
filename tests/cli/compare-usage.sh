#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What names no state is misuse, and the message says what was meant.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
cp demo.vhdx copy.vhdx

for state in '' E e5 S5 S5- D9 header log bat:0 Disk 'E 5' E5,E7 S1_3 block:1; do
	run 2 compare demo.vhdx disk "$state"
	empty out
	has err 'is no state' 'states are disk (the file as it is), S5-7'
	run 2 compare demo.vhdx "$state" disk
	run 2 compare --state-b "$state" demo.vhdx copy.vhdx
	has err '--state-b:' 'is no state (disk, S5-7, E7 and policy:qemu are)'
done
run 2 compare demo.vhdx disk dsik
has err 'did you mean "disk"?'
run 2 compare demo.vhdx disk qemu
has err 'did you mean "policy:qemu"?'
run 2 compare demo.vhdx disk policy:quemu
has err 'did you mean "qemu"? Policies are ms-vhdx, qemu,'

# Files where states belong, and the other way round.
run 2 compare demo.vhdx demo.vhdx copy.vhdx
has err '"demo.vhdx" is a file, not a state'
run 2 compare demo.vhdx disk copy.vhdx
has err '"copy.vhdx" is a file, not a state'
run 2 compare demo.vhdx S1-3
has err 'S1-3 is a state, and one image needs two: IMAGE disk S1-3'
run 2 compare --state-a S1-3 demo.vhdx disk S1-3
has err '--state-a and --state-b are for two images'
# A file may have the name of a state where only an image can stand.
cp demo.vhdx S1-3
run 0 compare demo.vhdx S1-3
rm S1-3

run 2 compare
run 2 compare demo.vhdx
has err 'too few arguments; it needs IMAGE A B, or IMAGE IMAGE'
run 2 compare demo.vhdx disk S1-3 E1
has err 'too many arguments'
run 2 compare -f jsonl demo.vhdx disk S1-3
has err '"jsonl" is none of text, json or csv'
run 2 compare -f csv --bytes demo.vhdx disk S1-3
has err 'csv has no place for --bytes'
run 2 compare --raw-log demo.vhdx disk S1-3
has err 'a log alone is no image'
run 2 compare --parent missing demo.vhdx disk S1-3
has err 'opening the parent'
