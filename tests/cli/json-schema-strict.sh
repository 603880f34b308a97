#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The schemas refuse what the interface does not allow, so that a report which
# validates says something: a key too many or too few at any level, a number for
# a string, a word that is not in a vocabulary.
. "$VHDXLOG_SRC/tests/cli/_spoil.sh"

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
