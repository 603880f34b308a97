#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --max-read and --timeout give one image up, with its record and a message that
# says which limit it was, and leave the others as they are.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

image demo demo.vhdx
image shape/clean clean.vhdx
side_by_side 0 plain scan -f jsonl clean.vhdx

# ---------------------------------------------------------------------- --max-read
# Bytes that the whole takes; one that is longer takes more with --hash.
truncate -s 256M large.vhdx
dd if=clean.vhdx of=large.vhdx conv=notrunc status=none
run 3 scan -f jsonl --hash --max-read 64M clean.vhdx large.vhdx clean.vhdx
[ "$(jq -r 'select(.type == "image") | .verdict.state' out | tr '\n' ' ')" = \
	'clean unreadable clean ' ] || fail "not the states: $(cat out)"
[ "$(jq -r 'select(.path == "large.vhdx") | .verdict.summary' out)" = \
	'given up, as it takes reading more than 64 MiB, the limit of --max-read' ] ||
	fail "$(cat out)"
has err 'vhdxlog: large.vhdx: given up, as it takes reading more than 64 MiB'
hasnt err clean.vhdx

run 3 scan -j 2 -f jsonl --max-read 64K demo.vhdx clean.vhdx
[ "$(jq -r '.verdict.state' out | sort -u)" = unreadable ] || fail "$(cat out)"
run 0 scan -f jsonl --max-read 1G clean.vhdx
cmp out plain || fail "a limit that is not reached changes the report"
run 3 scan --max-read 64K clean.vhdx
empty out
run 3 scan -f json --max-read 64K clean.vhdx
has out '"state":"unreadable"'

# Not a byte more is read than that: each read is counted.
if command -v strace >/dev/null && [ -z "$VHDXLOG_CHECKER" ]; then
	for most in 4096 100000 1M 3M; do
		strace -o trace -e trace=pread64 "$VHDXLOG" scan -q --max-read $most \
			demo.vhdx >/dev/null 2>&1
		awk -F'= ' -v most="$(numfmt --from=iec $most)" '
			/pread64/ { sum += $NF }
			END { exit sum > most }' trace ||
			fail "--max-read $most: more was read"
	done
fi

# ----------------------------------------------------------------------- --timeout
if [ -z "$VHDXLOG_CHECKER" ]; then
	# A second a read: far more reads than seconds, and 2 s are over after some.
	start=$SECONDS
	FAIL_READ_SLOWLY=500 LD_PRELOAD=$VHDXLOG_BUILD/io.so timeout 100 \
		"$VHDXLOG" scan -j 2 -f jsonl --timeout 1 demo.vhdx clean.vhdx \
		>out 2>err
	[ $? -eq 3 ] || fail "slow: another exit status: $(cat err)"
	[ "$(jq -r '.verdict.summary' out | sort -u)" = \
		'given up after 1 s, the limit of --timeout' ] || fail "$(cat out)"
	[ $((SECONDS - start)) -lt 60 ] || fail "it took $((SECONDS - start)) s"
	# Long enough: the same report.
	FAIL_READ_SLOWLY=1 LD_PRELOAD=$VHDXLOG_BUILD/io.so \
		"$VHDXLOG" scan -f jsonl --timeout 1000.5 clean.vhdx >out 2>err
	cmp out plain || fail "a time that is not over changes the report"
fi
run 3 scan --timeout 0.001 --hash large.vhdx
has err 'large.vhdx: given up after 0.001 s, the limit of --timeout'

# ------------------------------------------------------------------------- misuse
for value in 0 -1 1. .5 1.2345 1s x '' 99999999999999999999; do
	run 2 scan --timeout="$value" clean.vhdx
	has err "--timeout: \"$value\" is no number of seconds"
done
run 2 scan --max-read 0 clean.vhdx
run 2 scan --max-read x clean.vhdx
for value in 257 -1 x 2x; do
	run 2 scan -j "$value" clean.vhdx
	has err "--jobs: \"$value\" is no number of images at a time"
done
