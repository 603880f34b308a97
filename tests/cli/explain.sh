#!/bin/bash
# SPDX-License-Identifier: MIT
#
# explain knows every check and every state, and the messages that people search
# for; what it does not know is misuse, with the nearest name.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

run 0 explain
mapfile -t checks < <(sed -n \
	's/^VL_CHECK([0-9]*, [a-z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' \
	"$VHDXLOG_SRC/lib/check/checks.def")
[ ${#checks[@]} -gt 100 ] || fail "no catalogue"
for check in "${checks[@]}"; do
	grep -q "^  $check  *[FCEQMW]  *[^ ]" out || fail "not listed: $check"
done
run 0 explain "${checks[@]}"
[ "$(grep -c '^  what to do' out)" -eq ${#checks[@]} ] ||
	fail "not all are explained"

run 0 explain entry-tail-unaligned
has out 'entry-tail-unaligned' 'It fails where Tail is not a multiple of 4096.' \
	'E: the entry is invalid' '[MS-VHDX] 2.3.1.1' 'what to do'
run 0 explain entry-checksum-bad
has out 'judged after   entry-length-zero, entry-length-unaligned'

for state in not-vhdx unreadable unstable headers-lost truncated damaged \
	dirty-unreplayable dirty-ambiguous dirty-noop dirty clean; do
	run 0 explain $state
	has out "$state" 'State: ' 'what to do'
done

# In part, in a longer line, in any case of letters.
while IFS='|' read -r query text; do
	run 0 explain "$query"
	tr -s ' \n' ' ' <out >line
	has line "$text" 'what to do'
done <<'EOF'
0x80070570|ERROR_FILE_CORRUPT
0X80070570|ERROR_FILE_CORRUPT
the file or directory is CORRUPTED and unreadable.|ERROR_FILE_CORRUPT
Failed to attach disk (0x80070570)|ERROR_FILE_CORRUPT
0xC03A000E|ERROR_VHD_CHILD_PARENT_ID_MISMATCH
0xc03a000f|TIMESTAMP
0xC03A0014|ERROR_VIRTDISK_PROVIDER_NOT_FOUND
0xC03A001A|compressed, encrypted or sparse
Wsl/Service/CreateInstance/MountDisk/WSL_E_DISK_CORRUPTED|could not mount the file
qemu-img: Could not open 'a.vhdx': VHDX image file 'a.vhdx' opened read-only, but contains a log that needs to be replayed|writes to the image
needs to be replayed|writes to the image
Warning: non-empty LOG was not replayed|7-Zip
No valid VHDX header found|header-none-valid
Invalid VHDX file - no valid VHDX headers found|header-none-valid
qemu-img: VHDX BAT entry 5 start offset 12582912 points after end of file (7340032). Image has probably been truncated.|bat-block-beyond-eof
qemu-img: VHDX region 1048576-2097152 overlaps with region 0-3145728|bat-block-overlaps-region
qemu-img: Could not open 'a.vhdx': Invalid argument|region-one-invalid
qemu-img: Could not open 'a.avhdx': Operation not supported|differencing disks
Unable to replay VHDX log, suspected corrupt VHDX file|dirty-unreplayable
truncated VHDX file found while replaying log|truncated
VHDX is opened read only but has log entries|UrBackup
Attach-Disk failed: error "C03A000E" (1)|ERROR_VHD_CHILD_PARENT_ID_MISMATCH
code: 0xC03A001A.|compressed, encrypted or sparse
The distribution failed to start because its virtual disk is corrupted.|could not mount the file
Hyper-V-VMMS 15268|which layer is damaged
(Event ID 12140)|which layer is damaged
Mount-VHD : Access is denied.|rights that do not let Windows write
"Access denied"|rights that do not let Windows write
There is a mismatch in the identifiers of the parent virtual hard disk|locator-linkage-mismatch
EOF

# However it was copied.
run 0 explain 'Failed: «The  file or
	directory is corrupted -- and unreadable»!'
has out ERROR_FILE_CORRUPT
run 0 explain 'VHDX image, opened read-only (but contains a log that needs to be REPLAYED)'
has out 'image for reading only'
run 2 explain 'The file, or a directory, is corrupted'

for term in guess guesses assumed score; do
	run 0 explain $term
	has out "$term" 'it is no probability'
done

# A part of a check's name or sentence.
run 0 explain 'torn-head'
has out 'log-torn-head'
run 0 explain 'wrong length'
has out 'metadata-known-length-bad'

run 2 explain entry-tail-unalined
empty out
has err 'did you mean "entry-tail-unaligned"?'
run 2 explain entry-wraps no-such-thing-at-all
empty out
run 2 explain abc
run 2 explain ''
