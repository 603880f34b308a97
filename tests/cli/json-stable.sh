#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The same image and options give the same bytes, whenever and from wherever the
# program is run, and keys keep the order of the documentation.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image demo.vhdx
for format in json jsonl; do
	scan -f $format demo.vhdx >first
	touch -d '2001-01-01' demo.vhdx
	TZ=Asia/Tokyo HOSTNAME=elsewhere USER=nobody LC_ALL=C.UTF-8 \
		"$VHDXLOG" scan -f $format demo.vhdx >second
	cmp first second || fail "$format differs from run to run"
done

scan -f json demo.vhdx >document.json
[ "$(jq -c keys_unsorted document.json)" = '["schema","tool","source","verdict","image","log","entries","sequences","selection","orphans","guesses","findings","yara","limitations","custody"]' ] ||
	fail "the document's keys are in another order"
[ "$(jq -c '.entries[0] | keys_unsorted' document.json)" = '["id","sector","offset","sectors","wraps","verdict","active","sequence_number","tail","entry_length","log_guid","descriptor_count","flushed_file_offset","last_file_offset","checksum","descriptors","checks","checks_passed","checks_not_applicable","sequence_as_head"]' ] ||
	fail "an entry's keys are in another order"
