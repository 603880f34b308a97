#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is known of images that Windows and QEMU wrote, field by field: the tables
# of chapter 18 of the format notes were made by other means than this program.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# image NAME: unpack and scan it; the report is in report.json
image()
{
	local packed=${VHDXLOG_IMAGES:-/nonexistent}/$1.vhdx.gz
	[ -e "$packed" ] || {
		echo 'no images of other programs here'
		exit 77
	}
	rm -f ./*.vhdx
	gzip -dc "$packed" >"$1.vhdx" || exit 1
	scan -f json "$1.vhdx" >report.json
	name=$1
	[ "$name" = qemu-7.2.0-bat-shift ] || is "$shifted" ''
}

shifted='.findings[] | select(.id == "bat-shifted-page")'

# is FILTER VALUE: compares text
is()
{
	local got
	got=$(jq -r "$1" report.json) || fail "$name: $1"
	[ "$got" = "$2" ] || fail "$name: $1 is
$got
and should be
$2"
}

# tally VALID STALE INVALID ORPHANS
tally()
{
	is '[.entries[].verdict] | [(map(select(. == "valid")) | length),
		(map(select(. == "stale")) | length),
		(map(select(. == "invalid")) | length)] | join(" ")' "$1 $2 $3"
	is '.orphans | length' "$4"
}

active='[.sequences[] | select(.active) | .id] | join(" ")'

# ------------------------------------------- Hyper-V, cut off while in use

image vhdx-log-replay
is .verdict.state dirty
is .image.creator 'Microsoft Windows 10.0.15063.0'
is .log.guid e6fc743c-81ed-4fe8-bf54-698ed57ba0b8
is '[.entries[].id] | join(" ")' 'E0 E1 E3 E5 E7'
is "$active" S5-7
is '[.entries[] | select(.active) | .id] | join(" ")' 'E5 E7'
is '.entries[-1].tail' $((5 * 4096))
is '.selection[0] | [.policy, .outcome, .sequence] | join(" ")' \
	'ms-vhdx replay S5-7'
# More entries, the same bytes in the end; one that will not have it.
is '.selection[] | select(.policy == "qemu") | [.outcome, .sequence] | join(" ")' \
	'replay S0-7'
is '.selection[] | select(.policy == "urbackup") | .outcome' refuse
is '[.selection[] | select(.outcome == "replay") | .result] | unique | length' 1
tally 5 0 0 9
is '[.orphans[].id] | join(" ")' 'D9 D10 D11 D12 D13 D14 D15 D16 D17'

# ------------------------------- QEMU, a GUID for each entry: section 18.1

image iotest-dirtylog-10G-4M
is .verdict.state dirty
is .source.size $((0x1E00000))
is .image.creator 'QEMU v1.6.50'
tally 1 6 0 0
is "$active" S12-12
is '.image.current_header' 2
is '[.image.headers[].sequence_number] | join(" ")' '932638740 932638741'
is '[.image.headers[].checksum.stored] | join(" ")' '0x7f6b60e1 0x13576c3c'
is '[.image.headers[].checksum | .stored == .computed] | unique | @json' '[true]'
is '[.image.headers[].file_write_guid] | unique | join(" ")' \
	213b1a04-4193-f445-8f75-f2c95cb0ef69
is '[.image.headers[].data_write_guid] | join(" ")' \
	'7a019128-8d98-be44-a683-f725d15ebdef 5ab1b2ee-2f64-2e40-8a9b-0f0bcfdcd544'
is '[.image.headers[].log_guid] | unique | join(" ")' \
	c82755bc-427f-1245-b72c-da70aaabe031
is '[.log.offset, .log.length] | join(" ")' '1048576 1048576'
is '[.image.region_tables[0].regions[] | .name, .offset, .required] | join(" ")' \
	"bat $((0x200000)) false metadata $((0x300000)) false"
is '.image.metadata | [.block_size, .virtual_disk_size, .logical_sector_size,
	.physical_sector_size] | join(" ")' "$((0x100000)) $((0x280000000)) 512 512"
is '.image.bat.entries' 10242

# sector, checksum, number, LogGuid, Flushed = Last
cat >entries <<'END'
0 0x30bef4c1 1 a1c1345f-aad0-dc4f-8744-964eb056c80e 0x1800000
2 0x77e57bc2 2 b0e616e0-aeee-5a46-b135-7fe72260ff6d 0x1900000
4 0x03e82009 3 b1f8ac11-c7e5-c042-a318-299873640de9 0x1A00000
6 0x3b1369d1 4 43c6402c-f997-d148-b50c-0349fb737050 0x1B00000
8 0xeef2b35f 5 068fb8e3-d8cc-e542-927f-e57cdff6337f 0x1D00000
10 0x1f52b505 6 fd331c75-4018-1a47-a399-a78e33295259 0x1D00000
12 0xde751b77 7 c82755bc-427f-1245-b72c-da70aaabe031 0x1E00000
END
while read -r sector crc number guid size; do
	is ".entries[] | select(.id == \"E$sector\")
		| [.offset, .sectors, .tail, .entry_length, .checksum.stored,
		.checksum.computed, .sequence_number, .log_guid,
		.descriptor_count, .flushed_file_offset, .last_file_offset,
		(.descriptors[] | .kind, .file_offset, .data_sector, .region)]
		| join(\" \")" \
		"$((0x100000 + 4096 * sector)) 2 $((4096 * sector)) 8192 $crc $crc $number $guid 1 $((size)) $((size)) data $((0x200000)) $((sector + 1)) bat"
done <entries

# Replaying makes a block of BAT entry 17; QEMU's heap is in the slack.
is '[.entries[].descriptors[0].applied] | join(" ")' \
	'overwritten overwritten overwritten overwritten overwritten yes no'
is '.entries[0].checks[] | select(.id == "entry-slack-nonzero") | .status' fail
"$VHDXLOG" show -f json $name.vhdx bat:17 >bat.json || fail 'bat:17'
jq -e '.. | objects | select(.raw? == "0x0000000001d00006"
	or .raw? == "30408710" or .file_offset? == "30408704")' bat.json \
	>/dev/null || fail "bat:17: $(cat bat.json)"

# ------------------------------------------------- Windows: section 18.3

image iotest-dynamic-1G
is .verdict.state clean
is .source.size $((0x6400000))
is .image.creator 'Microsoft Windows 6.2.9200.16384'
is '[.image.headers[].sequence_number] | join(" ")' '14 15'
is '[.image.headers[].log_guid] | unique | join(" ")' \
	00000000-0000-0000-0000-000000000000
is '.image.headers[1].file_write_guid' 8e90ea6d-b636-1c49-b7d4-35109e600c0c
is '[.image.region_tables[0].regions[] | .name, .offset, .required] | join(" ")' \
	"bat $((0x300000)) true metadata $((0x200000)) true"
is '.image.region_tables[0].checksum.stored' 0xc66b8cae
is '.image.metadata | [.block_size, .virtual_disk_size, .logical_sector_size,
	.physical_sector_size] | join(" ")' "$((32 << 20)) $((1 << 30)) 512 4096"
is '.image.bat | [.entries, .present, .zero] | join(" ")' '32 3 29'
tally 0 2 0 15
is '.entries[0] | [.id, .sectors, .descriptor_count, .sequence_number,
	.checksum.stored, .tail, .log_guid, .flushed_file_offset,
	.last_file_offset] | join(" ")' \
	"E0 1 0 4371089312299158167 0xfd05c15e 0 c2895593-ee88-4451-a681-5f41983af0b6 $((0x400000)) $((0x400000))"
is '.entries[1] | [.id, .sectors, .descriptor_count, .sequence_number,
	.checksum.stored, .tail, .log_guid, .flushed_file_offset,
	.last_file_offset, .descriptors[0].file_offset,
	.descriptors[0].applied] | join(" ")' \
	"E1 2 1 4371089312299158168 0xa9c6ab1d 4096 c2895593-ee88-4451-a681-5f41983af0b6 0 $((0x6400000)) $((0x300000)) yes"
is '[.orphans[].sequence_number] | unique | join(" ")' 7437309033886415985
is '[.orphans[0].id, .orphans[-1].id] | join(" ")' 'D3 D17'
is '.log.map[-1] | [.first, .count, .kind] | join(" ")' '18 238 zero'

# ------------------------------------------------------------- the others

image xfs5
is .verdict.state clean
is '[.entries[].descriptors[].applied] | unique | join(" ")' 'overwritten yes'
tally 0 13 0 "$(jq '.orphans | length' report.json)"
is '[.entries[].log_guid] | unique | length' 2

image qemu-7.2.0-bat-shift
is .verdict.state clean
tally 0 5 0 0
"$VHDXLOG" scan -q $name.vhdx >line
[ $? -eq 1 ] || fail "$name does not need a decision: $(cat line)"
is "$shifted | .class" error
is "$shifted | .where | join(\" \")" 'bat:33 bat:41 bat:64'
is "$shifted | .message" \
	'blocks are in the BAT entry behind their own: blocks 32, 40, 63 are in slots 33, 41, 64; E6 shifted the page'
exit 0
