#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A file that was cut is made as long again as it has to be, and what is lost is
# named; a log that cannot be replayed is given up only where the user says so.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

image - whole.vhdx <<'END'
{"about": "three blocks, the last in the file is block 1",
 "image": {"virtual_size": "8M", "block_size": "1M",
   "blocks": {"0": "present@5M", "1": "present@7M", "5": "present@6M"}}}
END
size=$(stat -c %s whole.vhdx)
[ "$size" = $((8 << 20)) ] || fail "the image is $size bytes long"
fix 1 --fix length whole.vhdx none.vhdx
has err 'nothing to fix: the file is as long'

# lost FILTER: what the record names
lost()
{
	jq -e "[.fixes[0].lost[] | [.block, .file_offset, .lost_bytes]] == $1" \
		out >/dev/null || fail "lost: $(jq -c .fixes[0].lost out)"
}

cp whole.vhdx cut.vhdx
truncate -s $(((6 << 20) + 1000)) cut.vhdx
[ "$(state cut.vhdx)" = damaged ] || fail "cut: $(state cut.vhdx)"
fix 0 -f json --fix length cut.vhdx out.vhdx
lost '[[1, "7340032", "1048576"], [5, "6291456", "1047576"]]'
jq -e '.mode == "fix" and .state == "clean" and .growth.to == "8388608"' out \
	>/dev/null || fail "$(cat out)"
[ "$(stat -c %s out.vhdx)" = "$size" ] || fail "$(stat -c %s out.vhdx) bytes"
cmp -n $(((6 << 20) + 1000 - (192 << 10))) -i 192K cut.vhdx out.vhdx ||
	fail 'what was there has changed'
[ "$(state out.vhdx)" = clean ] || fail "mended: $(state out.vhdx)"

# An entry that names a place which no such disk can need is not believed.
cp whole.vhdx far.vhdx
at=$("$VHDXLOG" scan -f json far.vhdx | jq -r '.image.region_tables[0].regions[]
	| select(.name == "bat") | .offset')
printf '\x06\x00\x00\x00\x00\x40\x00\x00' |
	dd of=far.vhdx bs=1 seek=$((at + 16)) conv=notrunc status=none
fix 1 --fix length far.vhdx none.vhdx
has err 'more than such a disk can need' 'BAT entry 2'

# A file shorter than its log says it was: before the replay, not without it.
image - log.vhdx <<'END'
{"about": "a block that waits, and a file that was 9 MiB long by then",
 "image": {"virtual_size": "8M", "block_size": "1M",
   "blocks": {"0": "present@5M"}, "file_size": "9M"},
 "log": {"entries": [{"writes": [{"bat": {"1": "present@8M"}}],
   "flushed": "9M", "last": "9M"}]}}
END
truncate -s 6M log.vhdx
[ "$(state log.vhdx)" = truncated ] || fail "cut: $(state log.vhdx)"
fix 1 --fix length log.vhdx none.vhdx
has err 'a log waits to be applied'
fix 1 --policy ms-vhdx log.vhdx none.vhdx
fix 0 --overwrite -f json --policy ms-vhdx --fix length log.vhdx out.vhdx
lost '[[1, "8388608", "1048576"]]'
jq -e '.mode == "replay" and .state == "clean" and .growth.to == "9437184"' \
	out >/dev/null || fail "$(cat out)"
[ "$(state out.vhdx)" = clean ] || fail "mended: $(state out.vhdx)"

# log-guid
image - stuck.vhdx <<'END'
{"about": "the only entry is torn",
 "image": {"virtual_size": "8M", "block_size": "1M"},
 "log": {"entries": [{"writes": [{"bat": {"1": "present@8M"}}]}]},
 "damage": [{"set": "E0.sequence_number", "to": 77}]}
END
[ "$(state stuck.vhdx)" = dirty-unreplayable ] || fail "$(state stuck.vhdx)"
fix 1 --fix log-guid stuck.vhdx none.vhdx
has err 'given up (1 entry); --force accepts that'
fix 0 --overwrite --force --fix log-guid stuck.vhdx out.vhdx
has out 'LogGuid cleared' 'given up: E0, damaged, number 77'
[ "$(state out.vhdx)" = clean ] || fail "mended: $(state out.vhdx)"
fix 1 --force --fix log-guid out.vhdx none.vhdx
has err 'nothing to fix: LogGuid is zero'
image demo demo.vhdx
fix 1 --force --fix log-guid demo.vhdx none.vhdx
has err 'the log has a valid sequence; replay it'
[ ! -e none.vhdx ] || fail 'refused, and there'
