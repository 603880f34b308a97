#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --salvage: what it goes with, and its record in every case against the schema.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
. "$VHDXLOG_SRC/tests/cli/_json.sh"

image check/replay-salvage-incomplete half.vhdx
image check/replay-nothing-to-salvage none.vhdx
image check/replay-salvage-growth growth.vhdx
echo not a patch >p

misuse()
{
	local text=$1
	shift
	"$VHDXLOG_REPLAY" "$@" >out 2>err
	[ $? -eq 2 ] || fail "$*: $(cat out err)"
	has err "$text"
	[ ! -e new.vhdx ] || fail "$*: OUTPUT is there"
}

misuse '--salvage and --rearm' --salvage --rearm half.vhdx new.vhdx
misuse '--salvage and --rearm' --rearm -n --salvage half.vhdx
misuse 'a patch says what is written' --salvage --apply p half.vhdx new.vhdx
misuse 'a patch says what is written' --unapply p --salvage half.vhdx new.vhdx

record()
{
	local want=$1 got
	shift
	"$VHDXLOG_REPLAY" --salvage -f json "$@" >record.json 2>err
	got=$?
	[ $got -eq "$want" ] || fail "$*: status $got: $(cat record.json err)"
	valid replay-1 record.json
}

says()
{
	jq -e "$1" record.json >/dev/null || fail "$1: $(cat record.json)"
}

record 0 half.vhdx half-salvaged.vhdx
says '(.salvaged | length) == 1 and (.unsalvaged | length) == 1'
says '.unsalvaged[0].entry == "E2" and .unsalvaged[0].descriptor == 1'
says '[.checks[] | select(.id == "replay-salvage-incomplete" and
	.status == "fail")] | length == 1'
says '.pages | map(select(.entry == "E2")) | length == 1'
"$VHDXLOG" scan half-salvaged.vhdx >out 2>&1 || fail "$(cat out)"
record 1 -n none.vhdx
says '.salvaged == [] and (.unsalvaged | length) == 1'
says '.selection.entries == ["E0"]'
record 0 -n growth.vhdx
says '.growth.from == .growth.to'

# A page that gives a block the place of one that a sound entry before it made.
image - placed.vhdx <<'EOF'
{"about": "E2 and E7 are torn; E5, between them, has block 1100 where E7 has 1600",
 "image": {"virtual_size": "4G", "blocks": {"0": "present@4M"}, "file_size": "12M"},
 "log": {"entries": [
  {"sequence": 5, "writes": [{"bat": {"1": "present@5M"}}]},
  {"writes": [{"bat": {"2": "present@6M"}}, {"bat": {"600": "present@7M"}}]},
  {"writes": [{"bat": {"1100": "present@8M"}}]},
  {"writes": [{"bat": {"1600": "present@8M"}}, {"bat": {"2100": "present@9M"}},
              {"bat": {"2600": "present@10M"}}]}]},
 "damage": [{"fill": "E2.s0", "byte": 0, "length": 4096, "seal": false},
            {"fill": "E7.s1", "byte": 0, "length": 4096, "seal": false}]}
EOF
record 0 -n placed.vhdx
says '[.salvaged[] | select(.entry == "E5")] | length == 1'
says '[.salvaged[] | select(.entry == "E7") | .descriptor] == [2]'
says '.unsalvaged[] | select(.entry == "E7" and .descriptor == 0) | .reason
	| test("where another is")'

# Twice the same, to the byte; without it, another file and nothing of this.
"$VHDXLOG_REPLAY" --salvage half.vhdx twice.vhdx >out 2>&1 || fail "$(cat out)"
cmp half-salvaged.vhdx twice.vhdx || exit 1
"$VHDXLOG_REPLAY" -f json half.vhdx plain.vhdx >record.json 2>&1
says '.salvaged == [] and .unsalvaged == [] and .options.salvage == false'
cmp -s half-salvaged.vhdx plain.vhdx && fail 'salvaged unasked'

# A log of which no sequence is left: what is proven is laid over the file.
cp half.vhdx bare.vhdx
printf x | dd of=bare.vhdx bs=1 seek=$((0x100000 + 2000)) conv=notrunc status=none
"$VHDXLOG" scan bare.vhdx >out 2>&1
has out 'log-no-valid-sequence' 'vhdxlog-replay --salvage'
record 0 bare.vhdx bare-salvaged.vhdx
says '[.salvaged[].entry] == ["E0", "E2"] and .selection.sequence == null'
"$VHDXLOG_REPLAY" --salvage -n bare.vhdx >out 2>&1
has out 'What is proven of two damaged entries'
exit 0
