#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of a raw log that holds no whole sector, the size is what is wrong: no word on
# headers, which it has none of, nor of options that could not help.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

: >0-bytes
head -c 1 /dev/zero >1-byte
head -c 4095 /dev/zero >4095-bytes
printf loge >4-bytes
guid=11111111-2222-4333-8444-555555555555

for file in 0-bytes 1-byte 4-bytes 4095-bytes; do
	sentence="The file has only ${file/-/ } and holds no whole log sector (4096 bytes); look for a longer copy."
	for options in '' "--log-guid $guid"; do
		# shellcheck disable=SC2086 # words
		run 1 scan -q --raw-log $options $file
		[ "$(cat out)" = "$file: HEADERS-LOST. $sentence" ] ||
			fail "$file $options: $(cat out)"
		# shellcheck disable=SC2086
		run 1 scan --raw-log $options $file
		has out 'no whole sector'
		hasnt out header slot creator --log-offset 'next:'
	done
	run 3 show --raw-log $file log
	has err 'no whole log sector'
	run 1 scan -f jsonl --raw-log $file
	has out "\"summary\":\"$sentence\""
done

# From one sector on there is a log to speak of.
for size in 4096 4097; do
	head -c $size /dev/zero >sector
	run 1 scan -q --raw-log sector
	has out 'A log region without its image, with no sound log entries'
	hasnt out 'whole log sector'
done

# An image stays one where options put its log at offset 0.
head -c 4096 /dev/zero >cut
run 1 scan -q --log-offset 0 --log-length 4096 cut
hasnt out 'A log region without its image' 'whole log sector'
