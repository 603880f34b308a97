#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Each cause of damage has a state or a finding of its own, with the numbers that
# a person needs, and the next step that fits it.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# Options that go with the image.
with=()

# says STATE TEXT...: the verdict of image.vhdx, in one line, has them all.
says()
{
	local state=$1
	shift
	"$VHDXLOG" scan -f json "${with[@]}" image.vhdx >report 2>err
	[ $? -le 1 ] || fail "not examined: $(cat err)"
	jq -r '.verdict | .state, .summary, .next // "nothing"' report >verdict
	[ "$(head -1 verdict)" = "$state" ] || fail "$state? $(cat verdict)"
	has verdict "$@"
}

# found ID CLASS TEXT [WHERE]: a finding with this in its message; in all of
# `where`, separated by blanks.
found()
{
	jq -e --arg id "$1" --arg class "$2" --arg text "$3" --arg where "$4" '
		first(.findings[] | select(.id == $id)) | .class == $class and
		(.message | contains($text)) and
		($where == "" or (.where | join(" ")) == $where)' report \
		>/dev/null ||
		fail "no $2 $1 with $3 at $4: $(jq -c .findings report)"
}

none()
{
	jq -e --arg id "$1" 'all(.findings[]; .id != $id)' report >/dev/null ||
		fail "$1: $(jq -c .findings report)"
}

zero()
{
	dd if=/dev/zero of=image.vhdx bs=4K seek="$1" count="$2" conv=notrunc \
		status=none
}

make()
{
	image "$1" image.vhdx
}

# ------------------------------------------------------- headers, tables

make shape/clean
zero 16 1
says clean 'header-signature-bad, header1' \
	'vhdxlog-replay --fix headers image.vhdx image-mended.vhdx'
found header-one-invalid warning 'header 1 is not'
found header-signature-bad error 'header 1 at 0x10000' header1
zero 32 1
says headers-lost 'neither copy of the header is usable' 'vhdxlog-replay --fix headers'
found header-none-valid error 'neither copy of the header is usable'
found header-signature-bad error 'header 1' header1

make shape/clean
zero 64 1
says clean 'region-signature-bad, region-table2' 'vhdxlog-replay --fix region-tables'
found region-one-invalid warning 'region table 2 is not'
none region-none-valid
zero 48 1
says damaged '(region-none-valid)' 'the place of BAT and metadata guessed' \
	'vhdxlog-replay --fix region-tables'
found region-none-valid error 'neither copy of the region table is usable'

# ------------------------------------------------------------- metadata

for item in 'file parameters' 'virtual disk size' 'virtual disk id' \
	'logical sector size' 'physical sector size'; do
	image - image.vhdx <<-END
		{"about": "Without one item.",
		 "image": {"without": ["${item// /-}"]}}
	END
	says damaged "(metadata-known-missing): missing: $item." \
		'vhdxlog explain metadata-known-missing'
	found metadata-known-missing error "missing: $item"
done
image - image.vhdx <<-END
	{"about": "Without three.", "image": {"without":
	 ["file-parameters", "virtual-disk-id", "physical-sector-size"]}}
END
says damaged 'missing: file parameters, virtual disk id, physical sector size.'

# ------------------------------------------------------------------- BAT

image - image.vhdx <<-END
	{"about": "Blocks at 4 to 9 MiB.", "image": {"block_size": "2M",
	 "blocks": {"0": "present", "5": "present", "7": "present"}}}
END
says clean
truncate -s 7M image.vhdx
says damaged '(bat-block-beyond-eof): the file is 3 MiB too short; 3 MiB lost, 1 block in whole, 1 in part: block 5 (2 MiB of the disk from 0xa00000 on), block 7 (2 MiB of the disk from 0xe00000 on); look for a longer copy' \
	'vhdxlog explain bat-block-beyond-eof'
found bat-block-beyond-eof error 'got bat:5 = ' 'bat:5 bat:7'
jq -e '.image.bat | .lost == 1 and .cut == 1 and .missing == "3145728" and
	.end == "10485760"' report >/dev/null || fail "$(jq -c .image.bat report)"
truncate -s $((10 * 1048576 - 1)) image.vhdx
says damaged 'the file is 1 byte too short; 1 byte lost, 1 block in part: block 7 '
found bat-block-beyond-eof error 'bat:7' 'bat:7'

# What is no identifier names nobody; what a person can read of a damaged one stays.
image demo image.vhdx
printf x | dd of=image.vhdx conv=notrunc status=none
run 1 scan image.vhdx
has out 'image     vhdxlog demo; file'
tr '\0' '\377' </dev/zero | head -c 512 | dd of=image.vhdx seek=8 bs=1 conv=notrunc status=none
run 1 scan image.vhdx
has out 'image     creator not legible; file'

# All of a run of blocks, and no more of them than can be read.
image - image.vhdx <<-END
	{"about": "A fixed disk.", "image": {"virtual_size": "40M", "fixed": true}}
END
truncate -s 9M image.vhdx
says damaged '35 blocks in whole: blocks 5 to 39 (35 MiB of the disk from 0x500000 on)'
found bat-block-beyond-eof error '35 MiB lost' \
	"$(printf 'bat:%d ' {5..39} | sed 's/ $//')"
run 1 scan image.vhdx
has out '(bat:5,' 'and 23 more)'

make check/bat-block-overlap
says damaged '(bat-block-overlap): bat:1 has the place of bat:0; block 1 '
found bat-block-overlap error 'has the place of bat:0' bat:1
make check/bat-block-overlaps-region
says damaged 'bat:0 over the area bat at 0x200000; block 0 '
found bat-block-overlaps-region error 'the area bat' bat:0
image - image.vhdx <<-END
	{"about": "Over log and metadata.", "image": {"blocks":
	 {"2": "present@1M", "3": "present@1M", "9": "present@3M"}}}
END
says damaged
found bat-block-overlaps-region error 'the area log at 0x100000' 'bat:2 bat:3 bat:9'
found bat-block-overlap error 'bat:3 has the place of bat:2' bat:3
make check/bat-payload-state-reserved
says damaged 'bat-payload-state-reserved): block 0 (1 MiB of the disk from 0x0 on)'
found bat-payload-state-reserved error 'block 0 (' bat:0

# ---------------------------------------------------------------- length

image - image.vhdx <<-END
	{"about": "The log knows of 8 MiB.", "image": {"block_size": "2M",
	 "blocks": {"0": "present", "1": "present"}},
	 "log": {"entries": [{"sequence": 5, "writes": [{"bat": {"3": "zero"}}],
	  "flushed": "8M", "last": "8M"}]}}
END
says dirty
truncate -s 5M image.vhdx
says truncated 'it is 3 MiB shorter than the 8 MiB that E0 says were safely on disk; 3 MiB lost, 1 block in whole, 1 in part: blocks 0 to 1 (4 MiB of the disk from 0x0 on)' '(bat-block-cut-off); look for a longer copy'
found log-file-truncated error 'missing: 3 MiB'
found bat-block-cut-off error '3 MiB lost' 'bat:0 bat:1'
none bat-block-beyond-eof
truncate -s 1200K image.vhdx
says truncated 'it is 6992 KiB shorter than the 8 MiB that E0 says'
found header-log-beyond-eof error 'missing: the last 848 KiB of the log'
truncate -s 400K image.vhdx
says damaged '(file-too-small): missing: 624 KiB'
make shape/clean
truncate -s 2560K image.vhdx
says damaged '(region-beyond-eof): missing: the last 512 KiB of the bat region, the last 1 MiB of the metadata region; look for a longer copy'

# ---------------------------------------------------------------- parent

make shape/clean
mv image.vhdx other.vhdx
head -c 3M /dev/urandom >noise
cp other.vhdx headless.vhdx
dd if=/dev/zero of=headless.vhdx bs=64K seek=1 count=2 conv=notrunc status=none
linkage()
{
	image - image.vhdx <<-END
		{"about": "A child.", "image": {"parent": {$1
		 "relative_path": "..\\\\the parent.vhdx",
		 "absolute_win32_path": "C:\\\\disks\\\\the parent.vhdx"}}}
	END
}

linkage '"parent_linkage": "guid:some-other",'
says clean nothing
found parent-not-given info \
	'it is called "..\the parent.vhdx" (relative_path), "C:\disks\the parent.vhdx" (absolute_win32_path)'
with=(--parent other.vhdx)
says damaged '(locator-linkage-mismatch): got ' ' by parent_linkage' \
	'vhdxlog explain locator-linkage-mismatch'
none parent-not-given
with=(--parent noise)
says clean '(parent-unusable)' 'vhdxlog explain parent-unusable'
found parent-unusable error 'got a file that is no VHDX'
none locator-linkage-mismatch
with=(--parent headless.vhdx)
says clean '(parent-unusable)'
found parent-unusable error 'got neither header usable'
linkage '"parent_linkage": "guid:some-other", "parent_linkage2": "guid:data-write",'
with=(--parent other.vhdx)
says clean
found parent-matches-second warning 'parent_linkage2 only'
linkage '"parent_linkage": "guid:data-write",'
says clean
none parent-not-given
none parent-matches-second
make shape/clean
says clean
found parent-not-needed warning 'HasParent 0'
with=()
says clean
none parent-not-needed

# A path inside the evidence is never opened, whatever lies there.
mkdir below
cp other.vhdx "the parent.vhdx"
linkage '"parent_linkage": "guid:some-other",'
mv image.vhdx below/
(
	cd below || exit 1
	says clean
	found parent-not-given info 'relative_path'
) || exit 1

# ---------------------------------------------------------- read errors

# unreadable FROM AREA: a sector of image.vhdx, by a shim that fails to read it
unreadable()
{
	LD_PRELOAD=$VHDXLOG_BUILD/io.so FAIL_READ_FROM=$1 \
		FAIL_READ_TO=$(($1 + 1)) "$VHDXLOG" scan -f json image.vhdx \
		>report 2>err
	found image-structure-unreadable error \
		"at 0x$(printf %x "$1"): the system could not read a structure"
	found image-structure-unreadable error "in the area $2"
}

if [ "$VHDXLOG_CHECKER" != valgrind ]; then
	image - image.vhdx <<-END
		{"about": "A block.", "image": {"blocks": {"0": "present"}}}
	END
	unreadable $((0x10000)) headers
	unreadable $((0x30000)) region-tables
	unreadable $((0x200000)) bat
	unreadable $((0x300000)) metadata
fi
