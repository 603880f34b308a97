#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The schemas refuse what the interface does not allow, so that a report which
# validates says something: a key too many or too few at any level, a number for
# a string, a word that is not in a vocabulary.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# A good report and the ways to spoil it; each has to be complained of.
changes=()
spoil()
{
	jq -c "$1" good >spoilt || exit 1
	! cmp -s good spoilt || fail "changes nothing: $1"
	cat spoilt >>bad.jsonl
	changes+=("$1")
}

# Each of these objects with a key more and with a key less.
spoil_keys()
{
	local object
	for object; do
		spoil "$object |= (. + {surplus: null})"
		spoil "$object |= del(.[keys_unsorted[-1]])"
	done
}

# refused SCHEMA
refused()
{
	local n
	"$VHDXLOG_SRC/tests/validate.py" --jsonl \
		"$VHDXLOG_SRC/reports/vhdxlog.$1.schema.json" bad.jsonl \
		2>complaints
	[ ${#changes[@]} -gt 0 ] || fail "nothing was spoilt"
	for ((n = 1; n <= ${#changes[@]}; n++)); do
		grep -q "^bad.jsonl:$n: " complaints ||
			fail "$1 allows: ${changes[n - 1]}"
	done
	changes=()
	rm -f bad.jsonl
}

make_image demo.vhdx
scan -f json --all-checks demo.vhdx | jq -c . >good
valid scan-1 good

spoil_keys . .tool .source .source.sha256 .verdict .image \
	'.image.headers[0]' '.image.headers[0].checksum' \
	'.image.region_tables[0]' '.image.region_tables[0].regions[0]' \
	.image.metadata .image.bat '.image.checks[0]' .log '.log.map[0]' \
	'.entries[0]' 'first(.entries[].descriptors[])' '.sequences[0]' \
	'first(.sequences[].effect | objects)'
spoil '.source.size |= tonumber'
spoil '.entries[0].sequence_number |= tonumber'
spoil '.entries[0].tail |= tostring'
spoil '.entries[0].log_guid |= ascii_upcase + "A"'
spoil '.verdict.state = "corrupt"'
spoil '.log.map[0].kind = "header"'
spoil '.image.checks = null'
# Not before the program knows readers to choose for.
if [ "$(jq '.selection | length' good)" -gt 0 ]; then
	spoil_keys '.selection[0]'
	spoil '.selection[0].outcome = null'
fi
refused scan-1

scan -f jsonl demo.vhdx >records.jsonl
valid scan-1.records records.jsonl
while read -r good; do
	echo "$good" >good
	spoil_keys .
	spoil '.schema = "vhdxlog.scan/2"'
	spoil '.type = "yara"'
done < <(jq -c -s 'group_by(.type) | map(first) | .[]' records.jsonl)
refused scan-1.records
