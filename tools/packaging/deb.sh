#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Make the Debian packages in FOLDER/deb/ from the tarball of dist.sh: deb.sh
# VERSION FOLDER BUILD-PACKAGE... What no other place knows is in debian/; the rest
# is put in here: what they are built with and need, of which GNUmakefile has the
# list, the version, the licence, and the time of the sources, so that the same
# ones give the same packages. Run from the top.
set -eu
version=$1
folder=$2
shift 2
debian=$PWD/tools/packaging/debian
out=$folder/deb
tree=$out/vhdxlog-$version
rm -rf "$out"
mkdir -p "$out"
tar -x -C "$out" -f "$folder/vhdxlog-$version.tar.gz"
cp -r "$debian" "$tree/debian"
{ read -r id; read -r time; } <"$tree/.dist-info"

# list WORD...: as control files have it.
list()
{
	local IFS=,
	echo "$*" | sed 's/,/, /g'
}

# What every Debian package is built with is not to be named.
build=()
for package; do
	case $package in
	gcc | make | libc6-dev) ;;
	*) build+=("$package") ;;
	esac
done

# What a program needs that links an archive, by the names of pkg-config.
archive=()
for library in $(sed -n "s/^Requires[.a-z]*: //p" lib/*.pc.in); do
	owner=$(dpkg-query -S "*/pkgconfig/$library.pc")
	case " ${archive[*]} " in
	*" ${owner%%:*} "*) ;;
	*) archive+=("${owner%%:*}") ;;
	esac
done
sed -i -e "s/@build@/$(list "${build[@]}")/; s/@archive@/$(list "${archive[@]}")/" \
	"$tree/debian/control"

# Machine-readable, with the text that LICENSE has below its first lines.
{
	cat <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: vhdxlog

Files: *
$(sed -n 's/^Copyright (c)/Copyright:/p' LICENSE)
License: Expat
END
	sed '1,/^Copyright/d' LICENSE | sed '1{/^$/d}; s/^$/./; s/^/ /'
} >"$tree/debian/copyright"

# Before the revision 1 that a distribution would make.
cat >"$tree/debian/changelog" <<END
vhdxlog ($version-1~upstream1) unstable; urgency=medium

  * Built from $id.

 -- $(sed -n 's/^Maintainer: //p' "$tree/debian/control")  $(LC_ALL=C date -u -R -d "@$time")
END

# A build of its own: nothing of the make that asks for it, which may be one with
# sanitizers, comes into the packages.
cd "$tree"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u CC -u SAN -u CI -u WERROR -u V -u T \
	-u CPPFLAGS -u CFLAGS -u LDFLAGS -u DESTDIR -u prefix \
	DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-parallel=$(nproc)}" \
	dpkg-buildpackage -us -uc -b >../build.log 2>&1 || {
	tail -n 30 ../build.log
	exit 1
}
cd ..
ls vhdxlog_* libvhdxlog* | sed "s|^|$out/|" | grep '[.]deb$'
