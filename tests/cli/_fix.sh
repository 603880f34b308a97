# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: images that are damaged and mended with vhdxlog-replay --fix.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -x "$VHDXLOG_REPLAY" ] || {
	echo "no vhdxlog-replay was built"
	exit 77
}

# fix STATUS ARGUMENT...: vhdxlog-replay must end with that status
fix()
{
	local VHDXLOG=$VHDXLOG_REPLAY
	run "$@"
}

# wipe FILE FROM COUNT: so many KiB of it become zero, from that KiB on
wipe()
{
	dd if=/dev/zero of="$1" bs=1K seek="$2" count="$3" conv=notrunc \
		status=none || fail "dd: $1"
}

# state FILE: what a scan says of it
state()
{
	"$VHDXLOG" scan -f json "$1" | jq -r .verdict.state
}

# finds FILE CHECK: whether a scan finds it
finds()
{
	"$VHDXLOG" scan -f json "$1" |
		jq -e --arg id "$2" '[.findings[].id] | index($id) != null' \
			>/dev/null
}

# The part of two files behind the header section is the same.
same_behind()
{
	cmp -i 1048576 "$1" "$2" || fail "$1 differs from $2"
}

have_qemu()
{
	command -v qemu-io >/dev/null && command -v qemu-img >/dev/null
}

# qemu_reads FILE PATTERN OFFSET LENGTH
qemu_reads()
{
	qemu-io -f vhdx -r -c "read -P $2 $3 $4" "$1" >said 2>&1
	grep -q '^read' said && ! grep -q failed said ||
		fail "$1: $2 at $3: $(cat said)"
}

qemu_checks()
{
	qemu-img check -q -f vhdx "$1" >said 2>&1 || fail "$1: $(cat said)"
}
