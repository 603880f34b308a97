#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Blocks that QEMU shifted in the BAT go back into their own entries, and all else
# of the page with them; what cannot stay is refused, and named where it is forced.
. "$VHDXLOG_SRC/tests/cli/_fix.sh"

# entries FILE: each block that has a place, "index offset", in order
entries()
{
	"$VHDXLOG" timeline --as-of "$2" -f json "$1" 2>/dev/null | jq -c .
}

# bat FILE FIRST COUNT: entries of a BAT at 3 MiB, or where it is
bat()
{
	local at
	at=$("$VHDXLOG" scan -f json "$1" | jq -r '[.image.region_tables[0]
		.regions[] | select(.name == "bat") | .offset][0]')
	od -A n -v -t x8 -w8 -j $((at + 8 * $2)) -N $((8 * $3)) "$1" |
		tr -d ' ' | sed 's/^0*//; s/^$/0/' | tr '\n' ' '
}

shapes=$VHDXLOG_SRC/corpus/recipes/shape
for recipe in "$shapes"/shift-*.json \
	"$VHDXLOG_SRC"/corpus/recipes/check/bat-shifted-page.json; do
	name=$(basename "$recipe" .json)
	"$VHDXLOG_CORPUS" "$recipe" image.vhdx || fail "cannot make $name"
	options=(--overwrite --fix bat-shift)
	case $(state image.vhdx) in
	dirty*)
		fix 1 "${options[@]}" image.vhdx out.vhdx
		has err 'a log waits to be applied'
		options+=(--policy ms-vhdx)
		;;
	esac
	if ! finds image.vhdx bat-shifted-page; then
		fix 1 "${options[@]}" image.vhdx out.vhdx
		has err 'nothing to fix: no block is in the BAT entry'
		continue
	fi
	if [ "$name" = shift-written-anew ]; then
		fix 1 "${options[@]}" image.vhdx out.vhdx
		has err '1 of the shifted blocks was written anew' --force
		options+=(--force)
	fi
	case $name in
	shift-*-alone)
		fix 1 "${options[@]}" image.vhdx out.vhdx
		has err 'no version of the page from before is there' --force
		options+=(--force)
		;;
	esac
	fix 0 "${options[@]}" image.vhdx out.vhdx
	has out 'bat-shift: ' 'DataWriteGuid new'
	[ "$(state out.vhdx)" = clean ] || fail "$name: $(state out.vhdx)"
	[ "$name" = shift-written-anew ] || ! finds out.vhdx bat-shifted-page ||
		fail "$name: still shifted"
done

# What was set aside is named; what was lost is found again.
image shape/shift-written-anew image.vhdx
fix 0 --overwrite --force -f json --fix bat-shift image.vhdx out.vhdx
jq -e '.fixes[0].lost == [{block: 32, is_bitmap: false, index: 32,
	file_offset: "8388608", virtual_offset: "33554432",
	virtual_length: "1048576", lost_bytes: "1048576"}]' out >/dev/null ||
	fail "lost: $(jq -c .fixes out)"
[ "$(bat out.vhdx 31 10)" = '0 c00006 0 0 0 0 0 0 900006 d00006 ' ] ||
	fail "entries 31 to 40: $(bat out.vhdx 31 10)"
[ "$(bat out.vhdx 49 3)" = '0 a00006 0 ' ] ||
	fail "entries 49 to 51: $(bat out.vhdx 49 3)"

# Where the disk has the page of before and the log the shifted one, all that is
# known of it is gone with the replay, and still is used.
image - waits.vhdx <<'END'
{"about": "the shift waits, and nothing of it lies where no block may be",
 "image": {"virtual_size": "64M", "file_size": "12M",
   "blocks": {"32": "present@8M", "40": "present@9M"}},
 "log": {"entries": [{"guid": "current", "sequence": 4, "writes": [{"bat": {
   "0": "present@10M", "32": "not-present", "33": "present@8M",
   "40": "not-present", "41": "present@9M"}}]}]}}
END
fix 0 --overwrite --policy ms-vhdx --fix bat-shift waits.vhdx out.vhdx
[ "$(bat out.vhdx 0 2)" = 'a00006 0 ' ] || fail "0: $(bat out.vhdx 0 2)"
[ "$(bat out.vhdx 31 11)" = '0 800006 0 0 0 0 0 0 0 900006 0 ' ] ||
	fail "31: $(bat out.vhdx 31 11)"

# A block that is in no entry any more is there in part, as its entry said.
image - part.vhdx <<'END'
{"about": "a differencing disk, of which block 511 is lost",
 "image": {"virtual_size": "1G", "file_size": "14M",
   "parent": {"parent_linkage": "guid:parent", "relative_path": "p.vhdx"},
   "bitmaps": {"0": "present@12M"}},
 "log": {"guid": "zero", "entries": [
   {"guid": "a", "sequence": 1, "applied": true,
    "writes": [{"bat": {"511": "partial@8M"}}]},
   {"guid": "b", "sequence": 2, "applied": true,
    "writes": [{"bat": {"40": "partial@10M"}}]},
   {"guid": "c", "sequence": 3, "applied": true, "writes": [{"bat": {
     "0": "present@11M", "40": "not-present", "41": "partial@10M",
     "511": "not-present"}}]}]}}
END
fix 0 --overwrite --fix bat-shift part.vhdx out.vhdx
[ "$(bat out.vhdx 40 2)" = 'a00007 0 ' ] || fail "40: $(bat out.vhdx 40 2)"
[ "$(bat out.vhdx 511 1)" = '800007 ' ] || fail "511: $(bat out.vhdx 511 1)"
