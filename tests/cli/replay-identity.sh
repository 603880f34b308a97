#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The copy's FileWriteGuid, and the LogGuid of one that was armed again, are what
# vhdxlog-replay(1) says: sha256sum makes them from the record alone. Nothing
# random is in a copy, so that two runs give the same bytes.
set -u

"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/demo.json" image.vhdx || exit 1

# guid_of RECORD PURPOSE
guid_of()
{
	local hex
	hex=$(jq -r --arg purpose "$2" '
		def or_hyphen: . // "-";
		"vhdxlog.replay/1",
		"headers \(.source.sha256.headers | or_hyphen)",
		"region-tables \(.source.sha256.region_tables | or_hyphen)",
		"log \(.source.sha256.log | or_hyphen)",
		"metadata \(.source.sha256.metadata | or_hyphen)",
		"bat \(.source.sha256.bat | or_hyphen)",
		"header \(.headers.before[] | select(.current) | .slot)",
		"mode \(.mode)",
		"entries \(.selection.entries | join(" "))",
		"length \(.growth.to)",
		"result \(.selection.result | or_hyphen)",
		"outcome \(.selection.outcome)",
		"guid \($purpose)"' "$1" | sha256sum)
	python3 - "${hex%% *}" <<-'END'
		import sys, uuid
		b = bytearray.fromhex(sys.argv[1])[:16]
		b[7] = b[7] & 0x0F | 0x80
		b[8] = b[8] & 0x3F | 0x80
		print(uuid.UUID(bytes_le=bytes(b)))
	END
}

same() # WHAT GOT WANT
{
	[ "$2" = "$3" ] || { echo "$1: got $2, want $3"; exit 1; }
}

for mode in replay rearm; do
	option=
	[ $mode = replay ] || option=--rearm
	for run in 1 2; do
		"$VHDXLOG_REPLAY" -f json -o $mode.json --overwrite $option \
			image.vhdx $mode-$run.vhdx || exit 1
	done
	cmp $mode-1.vhdx $mode-2.vhdx || exit 1
	same "FileWriteGuid, $mode" \
		"$(jq -r '.headers.after[0].file_write_guid' $mode.json)" \
		"$(guid_of $mode.json file-write)"
done
same LogGuid "$(jq -r '.headers.after[0].log_guid' rearm.json)" \
	"$(guid_of rearm.json log)"

# The choice counts, not the words for it.
"$VHDXLOG_REPLAY" -q --sequence S1-3 image.vhdx by-name.vhdx || exit 1
cmp replay-1.vhdx by-name.vhdx || exit 1

# Another choice is another file.
"$VHDXLOG_REPLAY" -f json -o other.json --force --sequence E3 image.vhdx \
	other.vhdx || exit 1
[ "$(jq -r '.headers.after[0].file_write_guid' other.json)" != \
	"$(jq -r '.headers.after[0].file_write_guid' replay.json)" ] || {
	echo "another choice has the same FileWriteGuid"
	exit 1
}
