#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A file system that is mounted from what is being read is evidence too: nothing
# is written into it, whether its device or the file behind that is read, nor
# into one whose device is a file in it.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

if ! unshare --mount true 2>/dev/null || ! losetup -f >/dev/null 2>&1; then
	echo 'mounting is not allowed here'
	exit 77
fi
for tool in mkfs.ext4 losetup; do
	command -v $tool >/dev/null || {
		echo "no $tool"
		exit 77
	}
done

# In a mount namespace of its own, so that nothing is left mounted.
if [ -z "${INSIDE:-}" ]; then
	INSIDE=1 unshare --mount bash "$0"
	exit
fi

devices=()
parted=
detach()
{
	local device
	umount -q "$PWD"/upper "$PWD"/lower "$PWD"/*/mounted 2>/dev/null
	[ -z "$parted" ] || delpart "$parted" 1
	for device in "${devices[@]}"; do
		losetup -d "$device"
	done
}
trap detach EXIT

# attach VARIABLE FILE [OPTION]
attach()
{
	local made
	made=$(losetup -f --show ${3+"$3"} "$2" 2>/dev/null) || {
		echo 'no loop devices here'
		exit 77
	}
	devices=("$made" "${devices[@]}")
	printf -v "$1" %s "$made"
}

# mounted DEVICE FOLDER
mounted()
{
	mkdir -p "$2"
	mount "$1" "$2" 2>/dev/null || {
		echo 'file systems of loop devices cannot be mounted here'
		exit 77
	}
}

# refused OUTPUT IMAGE: and what is there stays as it was
refused()
{
	local before folder
	folder=$(dirname "$(realpath -m "$1")")
	before=$(ls -lA "$folder")
	run 2 scan -o "$1" "$2"
	empty out
	has err 'on the evidence; nothing is written to it'
	[ "$(ls -lA "$folder")" = "$before" ] || fail "$1: it was written"
}

# What is examined need not be an image: it is refused before it is looked at.
for kind in ext4 xfs; do
	command -v mkfs.$kind >/dev/null || continue
	mkdir $kind
	truncate -s 320M $kind/image
	mkfs.$kind -q $kind/image || fail "cannot make $kind"
	attach loop $kind/image
	mounted "$loop" $kind/mounted
	mkdir $kind/mounted/folder
	echo old >$kind/mounted/old
	for image in "$loop" $kind/image; do
		for name in new old folder/new; do
			refused "$kind/mounted/$name" "$image"
		done
		ln -sf "$kind/mounted/new" link
		refused link "$image"
		# Beside it is the place for reports.
		run 3 scan -o $kind/report "$image"
	done
	[ "$(cat $kind/mounted/old)" = old ] || fail "$kind: the old file is gone"
	[ -L link ] || fail "the link is gone"
done

# A file of it that is read is one file of many there.
image demo ext4/mounted/demo.vhdx
run 1 scan -o ext4/mounted/report ext4/mounted/demo.vhdx
has ext4/mounted/report DIRTY

# Of what lies on what lies on it.
truncate -s 64M ext4/mounted/inner
mkfs.ext4 -q ext4/mounted/inner || fail 'cannot make the inner one'
attach inner ext4/mounted/inner
mounted "$inner" upper
for image in ext4/image ext4/mounted/inner "$inner"; do
	refused upper/report $image
done
[ ! -d xfs/mounted ] || run 3 scan -o xfs/mounted/report ext4/image

# The whole disk is read, and a partition of it is mounted. It has no table:
# not every kernel reads those of loop devices.
truncate -s 80M disk
mkfs.ext4 -q -E offset=1048576 disk 64M >/dev/null 2>&1 || fail 'no offset'
attach disk disk
part=/sys/class/block/${disk#/dev/}p1
if addpart "$disk" 1 2048 131072 && [ -e "$part/dev" ]; then
	parted=$disk
	IFS=: read -r major minor <"$part/dev"
	mknod partition b "$major" "$minor"
	mounted ./partition lower
	for image in "$disk" disk partition; do
		refused lower/report $image
	done
fi
exit 0
