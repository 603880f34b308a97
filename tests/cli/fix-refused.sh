#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A repair gives nothing up in passing, builds on nothing that is not certain, and
# leaves no image that is worse than it was, unless --force accepts that.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

zero=00000000-0000-0000-0000-000000000000
image demo demo.vhdx

# A log is given up by name, also where no header says that it waits.
cp demo.vhdx bad.vhdx
wipe bad.vhdx 64 128
fix 1 --fix headers --log-guid $zero bad.vhdx none.vhdx
has err 'which --log-guid of zeroes would give up' --force
fix 0 -n --force --fix headers --log-guid $zero bad.vhdx
has out 'LogGuid is 00000000' 'as --log-guid says'

# A damaged entry may have waited, too, and what is given up is named.
image - torn.vhdx <<'END'
{"about": "of two entries the newer is damaged",
 "image": {"virtual_size": "8M", "block_size": "1M"},
 "log": {"entries": [
   {"guid": "older", "sequence": 5, "writes": [{"bat": {"0": "not-present"}}]},
   {"guid": "current", "sequence": 9, "tail": "self",
    "writes": [{"bat": {"1": "present@8M"}}]}]},
 "damage": [{"set": "E2.checksum", "to": 1}]}
END
image - alone.vhdx <<'END'
{"about": "the only entry is damaged",
 "image": {"virtual_size": "8M", "block_size": "1M"},
 "log": {"entries": [{"sequence": 5,
   "writes": [{"bat": {"1": "present@8M"}}]}]},
 "damage": [{"set": "E0.checksum", "to": 1}]}
END
for name in torn alone; do
	wipe $name.vhdx 64 128
	entries='1 damaged entry (E0, number 5)'
	[ $name = alone ] || entries='1 sound entry (E0, number 5) and 1 damaged'
	fix 1 --fix headers --log-guid $zero $name.vhdx none.vhdx
	has err "--log-guid of zeroes would give up: $entries" \
		'--force accepts that'
	fix 0 -f json -n --force --fix headers --log-guid $zero $name.vhdx
	jq -e --arg entries "$entries" '.state == "clean" and
		(.fixes[0].evidence | [.[] | select(startswith(
		"given up, should it have waited: " + $entries))] | length) == 1' \
		out >/dev/null || fail "$(cat out)"
done
# Nobody said that nothing waits, and more speaks for the damaged one.
fix 1 --fix headers torn.vhdx none.vhdx
has err 'which session of the log waits, if any, is a guess' --force
"$VHDXLOG" scan -f json torn.vhdx | jq -e --arg zero $zero '
	[.guesses[] | select(.what == "log-guid")] as $guids |
	($guids | max_by(.score) | .guid) as $best |
	([$guids[] | select(.assumed) | .guid] == [$zero]) and
	(.verdict.next | contains("scan --log-guid " + $best))' >/dev/null ||
	fail "$("$VHDXLOG" scan torn.vhdx)"

# What lies on the disk and what the log writes contradict one another: nothing is
# suggested, and headers that name the session are for --force, or --log-guid.
image - moved.vhdx <<'END'
{"about": "by the log a block is elsewhere, and headers are gone",
 "image": {"blocks": {"0": "present@4M"}, "file_size": "8M"},
 "log": {"entries": [{"writes": [{"bat": {"0": "present@5M"}}]}]},
 "damage": [{"fill": "file+0x10000", "byte": 0, "length": 131072, "seal": false}]}
END
fix 1 --fix headers moved.vhdx none.vhdx
has err 'which session of the log waits, if any, is a guess' --force
fix 0 -n --force --fix headers moved.vhdx
fix 0 -n --fix headers --log-guid $zero --force moved.vhdx
"$VHDXLOG" scan -f json moved.vhdx | jq -e '
	.verdict.next | contains("replay") | not' >/dev/null ||
	fail "$("$VHDXLOG" scan moved.vhdx)"

# A log that may lie in a block of a guest's is not what headers may name.
image - apart.vhdx <<'END'
{"about": "a log in an unusual place, and nothing says where the BAT is",
 "image": {"log": {"offset": "5M", "length": "1M"}, "bat": {"offset": "1M"},
  "metadata": {"offset": "3M"}},
 "log": {"entries": [{"writes": [{"bat": {"1": "not-present"}}]}]},
 "damage": [{"fill": "file+0", "byte": 0, "length": 1048576, "seal": false}]}
END
wipe apart.vhdx 3072 1024
fix 1 --fix headers apart.vhdx none.vhdx
has err 'where the log is is a guess' --force

# What options say does not make it an image that has to be refused.
fix 1 --fix headers --log-length 3M bad.vhdx none.vhdx
has err 'would break a rule that the image does not'
fix 0 -n --force --fix headers --log-length 3M bad.vhdx
has out 'LogLength is 3145728, as --log-length says'
truncate -s 8M empty.vhdx
fix 1 --fix headers --log-offset 1M --log-length 1M empty.vhdx none.vhdx
has err 'nothing that was found in the file says that it is an image'

# An empty log tells nothing of what it held.
cp demo.vhdx bad.vhdx
wipe bad.vhdx 0 2048
fix 0 -n --fix headers,region-tables bad.vhdx
has out 'what waited to be' 'is lost'

# No page is written behind the end of the file.
image shape/clean clean.vhdx
cp clean.vhdx cut.vhdx
truncate -s 100K cut.vhdx
fix 1 --fix headers cut.vhdx none.vhdx
has err 'behind the end of the file'
cp clean.vhdx cut.vhdx
truncate -s 300K cut.vhdx
fix 1 --fix region-tables cut.vhdx none.vhdx
has err 'behind the end of the file'

# Where the metadata is gone, the size of a block is a guess.
image check/bat-shifted-page shifted.vhdx
at=$("$VHDXLOG" scan -f json shifted.vhdx | jq -r '
	.image.region_tables[0].regions[] | select(.name == "metadata") | .offset')
wipe shifted.vhdx $((at >> 10)) 1024
fix 1 --fix bat-shift shifted.vhdx none.vhdx
has err 'how large a block is is a guess'
fix 1 --fix length shifted.vhdx none.vhdx
has err 'nothing to fix: the file is as long'

# A header that fits the file but for one field keeps what it says of the disk.
image check/header-log-misplaced wrong.vhdx
guid=$("$VHDXLOG" scan -f json wrong.vhdx |
	jq -r '.image.headers[0].data_write_guid')
fix 0 --fix headers wrong.vhdx right.vhdx
has out 'entries of the log have its LogGuid' 'DataWriteGuid kept'
"$VHDXLOG" scan -f json right.vhdx | jq -e --arg guid "$guid" '
	[.image.headers[] | .data_write_guid == $guid and
	(.sequence_number | tonumber) > 8] | all' >/dev/null ||
	fail 'another DataWriteGuid, or a smaller number'

# What is wrong in both headers is not "nothing to fix".
image check/header-log-offset-unaligned both.vhdx
fix 1 --fix headers both.vhdx none.vhdx
has err 'header-log-offset-unaligned'
image check/header-foreign foreign.vhdx
fix 0 -n --fix headers --header 2 foreign.vhdx
has out 'as --header says'

# Nothing tells that it is a VHDX: that is decided, and is no failure, as it is of a
# replay, which has nothing to read.
truncate -s 5M nothing.vhdx
for option in '' --force; do
	fix 1 $option --fix headers,region-tables nothing.vhdx none.vhdx
	has err 'refused: nothing in the file tells that it is a VHDX'
done
fix 3 nothing.vhdx none.vhdx
has err 'its state is not-vhdx'
[ ! -e none.vhdx ] || fail 'refused, and there'
