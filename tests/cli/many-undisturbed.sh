#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Images that cannot be examined have their record, and do not change what is said
# of the others: one that is unreadable, gone, cut, empty, hostile, a folder, a
# FIFO, a socket, a device. Nothing hangs.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

every_recipe good shape/
good=(good/*.vhdx)
[ ${#good[@]} -gt 5 ] || fail "too few images"
image reader/14-full-ring-newest-first hostile.vhdx
mkfifo fifo.vhdx
mkdir folder.vhdx
: >empty.vhdx
head -c 70000 "${good[0]}" >cut.vhdx
ln -s loop.vhdx loop.vhdx
python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("socket.vhdx")' || fail "no socket"
bad=(fifo.vhdx folder.vhdx empty.vhdx loop.vhdx missing.vhdx socket.vhdx
	/dev/null hostile.vhdx cut.vhdx)
# What may not be read may still be, by root.
cp "${good[0]}" secret.vhdx
chmod 0 secret.vhdx
[ "$(id -u)" -eq 0 ] || bad+=(secret.vhdx)

# One of the bad ones behind each of the good ones.
mixed=()
for ((i = 0; i < ${#good[@]}; i++)); do
	mixed+=("${good[i]}" "${bad[i % ${#bad[@]}]}")
done


side_by_side 1 alone scan -f jsonl "${good[@]}"
for jobs in 1 2 9; do
	side_by_side 3 mixed scan -j $jobs -f jsonl "${mixed[@]}"
	grep '"path":"good/' mixed >of_good
	cmp of_good alone || fail "-j $jobs: records of others are not the same"
	jq -r 'select(.type == "image") | .path' mixed >paths
	printf '%s\n' "${mixed[@]}" | cmp - paths ||
		fail "-j $jobs: an image has no record, or two"
	jq -e 'select(.type == "image" and (.path | test("^(fifo|folder|loop|missing|socket)"))) |
		.verdict.state == "unreadable" and (.verdict.summary | length > 10)' \
		mixed | grep -q false && fail "-j $jobs: $(grep fifo mixed)"
	has mixed.err 'fifo.vhdx: opening the image: not a regular file or block device' \
		'folder.vhdx: this is a folder; --recursive looks for images in it' \
		'missing.vhdx: opening the image: No such file or directory'
done

# The good row of each, and one for each that failed.
side_by_side 1 alone scan -f csv "${good[@]}"
side_by_side 3 mixed scan -j 3 -f csv "${mixed[@]}"
grep -E '^(path|good/)' mixed | cmp - alone || fail "csv: other rows"
