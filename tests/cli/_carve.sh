# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what the tests of carve share.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# put IMAGE DUMP SECTOR [FROM [COUNT]]: in units of 512 bytes; holes stay holes
put()
{
	dd if="$1" of="$2" bs=512 conv=notrunc,sparse seek="$3" \
		skip="${4:-0}" ${5:+count="$5"} status=none ||
		fail "cannot put $1 into $2"
}

# A dump with two images, the log of one alone, and a piece whose beginning is gone.
make_dump()
{
	image demo demo.vhdx
	image shape/M-torn-in-the-middle torn.vhdx
	truncate -s 128M "$1"
	put demo.vhdx "$1" 2049
	put torn.vhdx "$1" 60001
	put demo.vhdx "$1" 120007 2048 2048
	put torn.vhdx "$1" 200003 256
}

# Where they begin, and the log alone.
# shellcheck disable=SC2034
{
	demo_at=$((2049 * 512)) torn_at=$((60001 * 512))
	log_at=$((120007 * 512)) piece_at=$(((200003 - 256) * 512))
}

# valid SCHEMA FILE...: as that of _json.sh
valid()
{
	local schema=$VHDXLOG_SRC/reports/vhdxlog.$1.schema.json lines=()
	shift
	case $schema in
	*.records.*) lines=(--jsonl) ;;
	esac
	"$VHDXLOG_SRC/tests/validate.py" "${lines[@]}" "$schema" "$@" || exit 1
}

# is FILE FILTER VALUE: of a JSON document, as text
is()
{
	local got
	got=$(jq -r "$2" "$1") || fail "$1: $2"
	[ "$got" = "$3" ] || fail "$1: $2 is
$got
and should be
$3"
}

# tiles SIZE MAP: its lines, one behind the other, are the whole file
tiles()
{
	python3 - "$@" <<-'END' || fail "$2: $(cat "$2")"
	import sys
	lines = [l.split() for l in open(sys.argv[2]) if not l.startswith("#")]
	position, state, passes = lines.pop(0)
	assert int(position, 16) <= int(sys.argv[1]) and state in "+?" and passes == "1"
	at, last = 0, None
	for start, length, status in lines:
	    assert int(start, 16) == at and int(length, 16) > 0, start
	    assert status in "+*-?/" and status != last, start
	    at, last = at + int(length, 16), status
	assert at == int(sys.argv[1]), at
	END
}
