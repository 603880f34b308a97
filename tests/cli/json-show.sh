#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `show -f json` validates for every kind of thing, and its bytes are those of the
# file: the fields of a header one after the other are the header.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# bytes FILE OFFSET LENGTH: in hex
bytes()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

show()
{
	"$VHDXLOG" show -f json "$1" "$2" >"shown/$1.$2.json" ||
		fail "$1: cannot show $2"
}

show_some()
{
	local image=$1 id log
	scan -f json "$image" >scan.json
	log=$(jq -r .log.offset scan.json)
	for id in header header1 header2 log bat:0 policy:qemu policy:7-zip $(jq -r '.entries[:3][].id,
		.entries[-2:][].id, .sequences[:3][].id, .orphans[:3][].id' \
		scan.json); do
		show "$image" "$id"
		case $id in
		E*)
			[ "$(jq -r '[.entry.fields[].hex] | add' "shown/$image.$id.json")" = \
				"$(bytes "$image" $((log + 4096 * ${id#E})) 64)" ] ||
				fail "$image: other bytes in $id"
			;;
		policy:*)
			[ "$(jq -c '.policy | del(.findings)' "shown/$image.$id.json")" = \
				"$(jq -c --arg id "${id#policy:}" \
					'.selection[] | select(.policy == $id)' scan.json)" ] ||
				fail "$image: another row for $id"
			[ "$(jq -c '.policy.findings' "shown/$image.$id.json")" = \
				"$(jq -c --arg id "$id" '[.findings[] |
					select(.where | index($id)) | .id]' scan.json)" ] ||
				fail "$image: other findings for $id"
			;;
		D*)
			[ "$(jq -r .orphan.bytes "shown/$image.$id.json")" = \
				"$(bytes "$image" $((log + 4096 * ${id#D})) 4096)" ] ||
				fail "$image: other bytes in $id"
			;;
		esac
	done
	[ "$(jq -r '[.header.copies[1].fields[].hex] | add' \
		"shown/$image.header.json")" = "$(bytes "$image" 131072 4096)" ] ||
		fail "$image: other bytes in the second header"
}

mkdir shown
make_image demo.vhdx
show_some demo.vhdx
if [ -n "$VHDXLOG_IMAGES" ] && [ "$VHDXLOG_CHECKER" != valgrind ]; then
	image=
	while real_image image; do
		show_some "$image"
	done
fi
valid show-1 shown/*

"$VHDXLOG" show -f json demo.vhdx E1048575 >nothing 2>/dev/null
[ $? -eq 3 ] || fail "an entry that is not there: another exit status"
[ ! -s nothing ] || fail "an entry that is not there was shown"
