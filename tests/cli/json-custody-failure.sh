#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The record of the run is there also where an image cannot be examined, which is
# when it is wanted most.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image good.vhdx
mkdir folder.vhdx
version=$("$VHDXLOG" -V | cut -d' ' -f2)

# has_custody FILE JQ-CONDITION: of each image record
has_custody()
{
	jq -e --arg version "$version" --arg user "$(id -un)" \
		--arg host "$(uname -n)" "select(.type != \"entry\") |
		select(has(\"custody\")) | .custody |
		(.version == \$version and (.build | length > 0) and
		.user == \$user and .host == \$host and .start <= .end and
		(.start | test(\"^[0-9-]{10}T[0-9:]{8}Z\$\")) and $2)" \
		"$1" >/dev/null || fail "$1: $(cat "$1")"
}

for image in missing.vhdx folder.vhdx; do
	for format in json jsonl; do
		for quiet in '' -q; do
			"$VHDXLOG" scan $quiet -f $format --custody $image \
				>report 2>/dev/null
			[ $? -eq 3 ] || fail "$image: another exit status"
			has_custody report "(.before == null) and
				(.after == null) and (.arguments | map(.text) |
				index(\"--custody\") and .[-1] == \"$image\")"
			[ "$format$quiet" = json ] || valid scan-1.records report
			[ "$format$quiet" != json ] || valid scan-1 report
		done
		# Only where it was asked for.
		"$VHDXLOG" scan -f $format $image >report 2>/dev/null
		jq -e '.custody == null' report >/dev/null ||
			fail "custody without being asked"
	done
done

"$VHDXLOG" scan -f jsonl -q --custody missing.vhdx good.vhdx folder.vhdx \
	>report 2>/dev/null
[ "$(jq -s 'map(select(.custody.version)) | length' report)" -eq 3 ] ||
	fail "not of all: $(cat report)"
[ "$(jq -s '.[1].custody | .before == .after' report)" = true ] ||
	fail "the good image: $(cat report)"
