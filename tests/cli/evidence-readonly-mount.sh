#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image on a file system that is mounted read-only is scanned as any other.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# In a mount namespace of its own, so that nothing is left mounted.
command -v unshare >/dev/null || {
	echo 'no unshare'
	exit 77
}
for way in '--mount' '--map-root-user --mount'; do
	# shellcheck disable=SC2086 # a list of options
	unshare $way mount -t tmpfs tmpfs /mnt 2>/dev/null && break
	way=
done
[ -n "$way" ] || {
	echo 'mounting is not allowed here'
	exit 77
}

make_image demo.vhdx
scan -f json demo.vhdx >good.json
mkdir mnt
cat >inside <<'END'
mount -t tmpfs tmpfs mnt || exit 77
cp demo.vhdx mnt && mount -o remount,ro mnt || exit 77
touch mnt/new 2>/dev/null && echo 'mnt can be written' && exit 1
"$VHDXLOG" scan -f json mnt/demo.vhdx >mounted.json
[ $? -le 1 ] || { echo "the scan failed"; exit 1; }
"$VHDXLOG" show mnt/demo.vhdx E1 >/dev/null || { echo "show failed"; exit 1; }
exit 0
END
# shellcheck disable=SC2086
unshare $way bash inside || exit $?
cmp <(jq -c 'del(.source.path, .verdict.next)' good.json) \
	<(jq -c 'del(.source.path, .verdict.next)' mounted.json) ||
	fail 'another report'
