# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing, before anything else: file systems of all kinds, each in a file
# of the current directory, for the time of one test. Needs root.
#
# The test goes on in a mount namespace of its own, where nothing that it mounts
# outlives it, however it ends; the devices behind go with the mounts.

if [ -z "${OWN_MOUNTS:-}" ]; then
	unshare --mount true 2>/dev/null || {
		echo 'mounting is not allowed here'
		exit 77
	}
	OWN_MOUNTS=1 exec unshare --mount bash "$0" "$@"
fi

mounts=()
unmount_all()
{
	local dir
	for dir in "${mounts[@]}"; do
		umount "$dir"
	done
	mounts=()
}
trap unmount_all EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

make_file_system()
{
	case $1 in
	xfs) mkfs.xfs -q -m reflink=1 "$2" ;;
	*) "mkfs.$1" -q "$2" ;;
	esac
}

# mount_new KIND SIZE DIR: an empty file system of that kind (xfs, btrfs, ext4,
# tmpfs) at DIR, which is made. Fails, and says so, where this machine has none.
mount_new()
{
	local kind=$1 size=$2 dir=$3
	mkdir -p "$dir" || exit 1
	if [ "$kind" = tmpfs ]; then
		mount -t tmpfs -o "size=$size" tmpfs "$dir" 2>mount.err
	else
		truncate -s "$size" "$dir.fs" &&
			make_file_system "$kind" "$dir.fs" >mount.err 2>&1 &&
			mount -t "$kind" -o loop "$dir.fs" "$dir" 2>>mount.err
	fi || {
		echo "no file system of the kind $kind here: $(tail -n 1 mount.err)"
		return 1
	}
	mounts=("$dir" "${mounts[@]}")
}

# mount_kinds SIZE KIND...: one of each that there is, in directories of these
# names, which are then in kinds=(). None at all: skip.
mount_kinds()
{
	local size=$1 kind
	shift
	kinds=()
	for kind; do
		! mount_new "$kind" "$size" "$kind" || kinds+=("$kind")
	done
	[ ${#kinds[@]} -gt 0 ] || exit 77
}

# How many bytes a file system has left, all that was written counted.
bytes_free()
{
	sync -f "$1" || exit 1
	echo $(($(stat -f -c '%a * %S' "$1")))
}
