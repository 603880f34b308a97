#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Region tables made anew keep what the damaged ones still name, and of two that
# are whole the one that counts is taken.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

# poke FILE OFFSET BYTES
poke()
{
	printf %b "$3" | dd of="$1" bs=1 seek=$(($2)) conv=notrunc status=none
}

# regions FILE: name or GUID, and place, of those in table 1
regions()
{
	"$VHDXLOG" scan -f json "$1" | jq -c '[.image.region_tables[0].regions[] |
		[.guid, .offset, .length, .required]] | sort'
}

image - whole.vhdx <<'END'
{"about": "a third region",
 "image": {"virtual_size": "64M", "block_size": "1M",
   "blocks": {"0": "present@8M", "3": "present@9M"},
   "regions": [{"guid": "extra", "offset": "5M", "length": "1M",
     "required": false}]}}
END
[ "$(regions whole.vhdx | jq length)" = 3 ] || fail "$(regions whole.vhdx)"
cp whole.vhdx bad.vhdx
poke bad.vhdx 0x30000+2000 x
poke bad.vhdx 0x40000+2000 x
fix 0 --fix region-tables bad.vhdx out.vhdx
has out 'still names it' 'were made anew from'
[ "$(regions out.vhdx)" = "$(regions whole.vhdx)" ] ||
	fail "$(regions out.vhdx), not $(regions whole.vhdx)"

# One that cannot be where the tables say is lost, and not in passing.
for table in 0x30000 0x40000; do
	poke bad.vhdx $table+16+64+16 '\0001'
done
fix 1 --fix region-tables bad.vhdx none.vhdx
has err '1 more region which cannot be' --force
fix 0 --overwrite --force --fix region-tables bad.vhdx out.vhdx
has out '1 more region'
[ "$(regions out.vhdx | jq length)" = 2 ] || fail "$(regions out.vhdx)"

# Another file's table beside the right one.
image - other.vhdx <<'END'
{"about": "another layout", "image": {"virtual_size": "64M",
 "block_size": "1M", "bat": {"offset": "6M"}, "metadata": {"offset": "7M"}}}
END
cp whole.vhdx beside.vhdx
dd if=other.vhdx of=beside.vhdx bs=64K skip=4 seek=4 count=1 conv=notrunc \
	status=none
finds beside.vhdx region-tables-differ || fail 'they do not differ'
fix 0 --overwrite --fix region-tables beside.vhdx out.vhdx
has out 'region table 2 was made anew from region table 1' 'says otherwise'
[ "$(state out.vhdx)" = clean ] || fail "$(state out.vhdx)"
finds out.vhdx region-tables-differ && fail 'they still differ'

# Tables that are whole, and lack the entry of one: it is found, and where the other
# is they do say. What they name in its place gives way.
for name in bat metadata; do
	image check/region-$name-missing lacks.vhdx
	"$VHDXLOG" scan -f json lacks.vhdx | jq -e --arg name $name '
		.verdict.state == "damaged" and
		([.guesses[] | select(.assumed) | .what] == [$name]) and
		(.verdict.next | startswith("vhdxlog-replay --fix region-tables "))
		' >/dev/null || fail "$name: $("$VHDXLOG" scan lacks.vhdx)"
	fix 0 --overwrite --fix region-tables lacks.vhdx out.vhdx
	has out 'a region table that is whole names' 'which region table 1 names'
	[ "$(state out.vhdx)" = clean ] || fail "$name: $(state out.vhdx)"
	[ "$(regions out.vhdx | jq length)" = 2 ] || fail "$(regions out.vhdx)"
done
# Another region than these is kept; the second table's word is a witness.
image - lacks.vhdx <<'END'
{"about": "table 1 lacks the BAT, which table 2 has",
 "image": {"virtual_size": "64M", "block_size": "1M",
   "blocks": {"0": "present@8M", "3": "present@9M"},
   "regions": [{"guid": "extra", "offset": "5M", "length": "1M",
     "required": false}]},
 "damage": [{"set": "regions1.entry[0].guid", "to": "other"},
   {"set": "regions1.entry[0].required", "to": 0}]}
END
finds lacks.vhdx region-bat-missing || fail 'table 1 has a BAT'
finds lacks.vhdx region-tables-foreign && fail 'it is foreign'
fix 0 --overwrite --fix region-tables lacks.vhdx out.vhdx
has out 'bat: region table 2 names it' 'region table 1 names it'
[ "$(regions out.vhdx)" = "$(regions whole.vhdx)" ] ||
	fail "$(regions out.vhdx), not $(regions whole.vhdx)"
# Where the metadata is that they do name, nothing is found elsewhere.
image - lacks.vhdx <<'END'
{"about": "no BAT, and metadata where there is none",
 "image": {"virtual_size": "64M", "block_size": "1M"},
 "damage": [{"set": "regions.entry[0].guid", "to": "other"},
   {"set": "regions.entry[0].required", "to": 0},
   {"set": "regions.entry[1].file_offset", "to": "1M"}]}
END
fix 1 --fix region-tables lacks.vhdx none.vhdx
has err 'neither can be mended from the other' 'region-bat-missing'

# What both say that nobody knows, none of them can mend.
image check/region-required-unknown unknown.vhdx
fix 1 --fix region-tables unknown.vhdx none.vhdx
has err 'neither can be mended' 'region-required-unknown'

# An entry of the BAT whose GUID is damaged is none of a region that nobody knows,
# which would have to be kept where a block is.
cp whole.vhdx bad.vhdx
for table in 0x30000 0x40000; do
	poke bad.vhdx $table+16+5 x
done
poke bad.vhdx 0x30000+16+16+2 '\0200'
"$VHDXLOG" scan -f json bad.vhdx | jq -e '.verdict.next |
	startswith("vhdxlog-replay --fix region-tables ")' >/dev/null ||
	fail "$("$VHDXLOG" scan bad.vhdx)"
fix 0 --overwrite --fix region-tables bad.vhdx out.vhdx
[ "$(regions out.vhdx)" = "$(regions whole.vhdx)" ] ||
	fail "$(regions out.vhdx), not $(regions whole.vhdx)"

# In a table that is whole it is kept; so what waits is not offered to be replayed.
image - lacks.vhdx <<'END'
{"about": "table 1 has a region that nobody knows, and no BAT; table 2 is damaged",
 "image": {"virtual_size": "64M", "block_size": "1M", "file_size": "8M",
   "blocks": {"0": "present@4M"}},
 "log": {"entries": [{"guid": "current", "sequence": 2,
   "writes": [{"bat": {"2": "present@6M"}}]}]},
 "damage": [{"set": "regions1.entry[0].guid", "to": "other"},
   {"set": "regions2.checksum", "to": 1}]}
END
finds lacks.vhdx region-required-unknown || fail 'all regions are known'
"$VHDXLOG" scan -f json lacks.vhdx | jq -e '(.verdict.next // "") |
	startswith("vhdxlog-replay") | not' >/dev/null ||
	fail "$("$VHDXLOG" scan lacks.vhdx)"

# Two that are whole and name different places: the right one is known by what is
# there, or it is for --force.
cat >rival.json <<'END'
{"about": "table 1 has the BAT where nothing is",
 "image": {"virtual_size": "64M", "block_size": "1M", "file_size": "12M",
   "blocks": {"0": "present@8M", "3": "present@9M"},
   "regions": [{"guid": "extra", "offset": "5M", "length": "1M",
     "required": false}]},
 "damage": [{"set": "regions1.entry[0].file_offset", "to": "10M"}]}
END
image - rival.vhdx <rival.json
[ "$(state rival.vhdx)" = damaged ] || fail "$(state rival.vhdx)"
fix 0 --overwrite --fix region-tables rival.vhdx out.vhdx
has out 'region table 1 was made anew from region table 2' 'entries locate blocks'
[ "$(regions out.vhdx)" = "$(regions whole.vhdx)" ] ||
	fail "$(regions out.vhdx), not $(regions whole.vhdx)"
[ "$(state out.vhdx)" = clean ] || fail "$(state out.vhdx)"
jq '.image.blocks = {}' rival.json | image - rival.vhdx
finds rival.vhdx region-tables-disagree || fail 'nothing is said of two places'
fix 1 --fix region-tables rival.vhdx none.vhdx
has err 'nothing tells which is right' --force
fix 0 --overwrite --force --fix region-tables rival.vhdx out.vhdx
has out 'region table 2 was made anew from region table 1'

# On an image of which the log waits, tables that are whole are passed over.
image demo demo.vhdx
wipe demo.vhdx 64 64
fix 0 -n --fix headers,region-tables,bat-shift demo.vhdx
has out 'header 1 was made anew' 'nothing to fix: both region tables'
exit 0
