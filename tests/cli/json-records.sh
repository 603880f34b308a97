#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The records of jsonl are the document of json taken apart: an image record,
# which is the document without its arrays, then the elements of the arrays in the
# document's order; every record begins with schema, type and path.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

compare()
{
	scan -f json "$1" >document.json
	scan -f jsonl "$1" >records.jsonl
	jq -e -s --slurpfile document document.json '
		. as $all
		| def of($type): [$all[] | select(.type == $type)
			| del(.schema, .type, .path)];
		$all[0] | del(.type, .path)
		| .image += {headers: of("header"), checks: of("image_check"),
			region_tables: of("region_table")}
		| if .image.metadata.parent_locator? then
			.image.metadata.parent_locator.entries =
				of("locator_entry") else . end
		| .log += {checks: of("log_check"), map: of("map")}
		| . += {entries: of("entry"), sequences: of("sequence"),
			selection: of("selection"), orphans: of("orphan"),
			guesses: of("guess"),
			findings: of("finding"), yara: of("yara"),
			limitations: [of("limitation")[].text]}
		| . == $document[0]' records.jsonl >/dev/null ||
		fail "$1: the records do not add up to the document"
	jq -e -s '["image", "header", "region_table", "locator_entry",
		"image_check", "log_check", "map", "entry", "sequence",
		"selection", "orphan", "guess", "finding", "yara",
		"limitation"] as $order
		| map(.type as $type | $order | index($type)) | . == sort' \
		records.jsonl >/dev/null || fail "$1: not in the document's order"
	! grep -v '^{"schema":"vhdxlog.scan/1","type":"[a-z_]*","path":"' \
		records.jsonl || fail "$1: a record begins otherwise"
	[ "$(jq -s 'map(select(.type == "image")) | length' records.jsonl)" = 1 ] ||
		fail "$1: not one image record"
}

for recipe in demo check/locator-linkage-mismatch check/header-none-valid; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe.json" made.vhdx ||
		fail "cannot make $recipe"
	compare made.vhdx
	rm -f made.vhdx
done
if [ -n "$VHDXLOG_IMAGES" ]; then
	image=
	while real_image image; do
		compare "$image"
	done
fi
