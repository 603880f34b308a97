#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where no header is left: what the options for the log's place did or could not
# do, and no word on which session is current that nobody knows.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# says SENTENCE ARGUMENT...
says()
{
	local sentence=$1
	shift
	run 1 scan -q "$@"
	[ "$(cat out)" = "${!#}: HEADERS-LOST. $sentence" ] || fail "$*: $(cat out)"
	run 1 scan "$@"
}

image demo demo.vhdx
cp demo.vhdx lost.vhdx
dd if=/dev/zero of=lost.vhdx bs=64K seek=1 count=2 conv=notrunc status=none
dd if=demo.vhdx of=log.raw bs=1M skip=1 count=1 status=none
guid=11111111-2222-4333-8444-555555555555
lost='Neither copy of the header is usable, so nothing says where the log is;'

# One option alone does not say where it is.
says "$lost --log-offset and --log-length can, or --header to believe a copy." \
	lost.vhdx
says "$lost --log-offset was not used, as it needs --log-length as well." \
	--log-offset 1M lost.vhdx
says "$lost --log-length was not used, as it needs --log-offset as well." \
	--log-length 1M lost.vhdx
says "$lost --log-guid was not used, as it needs --log-offset and --log-length as well." \
	--log-guid $guid lost.vhdx

# All of them name the sequence, as for a log that was extracted.
place='With the log assumed at 0x100000 (--log-offset), 1 MiB long (--log-length)'
lost='neither copy of the header is usable, so nothing says whether the log must be replayed;'
says "$place, the LogGuid that --log-guid names: $lost it holds five sound log entries; of the session that was named, S1-3 would be replayed." \
	--log-offset 1M --log-length 1M --log-guid $guid lost.vhdx
has out ' stale' "A $guid  taken as current" 'not taken as current'
says "With the log assumed at 0x1900000000 (--log-offset), 1 MiB long (--log-length): $lost none of its 256 sectors lies inside the file." \
	--log-offset 100G --log-length 1M lost.vhdx

# Without a LogGuid a sequence may be the current one.
unknown='which session is current is not known, but can be said with --log-guid.'
says "$place: $lost it holds five sound log entries; $unknown" \
	--log-offset 1M --log-length 1M lost.vhdx
mv out lost.text
says "A log region without its image, with five sound log entries; $unknown" \
	--raw-log log.raw
mv out raw.text
for text in lost.text raw.text; do
	has $text '(5 sound, 1 invalid)' \
		'1 more sequence of one entry of a session that may be current or earlier'
	hasnt $text ' stale' 'an earlier session'
done
run 0 show --raw-log log.raw S9-9 E9
has out ': current or earlier' 'E9  sound'
hasnt out 'of an earlier session'

# No option helps where the bytes are not there: a longer copy does.
for size in 8 4096 65540; do
	head -c $size demo.vhdx >cut.vhdx
	run 1 scan cut.vhdx
	tr -s ' \n' ' ' <out >line
	has line 'HEADERS-LOST. The file has only ' \
		'(file-too-small): too short to hold headers or a log; look for a longer copy.' \
		'explain file-too-small'
	hasnt line --log-offset
	run 1 scan -q --log-offset 1M --log-length 1M cut.vhdx
	has out 'look for a longer copy.'
	hasnt out --log-offset
done
head -c 200000 lost.vhdx >cut.vhdx
says 'The file has only 200000 bytes (file-too-small): too short to hold a log, and without a usable header; look for a longer copy.' \
	cut.vhdx
