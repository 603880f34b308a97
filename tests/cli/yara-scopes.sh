#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where rules of scan --yara look, and what a hit there tells: slack, what no entry
# owns, the ring as it lies, the file as a replay leaves it, blocks that only another
# BAT locates.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

recipe()
{
	"$VHDXLOG_CORPUS" "$1" image.vhdx || fail "cannot make an image"
}

# hits RULES SCOPES OPTION...: what is found, a line each.
hits()
{
	echo "$1" >rules.yar
	local scopes=$2
	shift 2
	scan -f json --yara rules.yar --yara-scope "$scopes" "$@" image.vhdx \
		>found.json 2>messages
	valid scan-1 found.json
	jq -r '.yara[] | [.scope, .string, .file_offset, .log_offset,
		.target_offset, .target_region, .virtual_offset, .entry, .stale,
		.sequence] | map(. // "-") | join(" ")' found.json
}

expect()
{
	[ "$1" = "$2" ] || fail "found:
$1
want:
$2"
}

# Slack: 4000 bytes behind the one descriptor.
recipe "$VHDXLOG_SRC/corpus/recipes/shape/S-slack.json"
expect "$(hits 'rule r { strings: $s = { db db } condition: #s == 3999 and
	filesize == 4000 and @s[1] == 0 and scope == "slack" and
	entry_sequence == 1 and target_offset == -1 and target_region == "" }' all |
	head -n 1)" "slack \$s 1048672 96 - - - E0 - S0-0"
[ "$(jq '.yara | length' found.json)" = 1000 ] || fail "not 1000 hits told"
jq -e '.limitations | any(startswith("1 YARA rules have more than 1000 hits"))' \
	found.json >/dev/null || fail "the cap is not said"

# What a rule looks at can be chosen, and what was not is said.
expect "$(hits 'rule r { condition: true }' slack)" \
	"slack - 1048672 96 - - - E0 - S0-0"
jq -e '.limitations | any(. ==
	"YARA rules were not held against: pages, foreign, raw, replayed, ghost")' \
	found.json >/dev/null || fail "what was not looked at is not said"

# Data sectors of entries that are gone.
recipe "$VHDXLOG_SRC/corpus/recipes/shape/orphans.json"
orphan=$(scan -f json image.vhdx | jq '.orphans[0].sector')
expect "$(hits 'rule r { strings: $s = "data" condition: $s at 0 and
	not stale and entry_sequence == -1 }' foreign | head -n 1)" \
	"foreign \$s $((1048576 + orphan * 4096)) $((orphan * 4096)) - - - - - -"
# The ring as it lies begins with an entry.
expect "$(hits 'rule r { strings: $s = "loge" condition: $s at 0 }' raw |
	head -n 1)" "raw \$s 1048576 0 - - - - - -"

# The ring goes round, but for those who want it as it lies.
recipe "$VHDXLOG_SRC/corpus/recipes/shape/clean.json"
put()
{
	printf %s "$2" | dd of=image.vhdx bs=1 seek="$1" conv=notrunc status=none
}
put $((2097152 - 4)) ENDS
put 1048576 BEGINS
wrapped='rule r { strings: $s = "ENDSBEGINS" condition: $s and filesize == 8192 }'
expect "$(hits "$wrapped" foreign,raw)" \
	"foreign \$s $((2097152 - 4)) $((1048576 - 4)) - - - - - -"
expect "$(jq -c '[.yara[0].pieces[] | [.file_offset, .length]]' found.json)" \
	'[["2097148","4"],["1048576","6"]]'

# A replay writes the BAT; what lies in the file itself is another.
cat >replayed.json <<'END'
{"about": "A page waits.", "log": {"guid": "current", "entries": [
  {"sequence": 1, "writes": [{"page": "2M+8K", "text": "from the log"}]},
  {"writes": [{"page": "2M+8K", "text": "later in the log"}]}]}}
END
recipe replayed.json
text='rule r { strings: $s = "the log" condition: $s and
	target_region == "bat" and target_offset == 2097152 }'
expect "$(hits "$text" replayed)" 'replayed $s - - 2105353 bat - - - S0-2'
expect "$(hits "$text" replayed --yara-sequence E0)" \
	'replayed $s - - 2105349 bat - - - S0-0'
expect "$(hits 'rule r { strings: $s = "vhdxfile" $r = "regi" condition:
	any of them }' replayed)" "replayed \$s - - 0 identifier - - - S0-2
replayed \$r - - 196608 region-tables - - - S0-2
replayed \$r - - 262144 region-tables - - - S0-2"

# A page for a block: the entry that brings it in says where the guest has it.
echo '{"about": "A page of a block.", "log": {"entries": [{"sequence": 9, "writes": [
	{"bat": {"3": "present@8M"}}, {"page": "8M+4K", "text": "..of the guest"}]}]}}' \
	>block.json
recipe block.json
block=$(scan -f json image.vhdx | jq -r .image.metadata.block_size)
expect "$(hits 'rule r { strings: $s = "of the guest" condition: $s }' pages |
	cut -d " " -f 2,5-7)" "\$s $((8388608 + 4098)) payload $((3 * block + 4098))"

# An earlier BAT had block 3 where block 7 is now, and block 4 where nothing is.
cat >moved.json <<'END'
{"about": "Two blocks that are gone, one of them written over.",
 "image": {"blocks": {"7": "present@8M"}, "file_size": "12M"},
 "log": {"guid": "zero", "entries": [
  {"guid": "earlier", "writes": [
    {"bat": {"3": "present@8M", "4": "present@9M", "7": "zero"}}]},
  {"guid": "earlier", "applied": true, "writes": [
    {"bat": {"3": "zero", "4": "zero", "7": "present@8M"}}]}]}}
END
recipe moved.json
expect "$(hits 'rule r { strings: $s = /guest block [0-9]+/ condition: $s }' \
	ghost)" "ghost \$s 9437184 - - - 4194304 E0 true -"
jq -e '.limitations | any(contains("that something of today lies on"))' \
	found.json >/dev/null || fail "the block that is written over is not said"
