#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A range of zeroes counts for everything that it lies on, not only for what is
# where it begins.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# expect REGIONS RECIPE: what the scan says is written, by region.
expect()
{
	local got
	echo "$2" >recipe.json
	"$VHDXLOG_CORPUS" recipe.json image.vhdx || exit 1
	got=$(scan -f json image.vhdx | jq -c '.sequences[0].effect.regions')
	[ "$got" = "$1" ] || fail "expected $1, got $got"
}

# The BAT region lies at 2 MiB, the metadata at 3 MiB.
expect '{"bat":256,"metadata":256}' '{"about": "both",
	"image": {"virtual_size": "1G", "file_size": "6M"},
	"log": {"entries": [{"writes": [{"zero": "2M", "length": "2M"}]}]}}'
expect '{"metadata":128,"unowned":128}' '{"about": "half of it beside",
	"image": {"virtual_size": "1G", "file_size": "6M"},
	"log": {"entries": [{"writes": [{"zero": "3M+512K", "length": "1M"}]}]}}'
expect '{"bat":128,"unowned":128}' '{"about": "begins beside",
	"image": {"virtual_size": "1G", "file_size": "8M",
		"bat": {"offset": "5M"}},
	"log": {"entries": [{"writes": [{"zero": "4M+512K", "length": "1M"}]}]}}'
expect '{"payload":3}' '{"about": "of a block, the part that is in it",
	"image": {"virtual_size": "1G", "block_size": "1M", "file_size": "6M",
		"blocks": {"0": "present"}},
	"log": {"entries": [{"writes": [{"zero": "4M+8K", "length": "12K"}]}]}}'
