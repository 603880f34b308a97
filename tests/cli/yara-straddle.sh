#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The ends of a page lie in its descriptor, and neighbouring pages apart: a string
# across such a seam is found where it goes, and the yara program does not find it
# in the file.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# Two neighbouring pages, their strings across the 8 leading bytes, the 4 trailing
# bytes and the end of the first page; the page that is written first is second.
python3 - >recipe.json <<'END'
import json
first = bytearray(b"." * 4096)
second = bytearray(b"." * 4096)
first[4:12] = b"LEADSEAM"
first[4088:4096] = b"TRAILBAC"
second[0:8] = b"KTOBACK!"
json.dump({"about": "Seams.", "log": {"guid": "current", "entries": [{
    "sequence": 7, "writes": [
        {"page": "2M+8K", "text": second.decode()},
        {"page": "2M+4K", "text": first.decode()}]}]}}, __import__("sys").stdout)
END
"$VHDXLOG_CORPUS" recipe.json image.vhdx || fail "cannot make the image"

cat >seams.yar <<'END'
rule leading { strings: $s = "LEADSEAM" condition: $s }
rule trailing { strings: $s = "TRAILBAC" condition: $s }
rule pages { strings: $s = "TRAILBACKTOBACK!" condition: $s }
rule inside { strings: $s = "SEAM..." condition: $s }
END

found=$(yara -s seams.yar image.vhdx)
[ "$(echo "$found" | grep -c '^0x')" = 1 ] && echo "$found" | grep -q '^inside ' ||
	fail "yara finds in the file: $found"

scan -f json --yara seams.yar image.vhdx >found.json
valid scan-1 found.json
hits()
{
	jq -r '.yara[] | [.rule, .scope, .target_offset, .target_region,
		.entry, .sequence_number, .piece_count] | join(" ")' found.json
}
diff - <(hits) <<'END' || fail "found otherwise"
leading pages 2101252 bat E0 7 2
trailing pages 2105336 bat E0 7 2
pages pages 2105336 bat E0 7 3
inside pages 2101256 bat E0 7 1
END

# What the pieces name is there, byte by byte.
jq -c '.yara[]' found.json | while read -r hit; do
	got=
	while read -r offset length; do
		got=$got$(dd if=image.vhdx bs=1 skip="$offset" \
			count="$length" status=none | od -An -v -tx1 | tr -d " \n")
	done < <(echo "$hit" | jq -r '.pieces[] | "\(.file_offset) \(.length)"')
	want=$(echo "$hit" | jq -r .bytes)
	[ "$got" = "$want" ] || fail "the pieces of $hit have $got"
done || exit 1

# The first byte, as an offset of ring and file.
log=$(jq -r .log.offset found.json)
jq -e --argjson log "$log" 'all(.yara[]; .pieces[0].file_offset == .file_offset
	and ((.log_offset | tonumber) + $log) == (.file_offset | tonumber))' \
	found.json >/dev/null || fail "log and file offset differ"
