#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a refused repair says is so: numbers that are known, words that agree with
# them, and no help that there is not.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

# A region that makes the file too long is not called a BAT entry.
image - long.vhdx <<'END'
{"about": "a region is 4095 MiB long",
 "image": {"virtual_size": "64M", "block_size": "1M",
   "regions": [{"guid": "extra", "offset": "5M", "length": "1M",
     "required": false}]},
 "damage": [{"set": "regions.entry[2].length", "to": "0xfff00000"}]}
END
fix 1 --fix length long.vhdx none.vhdx
has err 'what says where a region or the log is is damaged rather'
hasnt err 18446744073709551615 'BAT entry'

# A LogGuid that no entry has is no log of none; one entry is no entries.
while read -r count expect; do
	jq -n --argjson count "$count" '{about: "no sequence", image:
		{virtual_size: "8M", block_size: "1M"}, log: {guid: "current",
		entries: [range(2) | {guid: (if . < $count then "current" else
			"other" end), writes: [{bat: {"1": "present@8M"}}],
			tail: "0x50000"}]}}' | image - stuck.vhdx
	fix 1 --fix log-guid stuck.vhdx none.vhdx
	has err "$expect"
	hasnt err '(0 entries)' '(1 entries)'
	fix 0 -n --force --fix log-guid stuck.vhdx
	hasnt out '0 entries' '1 entries' '1 descriptors'
	[ "$(grep -c 'given up: E[0-9]*, sound, number [0-9]*, 1 descriptor$' \
		out)" = "$count" ] || fail "$(cat out)"
done <<'END'
0 no entry of the log has that LogGuid, so it may be wrong
1 would be given up (1 entry)
2 would be given up (2 entries)
END

# A rule that a repair was to mend behind the replay, and cannot.
image - waits.vhdx <<'END'
{"about": "both tables name a region that nobody knows, and a log waits",
 "image": {"virtual_size": "8M", "block_size": "1M",
   "regions": [{"guid": "extra", "offset": "5M", "length": "1M",
     "required": true}]},
 "log": {"entries": [{"writes": [{"bat": {"1": "present@8M"}}]}]}}
END
fix 1 --policy ms-vhdx --fix region-tables waits.vhdx none.vhdx
has err 'neither can be mended from the other: region-required-unknown'
hasnt out 'mends it'
fix 1 --policy ms-vhdx --fix bat-shift waits.vhdx none.vhdx
hasnt out 'mends it'

# Hardly anything speaks for the place of the log.
image - hardly.vhdx <<'END'
{"about": "a log at 5 MiB, of which the only entry is damaged",
 "image": {"virtual_size": "8M", "block_size": "1M", "file_size": "12M",
   "log": {"offset": "5M", "length": "1M"}, "bat": {"offset": "1M"},
   "metadata": {"offset": "3M"}, "blocks": {"0": "present@8M"}},
 "log": {"entries": [{"writes": [{"bat": {"1": "present@9M"}}]}]},
 "damage": [{"set": "E0.checksum", "to": 1}]}
END
wipe hardly.vhdx 64 960
fix 1 --fix headers hardly.vhdx none.vhdx
has err 'where the log is is a guess that is not certain (log, score 10)' --force
fix 0 -n --force --fix headers hardly.vhdx
fix 0 -n --fix headers --log-offset 5M --log-length 1M hardly.vhdx

# The metadata is gone, and the geometry is a guess: what is whole is passed over,
# and the rest is mended, or nothing is where the guess does not reach.
image check/metadata-geometry-assumed gone.vhdx
fix 1 --force --fix headers,region-tables,length gone.vhdx none.vhdx
has err 'nothing to fix: both headers'
for size in 132M 101M; do
	truncate -s $size gone.vhdx
	cp gone.vhdx bad.vhdx
	wipe bad.vhdx 64 192
	fix 0 --overwrite -f json --force --fix headers,region-tables,length \
		bad.vhdx out.vhdx
	jq -e '[.fixes[] | .message] | (.[0] | startswith("both headers were")) and
		(.[1] == "region table 1 was made anew from region table 2") and
		(.[2] | startswith("nothing to fix: the file is as long"))' out \
		>/dev/null || fail "$(jq .fixes out)"
done
truncate -s 100M gone.vhdx
fix 1 --force --fix headers,region-tables,length gone.vhdx none.vhdx
has err 'the BAT cannot be read as a whole'
[ ! -e none.vhdx ] || fail 'refused, and there'
