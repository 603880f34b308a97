#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is installed can be used: a program is compiled against it by vhdxlog.pc,
# with the shared library and with the archive, another by vhdxlog-match.pc, and
# they run. Uninstalling leaves
# nothing.
set -eu
cd "$VHDXLOG_SRC"
dest=$TMPDIR/root

# A make of its own, not a part of the one that runs this.
unset MAKEFLAGS MFLAGS MAKELEVEL
package()
{
	make --no-print-directory "$1" CC="$CC" SAN="$SAN" PUBLISH=no prefix="$prefix" \
		DESTDIR="$dest" >"$TMPDIR/log" 2>&1 || {
		cat "$TMPDIR/log"
		return 1
	}
}
prefix=/usr
package install

export PKG_CONFIG_PATH=$dest/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$dest
# Only our own package is below $dest, so its paths are given by hand.
flags()
{
	pkg-config "$@" vhdxlog
}

sanitize=
[ -z "$SAN" ] || sanitize=$SAN_FLAGS
# shellcheck disable=SC2046,SC2086 # lists of words
{
	$CC $sanitize -I"$dest/usr/include" -o "$TMPDIR/shared" \
		tests/checks/install.c -L"$dest/usr/lib" $(flags --cflags --libs)
	$CC $sanitize -I"$dest/usr/include" -o "$TMPDIR/static" \
		tests/checks/install.c -L"$dest/usr/lib" \
		$(flags --cflags --static --libs | sed 's/-lvhdxlog/-l:libvhdxlog.a/')
}

readelf -d "$TMPDIR/shared" | grep -q 'NEEDED.*\[libvhdxlog.so.0\]'
if readelf -d "$TMPDIR/static" | grep "NEEDED.*libvhdxlog"; then
	echo "the static program needs the shared library"
	exit 1
fi

# With rules: an archive alone, and what it needs.
cat >"$TMPDIR/match.c" <<'END'
#include <stdio.h>
#include <vhdxlog-match.h>

int main(void)
{
	struct vhdxlog_rules_options options = { .file_count = 0 };
	struct vhdxlog_rules *rules;
	struct vhdxlog_error err;

	if (vhdxlog_rules_open(&options, &rules, &err) != 0)
		return 1;
	printf("%zu\n", vhdxlog_rules_count(rules));
	vhdxlog_rules_close(rules);
	return 0;
}
END
# shellcheck disable=SC2046,SC2086 # lists of words
$CC $sanitize -I"$dest/usr/include" -o "$TMPDIR/match" "$TMPDIR/match.c" \
	-L"$dest/usr/lib" $(PKG_CONFIG_SYSROOT_DIR='' pkg-config --cflags --libs \
	vhdxlog-match | sed 's|-L/usr/lib ||')
[ "$("$TMPDIR/match")" = 0 ] || {
	echo "a program with rules does not run"
	exit 1
}

version=$(flags --modversion)
for program in shared static; do
	said=$(LD_LIBRARY_PATH=$dest/usr/lib "$TMPDIR/$program")
	[ "$said" = "$version" ] || {
		echo "the $program program says $said, vhdxlog.pc $version"
		exit 1
	}
done
"$dest/usr/bin/vhdxlog" --version | grep -qwF "$version"
for file in man/man1/vhdxlog.1 man/man1/vhdxlog-replay.1 man/man3/libvhdxlog.3 \
	man/man5/vhdxlog-report.5 man/man7/vhdxlog-checks.7 \
	bash-completion/completions/vhdxlog zsh/site-functions/_vhdxlog \
	fish/vendor_completions.d/vhdxlog.fish \
	vhdxlog/schemas/vhdxlog.scan-1.schema.json vhdxlog/sql/vhdxlog.sql \
	vhdxlog/rules/filesystems.yar; do
	[ -s "$dest/usr/share/$file" ] || {
		echo "not installed: $file"
		exit 1
	}
done
(cd "$dest/usr" && find . ! -type d | sort) >"$TMPDIR/usr"

uninstalled()
{
	package uninstall
	left=$(cd "$dest" && find . ! -type d -o -name '*vhdxlog*')
	[ -z "$left" ] || {
		echo "uninstall left:"
		echo "$left"
		exit 1
	}
}
uninstalled

# The same files below any prefix.
prefix=/opt/tools
package install
(cd "$dest$prefix" && find . ! -type d | sort) | cmp - "$TMPDIR/usr"
uninstalled
