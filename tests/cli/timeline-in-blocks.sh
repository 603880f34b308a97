#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Zeroes and pages inside one payload block are told of that block, and found by
# it; what lies in several, or in none, is told of none, and is found by each.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

cat >recipe.json <<'EOF'
{"about": "zeroes over a block, a page in it, zeroes over two",
 "image": {"virtual_size": "4G", "block_size": "32M", "file_size": "120M",
           "blocks": {"0": "present@4M", "7": "present@36M"}},
 "log": {"entries": [
  {"writes": [{"zero": "36M", "length": "32M"}]},
  {"writes": [{"page": "37M", "bytes": "ff"}, {"zero": "35M", "length": "2M"},
              {"zero": "68M", "length": "1M"}]}
 ]}}
EOF
"$VHDXLOG_CORPUS" recipe.json blocks.vhdx

# told WANTED OPTION...
told()
{
	run 0 timeline -f json "${@:2}" blocks.vhdx
	[ "$(jq -c '[.events[] | select(.event != "log-started") |
		[.target.file_offset, .block, .virtual_offset, .virtual_length]] |
		sort' out)" = "$1" ] || fail "${*:2}: $(jq -c .events out)"
}

both='["36700160",null,null,null]'
whole='["37748736",7,"234881024","33554432"]'
page='["38797312",7,"235929600",'
run 0 timeline -f json blocks.vhdx
page+=$(jq '.events[] | select(.target.file_offset == "38797312") | .target.length' out)']'
told "[$both,$whole,$page,[\"71303168\",null,null,null]]"
told "[$both,$whole,$page]" --block 7
told "[$both]" --block 0
told '[]' --block 1
