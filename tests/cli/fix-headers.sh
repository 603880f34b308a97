#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Headers are mended from one another or rebuilt, region tables likewise, and the
# copy is what the image was, replayed where something waited.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

image demo demo.vhdx
fix 0 demo.vhdx good.vhdx

# damaged PART: demo.vhdx without that
damaged()
{
	cp demo.vhdx bad.vhdx
	case $1 in
	header1) wipe bad.vhdx 64 64 ;;
	header2) wipe bad.vhdx 128 64 ;;
	headers) wipe bad.vhdx 64 128 ;;
	table1) wipe bad.vhdx 192 64 ;;
	table2) wipe bad.vhdx 256 64 ;;
	tables) wipe bad.vhdx 192 128 ;;
	identifier) wipe bad.vhdx 0 64 ;;
	all) wipe bad.vhdx 0 1024 ;;
	esac
}

numbers()
{
	"$VHDXLOG" scan -f json "$1" | jq -r '[.image.headers[] |
		.valid, .sequence_number, .data_write_guid] | @tsv'
}

# Each with the replay that waits, in one run.
for part in header1 header2 headers identifier; do
	damaged $part
	fix 0 --overwrite --fix headers --policy ms-vhdx bad.vhdx out.vhdx
	same_behind out.vhdx good.vhdx
	[ "$(state out.vhdx)" = clean ] || fail "$part: $(state out.vhdx)"
done
for part in table1 table2 tables; do
	damaged $part
	fix 0 --overwrite --fix region-tables --policy ms-vhdx bad.vhdx out.vhdx
	same_behind out.vhdx good.vhdx
	[ "$(state out.vhdx)" = clean ] || fail "$part: $(state out.vhdx)"
done
damaged all
fix 0 --overwrite --fix headers,region-tables --policy ms-vhdx bad.vhdx out.vhdx
has out 'the identifier is gone' 'DataWriteGuid, so it is new' 'BAT at 0x' \
	'metadata at 0x' 'with headers and region-tables'
same_behind out.vhdx good.vhdx
[ "$(state out.vhdx)" = clean ] || fail "all: $(state out.vhdx)"

# Alone it replays nothing: the log still waits.
damaged header2
fix 0 --overwrite --fix headers bad.vhdx out.vhdx
has out 'header 2 was made anew from header 1' 'state     dirty' \
	'DataWriteGuid kept'
same_behind out.vhdx demo.vhdx
[ "$(state out.vhdx)" = dirty ] || fail "still waiting: $(state out.vhdx)"
read -r one first guid two second other < <(numbers out.vhdx)
[ "$one $two" = 'true true' ] || fail "not both usable: $one $two"
[ "$first" != "$second" ] || fail 'both have one number'
[ "$guid" = "$other" ] || fail 'another DataWriteGuid'

# A header of which the end is gone still tells its DataWriteGuid.
damaged header2
printf 'x' | dd of=bad.vhdx bs=1 seek=69000 conv=notrunc status=none
fix 0 --overwrite --fix headers bad.vhdx out.vhdx
has out 'both headers were made anew' 'header 1 is damaged, but' \
	'DataWriteGuid from header 1' 'LogGuid from ' 'slot 1: unusable ->'
read -r _ _ kept _ _ _ < <(numbers out.vhdx)
[ "$kept" = "$guid" ] || fail "DataWriteGuid $kept, not $guid"

# The same image gives the same copy.
fix 0 --overwrite --fix headers bad.vhdx again.vhdx
cmp out.vhdx again.vhdx || fail 'another copy of the same image'

# Region tables have to wait for the log, and for headers.
damaged tables
fix 1 --fix region-tables bad.vhdx none.vhdx
has err 'a log waits to be applied' '--policy ms-vhdx'
damaged all
fix 1 --fix region-tables bad.vhdx none.vhdx
has err 'no header is usable'
[ ! -e none.vhdx ] || fail 'refused, and there'

# What is in order is not touched, unless something else was to be mended.
fix 1 --fix headers good.vhdx none.vhdx
has err 'nothing to fix: both headers'
fix 1 --fix headers,region-tables,bat-shift,length good.vhdx none.vhdx
has err 'nothing to fix'
damaged table1
fix 0 --overwrite --policy ms-vhdx --fix headers,region-tables \
	bad.vhdx out.vhdx
has out 'nothing to fix: both headers' 'region table 1 was made anew'
[ ! -e none.vhdx ] || fail 'refused, and there'

# Options say what is to be believed; a log is not dropped by them in passing.
told()
{
	"$VHDXLOG" scan -f json out.vhdx | jq -r .log.guid
}
other=$("$VHDXLOG" scan -f json demo.vhdx |
	jq -r '.log.guid as $g | [.entries[].log_guid | select(. != $g)][0]')
fix 0 --overwrite --fix headers --log-guid "$other" demo.vhdx out.vhdx
has out 'both headers were made anew with what options say' 'as --log-guid says'
[ "$(told)" = "$other" ] || fail "LogGuid $(told), not $other"
zero=00000000-0000-0000-0000-000000000000
fix 1 --overwrite --fix headers --log-guid $zero demo.vhdx out.vhdx
has err 'names a log' --force
fix 0 --overwrite --force --fix headers --log-guid $zero demo.vhdx out.vhdx
[ "$(told)" = $zero ] || fail "LogGuid $(told), not zero"
"$VHDXLOG" scan -f json demo.vhdx |
	jq '[.image.headers[].sequence_number | tonumber] | min' >least
fix 0 --overwrite --fix headers --header \
	"$("$VHDXLOG" scan -f json demo.vhdx | jq --argjson n "$(cat least)" \
		'[.image.headers[] | select((.sequence_number | tonumber) == $n)
			| .slot][0]')" demo.vhdx out.vhdx
has out 'as --header says'

# Numbers that are used up are no dead end, and no replay begins before that.
image check/replay-header-unusable up.vhdx
fix 1 --policy ms-vhdx up.vhdx none.vhdx
has err '(replay-header-unusable)'
fix 0 --overwrite --fix headers --policy ms-vhdx up.vhdx out.vhdx
has out 'as the SequenceNumber of header 2 was used up' \
	'no number may follow 18446744073709551615' \
	'both headers count anew: 1 in slot 1, and 2 in' 'counts as it did'
[ "$(state out.vhdx)" = clean ] || fail "$(state out.vhdx)"
"$VHDXLOG" scan -f json up.vhdx | jq -r .verdict.next >next
has next '--fix headers --sequence S0-0'
