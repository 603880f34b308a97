#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What takes more than a second says on a terminal how far it is, how fast and for
# how long yet, and nothing of it is left at the end; elsewhere it says nothing.
. "$VHDXLOG_SRC/tests/cli/_terminal.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "the clock is another one than valgrind's"
	exit 77
}

# Progress is told every 16 MiB, of the log too; most of it is a hole.
image - large.vhdx <<'EOF'
{"about": "a large log",
 "image": {"log": {"length": "128M"}},
 "log": {"entries": [{"writes": [{"bat": {"1": "present"}}]},
  {"writes": [{"bat": {"2": "present"}}]}]}}
EOF
slow="LD_PRELOAD='$VHDXLOG_BUILD/clock.so'"
line='[0-9]* %, [0-9.]* [KMGT]*i*B*y*t*e*s* of [0-9.]* [KMGT]iB, [0-9.]* [KMGT]*i*B*y*t*e*s*/s, [0-9:]*:[0-9][0-9] left: '

# shows COMMAND...: on a terminal, where the report goes elsewhere.
shows()
{
	columns "$1" "$slow $2 >report"
	tr '\r' '\n' <typescript.cr >lines
	grep -q "$line" lines || fail "$2: no progress: $(cat lines)"
	# The last time that it was begun anew, nothing of it came.
	! grep $'^\033\\[K' lines | tail -n 1 | grep -q % || fail "$2: not erased"
	sed 's/\x1b\[K//g' lines | awk -v n="$1" '/%, / && length >= n { exit 1 }' ||
		fail "$2: more than a line of the terminal"
}

shows 80 "'$VHDXLOG' scan large.vhdx"
shows 200 "'$VHDXLOG' scan --hash large.vhdx"
shows 80 "'$VHDXLOG' timeline large.vhdx"
shows 80 "'$VHDXLOG' show large.vhdx E0"
shows 80 "'$VHDXLOG' compare large.vhdx disk E0"
shows 80 "'$VHDXLOG' extract large.vhdx log -o made.log"
shows 80 "'$VHDXLOG_REPLAY' --dry-run --sequence S0-2 large.vhdx"

# Of two images what is read is the files; their scans are done at once.
image demo demo.vhdx
truncate -s 40M demo.vhdx
cp --sparse=never demo.vhdx other.vhdx
printf x | dd of=other.vhdx bs=1 seek=39M conv=notrunc 2>/dev/null
shows 80 "'$VHDXLOG' compare demo.vhdx other.vhdx"
shows 80 "'$VHDXLOG_REPLAY' --sequence S1-3 other.vhdx copy.vhdx"
shows 80 "'$VHDXLOG' extract demo.vhdx metadata -o made.vhdx"
shows 80 "'$VHDXLOG' carve other.vhdx"

# A narrow one has the beginning of it, in one line.
columns 40 "$slow '$VHDXLOG' scan large.vhdx >report"
tr '\r' '\n' <typescript.cr | sed 's/\x1b\[K//g' >lines
grep -q '^[0-9]* %, ' lines || fail "40 columns: no progress: $(cat lines)"
awk 'length >= 40 { exit 1 }' lines || fail "40 columns: more than a line"

# Not where nobody looks, not for what is done at once, not where it is not wanted.
LD_PRELOAD=$VHDXLOG_BUILD/clock.so "$VHDXLOG" scan large.vhdx >out 2>err
empty err
image demo demo.vhdx
columns 80 "$slow '$VHDXLOG' scan demo.vhdx >report"
empty typescript
columns 80 "$slow '$VHDXLOG' scan -q large.vhdx >report"
empty typescript
