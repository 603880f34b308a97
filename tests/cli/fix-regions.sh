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

# What both say that nobody knows, none of them can mend.
image check/region-required-unknown unknown.vhdx
fix 1 --fix region-tables unknown.vhdx none.vhdx
has err 'neither can be mended' 'region-required-unknown'

# On an image of which the log waits, tables that are whole are passed over.
image demo demo.vhdx
wipe demo.vhdx 64 64
fix 0 -n --fix headers,region-tables,bat-shift demo.vhdx
has out 'header 1 was made anew' 'nothing to fix: both region tables'
exit 0
