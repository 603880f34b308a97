#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The rules that come with the program: what they find is there, and of what writers
# of logs leave behind they find nothing that is not.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

rules=()
for file in "$VHDXLOG_SRC"/corpus/rules/*.yar; do
	rules+=(--yara "$file")
done
found()
{
	scan -f json "${rules[@]}" "$@" 2>messages >found.json
	[ ! -s messages ] || fail "the rules: $(cat messages)"
	jq -r '[.yara[] | .rule + ":" + .scope] | unique | join(" ")' found.json
}
expect()
{
	[ "$1" = "$2" ] || fail "$3: found $1, want $2"
}

# GUIDs where a replay leaves region tables and metadata, nothing in the BAT.
make_image demo.vhdx
expect "$(found --yara-scope all demo.vhdx)" \
	"vhdx_metadata_guids:replayed vhdx_region_guids:replayed" demo
expect "$(found demo.vhdx)" "" "demo, by default"

# An entry with pages of other things, in slack and in pages.
python3 - >recipe.json <<'END'
import json
def page(pieces):
    text = bytearray(4096)
    for at, b in pieces.items():
        text[at:at + len(b)] = b
    return "".join(chr(b) for b in text)
print(json.dumps({"about": "Other things.", "log": {"guid": "current", "entries": [
    {"sequence": 1, "writes": [
        {"page": "2M+8K", "text": page({3: b"NTFS    ", 1024: b"XFSB\0\0\x10\0"})},
        {"page": "2M+16K", "text": page({64: b"_BHRfS_M", 82: b"FAT32   ",
            515: b"EXFAT   ", 1024: b"EFI PART\0\0\1\0\\\0\0\0"})}]}]},
    "damage": [{"fill": "E0+200", "length": 64, "byte": "0x33"}]}))
END
"$VHDXLOG_CORPUS" recipe.json other.vhdx || fail "cannot make other things"
expect "$(found other.vhdx)" "btrfs_superblock:pages exfat_boot:pages fat_boot:pages gpt_header:pages ntfs_boot:pages xfs_superblock:pages" \
	"other things"

# File systems that are there, made by their own programs, in blocks of a disk that
# an older BAT alone locates.
if command -v mkfs.xfs >/dev/null; then
	truncate -s 320M fs
	mkfs.xfs -q -f fs || fail "mkfs.xfs"
	yara -w -d scope=pages "$VHDXLOG_SRC/corpus/rules/filesystems.yar" fs |
		grep -q '^xfs_superblock ' || fail "xfs is not found"
	rm -f fs
fi

# Images of other programs have no leaks that are none.
if [ -n "$VHDXLOG_IMAGES" ]; then
	while real_image image; do
		found "$image" >/dev/null
		jq -e '[.yara[] | select(.scope == "pages" and .rule != "vhdx_parent_paths"
			and .rule != "vhdx_metadata_guids"
			and .rule != "vhdx_region_guids")] == []' found.json \
			>/dev/null || fail "$image: $(jq -c '.yara[]' found.json | head -n 3)"
	done
fi
