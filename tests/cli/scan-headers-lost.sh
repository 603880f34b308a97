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
lost='neither copy of the header is usable, so nothing says whether the log must be replayed;'
holds='it holds five sound log entries;'
guessed="of the session that was guessed, S1-3 would be replayed."
named="of the session that was named, S1-3 would be replayed."

# What is left says where it is, and which session waits; options come first.
says "With the log guessed at 0x100000, 1 MiB long, the LogGuid guessed to be $guid: $lost $holds $guessed" \
	lost.vhdx
has out 'next: vhdxlog-replay --fix headers --sequence S1-3 lost.vhdx lost-mended.vhdx' \
	'1 MiB at 0x100000 (assumed)'
says "With the log assumed at 0x100000 (--log-offset), 1 MiB long by a guess, the LogGuid guessed to be $guid: $lost $holds $guessed" \
	--log-offset 0x100000 lost.vhdx
has out 'next: vhdxlog-replay --log-offset 1048576 --fix headers --sequence S1-3 lost.vhdx lost-mended.vhdx'
says "With the log guessed at 0x100000, 512 KiB long (--log-length), the LogGuid guessed to be $guid: $lost $holds $guessed" \
	--log-length 512K lost.vhdx
says "With the log guessed at 0x100000, 1 MiB long, the LogGuid that --log-guid names: $lost $holds $named" \
	--log-guid $guid lost.vhdx
says "With the log guessed at 0x100000, 1 MiB long, a LogGuid of zero (--log-guid): $lost $holds of the session that was named, nothing would be replayed." \
	--log-guid 00000000-0000-0000-0000-000000000000 lost.vhdx

# All of them name the sequence, as for a log that was extracted.
place='With the log assumed at 0x100000 (--log-offset), 1 MiB long (--log-length)'
says "$place, the LogGuid that --log-guid names: $lost $holds $named" \
	--log-offset 1M --log-length 1M --log-guid $guid lost.vhdx
has out ' stale' "A $guid  taken as current" 'not taken as current'
says "With the log assumed at 0x1900000000 (--log-offset), 1 MiB long (--log-length), the LogGuid guessed to be zero: $lost none of its 256 sectors lies inside the file." \
	--log-offset 100G --log-length 1M lost.vhdx
says "$place, the LogGuid guessed to be $guid: $lost $holds $guessed" \
	--log-offset 1M --log-length 1M lost.vhdx

# Where nothing is, an option alone does not say where it is.
says 'Neither copy of the header is usable, so nothing says where the log is; --log-offset was not used, as it needs --log-length as well.' \
	--log-offset 100G lost.vhdx

# Without its image, and without a LogGuid, a sequence may be the current one.
unknown='which session is current is not known, but can be said with --log-guid.'
says "A log region without its image, with five sound log entries; $unknown" \
	--raw-log log.raw
mv out raw.text
has raw.text '(5 sound, 1 invalid)' \
	'1 more sequence of one entry of a session that may be current or earlier'
hasnt raw.text ' stale' 'an earlier session'
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
