#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the kernel is asked to do with an image that is replayed: as for a scan,
# and to copy from it. Nothing is opened for writing but what is to become the
# output, the record or the patch, and that is new.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers and strace get in each other'\''s way'
	exit 77
}
strace -o /dev/null true 2>/dev/null || {
	echo 'no strace here'
	exit 77
}

# What may be done with a descriptor of it, or with its name.
allowed='openat\(|open\(|pread64\(|fstat\(|newfstatat\(|stat\(|statx\(|lseek\(
	close\(|execve\(|readlink\(|fstatfs\(|landlock_add_rule\(
	copy_file_range\([0-9]+<[^>]*/image\.vhdx>, [^<]*, [0-9]+<[^>]*/work/
	ioctl\([0-9]+<[^>]*/work/[^>]*>, FICLONE(RANGE)?,'
allowed=$(echo "$allowed" | tr '\n\t' '||' | tr -s '|')

# never PATTERN WHAT: no such line in calls
never()
{
	local found
	found=$(grep -E "$1" calls) && fail "$2: $found"
	return 0
}

# traced NEW ARGUMENT...: with so many new files
traced()
{
	local new=$1 found
	shift
	strace -f -y -o trace "$VHDXLOG_REPLAY" "$@" >out 2>err ||
		fail "status of: $*: $(cat err)"
	grep 'image\.vhdx' trace | grep -v -E ' write\([0-9]+<' |
		sed 's/^[0-9]* *//' >calls
	found=$(grep -v -E "^($allowed)" calls) && fail "$*: $found"
	never 'open(at)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)' "$*"
	grep -q -E 'open(at)?\(.*O_RDONLY.*O_CLOEXEC' calls ||
		fail "$*: not opened as it should be"

	# Standard output and error aside, which are files here.
	grep -E 'open(at)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)' trace >calls
	never 'O_TRUNC|O_APPEND' "$*"
	found=$(grep -v -E 'O_TMPFILE|O_EXCL' calls) && fail "$*: $found"
	[ "$(grep -c . calls)" -eq "$new" ] ||
		fail "$*: not $new new files: $(cat calls)"
	sed 's/^[0-9]* *//' trace >calls
	never '^(rename|link|symlink|truncate|chmod|chown|utime|flock|fcntl.*SETLK).*image\.vhdx' "$*"
	rm -f work/out.vhdx
}

mkdir evidence
mv work/image.vhdx evidence
image=evidence/image.vhdx
traced 1 $image work/out.vhdx
traced 1 --rearm $image work/out.vhdx
traced 2 --hash --custody -f json -o work/record $image work/out.vhdx
traced 1 --patch work/patch $image
traced 1 --apply work/patch $image work/out.vhdx
traced 0 --dry-run $image
traced 1 --dry-run $image work/out.vhdx # whether it could be made
echo old >work/out.vhdx
traced 1 --overwrite $image work/out.vhdx
exit 0
