#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The Debian packages are what lintian wants, and hold programs, manual and library
# that work from where they are unpacked.
. "$VHDXLOG_SRC/tests/cli/_package.sh"

make_in "$VHDXLOG_SRC" deb OUT="$PWD/first"

lintian --allow-root --fail-on error,warning first/deb/*.changes >said 2>&1 ||
	fail "lintian: $(cat said)"

for deb in first/deb/*_"$version"-*.deb; do
	case $deb in
	*-dbgsym_*) ;;
	*) dpkg-deb -x "$deb" root ;;
	esac
done
libdir=$PWD/root/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)
export LD_LIBRARY_PATH=$libdir

# The programs: of the release that it says, and they say what those built here do.
image demo demo.vhdx
run 1 scan demo.vhdx
mv out expected
for program in vhdxlog vhdxlog-replay; do
	[ "$("root/usr/bin/$program" --version)" = "$program $version" ] ||
		fail "$program: another version"
done
root/usr/bin/vhdxlog scan demo.vhdx >out
cmp out expected || fail "the packaged program says something else"
root/usr/bin/vhdxlog-replay -q --sequence S1-3 demo.vhdx copy.vhdx ||
	fail "the packaged vhdxlog-replay"
for program in root/usr/bin/*; do
	readelf -d "$program" | grep -q 'FLAGS.*NOW' || fail "$program: no BIND_NOW"
	readelf -h "$program" | grep -q 'Type: *DYN' || fail "$program: no PIE"
done

# The library: a stranger's program finds it by pkg-config.
export PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
# shellcheck disable=SC2046 # lists of words
$CC -o stranger "$VHDXLOG_SRC/tests/checks/install.c" \
	$(pkg-config --cflags --libs vhdxlog) || fail "it does not link"
[ "$(./stranger)" = "$version" ] || fail "the library says $(./stranger)"

# All that `make install` installs is in one of them, the same.
make_in "$VHDXLOG_SRC" install CC="$CC" SAN= PUBLISH=no prefix=/usr \
	libdir="${libdir#"$PWD/root"}" \
	zshdir=/usr/share/zsh/vendor-completions DESTDIR="$PWD/installed"
(cd installed && find . ! -type d | sort) >expected
(cd root && find . ! -type d ! -path './usr/share/doc/*' |
	sed '/\/man[0-9]\//s/[.]gz$//' | sort) >out
cmp expected out || fail "$(diff expected out)"
