#!/bin/bash
# SPDX-License-Identifier: MIT
#
# For developers: do the README's two commands work on a Debian 12 that has
# nothing but git, make and a C compiler? With --deb: does what `make deb` makes
# here work on one that has not even these?
#
#	tests/clean-root.sh [--deb] [--worktree] [--keep] [COMMAND...]
#
# As root: makes a minimal system in a temporary folder from this machine's own
# package mirror, clones the committed tree into it (--worktree: the files as they
# are now), and runs `make check` and `make demo` there, or COMMAND; with --deb,
# tests/installed.sh. --keep leaves the folder for a look.
set -eu
cd "$(dirname "$0")/.."

worktree='' keep='' deb=''
while :; do
	case ${1-} in
	--worktree) worktree=yes ;;
	--keep) keep=yes ;;
	--deb) deb=yes ;;
	*) break ;;
	esac
	shift
done
include=git,make,gcc,libc6-dev
if [ -n "$deb" ]; then
	include=ca-certificates
	make all deb
	[ $# -gt 0 ] || set -- 'tests/installed.sh /packages'
fi
[ $# -gt 0 ] || set -- 'make check && make demo'

suite=bookworm
[ "$(id -u)" = 0 ] || {
	echo "clean-root: must be root" >&2
	exit 2
}
command -v debootstrap >/dev/null || {
	echo "clean-root: debootstrap is not installed" >&2
	exit 2
}

# Where apt gets this machine's Debian from, whatever form its sources have.
# shellcheck disable=SC2016 # for apt to expand
sources=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
	--format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CODENAME)' |
	awk '$3 == "main" && $4 ~ /^bookworm/ { print $1, $4 }' | sort -u)
mirror=$(echo "$sources" | awk -v suite=$suite '$2 == suite { print $1; exit }')
[ -n "$mirror" ] || {
	echo "clean-root: this machine's apt has no $suite" >&2
	exit 2
}

root=$(mktemp -d "${TMPDIR:-/tmp}/vhdxlog-root.XXXXXX")
cleanup()
{
	for mount in dev/shm dev proc sys; do
		! mountpoint -q "$root/$mount" || umount "$root/$mount"
	done
	if [ -n "$keep" ]; then
		echo "clean-root: left in $root"
	else
		rm -rf --one-file-system "$root"
	fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

debootstrap --variant=minbase --include="$include" \
	$suite "$root" "$mirror" >"$root.log" 2>&1 || {
	tail "$root.log"
	exit 1
}
rm -f "$root.log"
echo "$sources" | sed 's/^/deb /; s/$/ main/' >"$root/etc/apt/sources.list"
# How apt reaches the mirror from here: a proxy, certificates.
apt-config dump Acquire | grep -i proxy >"$root/etc/apt/apt.conf.d/90here" || :
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"

if [ -n "$worktree" ]; then
	mkdir "$root/vhdxlog"
	# shellcheck disable=SC2016
	git ls-files -z --cached --others --exclude-standard |
		xargs -0 -r sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
		tar -c --null -T - | tar -x -C "$root/vhdxlog"
else
	git clone -q --no-local . "$root/vhdxlog"
fi

if [ -n "$deb" ]; then
	mkdir "$root/packages"
	cp build/deb/*.deb "$root/packages"
	build/vhdxlog-corpus corpus/recipes/demo.json "$root/packages/demo.vhdx"
fi

for command; do
	echo "+ $command"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
		${http_proxy:+http_proxy="$http_proxy"} \
		chroot "$root" sh -c "cd /vhdxlog && $command" </dev/null
done
