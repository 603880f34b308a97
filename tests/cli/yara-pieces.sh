#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Stretches of more than 8 MiB are looked at in pieces that share a page: each match
# is told once, and so is a rule without one, whichever of the pieces it holds of.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

echo '{"about": "A long ring.", "image": {"log": {"length": "32M"}}, "log": {"guid": "current",
	"entries": [{"sequence": 1, "writes": [{"page": "40M", "text": "x"}]}]}}' >recipe.json
"$VHDXLOG_CORPUS" recipe.json image.vhdx || fail "cannot make an image"
log=$(scan -f json image.vhdx | jq -r .log.offset)
own=$((8 * 1048576 - 4096))

# put AT TEXT: in the ring.
put()
{
	printf %s "$2" | dd of=image.vhdx bs=1 seek=$((log + $1)) conv=notrunc \
		status=none
}
put $((own - 2)) SEAMS
put $((own + 10)) SHARED
put $((own + 4090)) TRUNKKKKKKKKKKS
put $((own + 100)) ALONE
put $((2 * own + 5000)) LATER
put $((3 * own + 5000)) LATER

cat >pieces.yar <<'END'
rule seams { strings: $a = "SEAMS" condition: $a }
rule shared { strings: $a = "SHARED" condition: $a }
rule trunk { strings: $a = /TRUNK+S?/ condition: $a }
rule alone { strings: $a = "ALONE" $l = "loge" condition: $a and $l }
rule later { strings: $a = "LATER" private condition: $a }
rule never { strings: $a = "LATER" condition: #a > 1 }
rule without { condition: uint32be(5000 + 4096 - 4096) == 0x4c415445 }
rule each { condition: filesize > 4096 }
rule hidden { strings: $a = "SEAMS" private $l = "loge" private condition: all of them }
END
scan -f json --yara pieces.yar --yara-scope raw image.vhdx >found.json
valid scan-1 found.json
diff - <(jq -r '.yara[] | [.rule, .string, .log_offset, .length] |
	map(. // "-") | join(" ")' found.json) <<END || fail "found otherwise"
seams \$a $((own - 2)) 5
alone \$l 0 4
each - 0 8388608
hidden - 0 8388608
alone \$a $((own + 100)) 5
shared \$a $((own + 10)) 6
trunk \$a $((own + 4090)) 15
later - $((2 * own)) 8388608
without - $((2 * own)) 8388608
END
jq -e '.limitations | any(startswith("1 stretches are longer than 8 MiB"))' \
	found.json >/dev/null || fail "the pieces are not said"

# So many that libyara counts no more.
echo 'rule many { strings: $z = { 00 00 } condition: $z }' >many.yar
scan -f json --yara many.yar --yara-scope raw image.vhdx >found.json
[ "$(jq '.yara | length' found.json)" = 1000 ] || fail "not 1000 hits"
[ "$(jq '[.limitations[] | select(startswith("string $z of the YARA rule many has so many"))] |
	length' found.json)" = 1 ] || fail "not said: $(jq .limitations found.json)"
