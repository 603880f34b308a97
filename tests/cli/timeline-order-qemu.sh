#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What QEMU wrote comes in the order in which it did, however often the file was
# opened and however often the ring went round: each entry comes with a block, so
# that sizes only grow.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

command -v qemu-io >/dev/null || {
	echo 'no qemu-io'
	exit 77
}

# opening FIRST COUNT: the image opened once, and as many blocks written
opening()
{
	local block commands=()
	for ((block = $1; block < $1 + $2; block++)); do
		commands+=(-c "write -P 1 ${block}M 4k")
	done
	qemu-io -t unsafe -f vhdx "${commands[@]}" q.vhdx >messages ||
		fail "qemu-io: $(cat messages)"
}

# openings COUNT...: a new image, opened so often
openings()
{
	local first=0 most=0 count
	qemu-img create -q -f vhdx -o block_size=1M q.vhdx 4G
	for count in "$@"; do
		opening "$first" "$count"
		first=$((first + count))
		most=$((count > most ? count : most))
	done
	run 0 timeline -f json q.vhdx
	# As many are left as the longest wrote, or the ring has room for.
	jq -e --argjson most "$most" '[.sessions[] | .last_size | tonumber]
		| . == unique and length == ([128, $most] | min)' \
		out >/dev/null || fail "openings of $*: $(jq -c \
		'[.sessions[] | .first, .first_sequence_number]' out)"
	jq -e 'all(.sessions[]; .writer == "QEMU" and .order == "inferred")' \
		out >/dev/null || fail "openings of $*: $(jq -c .sessions out)"
}

openings 12 5 3
openings 140 12 3
openings 140 5
openings 300 130 1
[ "$VHDXLOG_CHECKER" != valgrind ] || exit 0

RANDOM=1
for _ in {1..25}; do
	counts=()
	for ((n = RANDOM % 6; n >= 0; n--)); do
		counts+=($((1 + RANDOM % (RANDOM % 3 ? 20 : 250))))
	done
	openings "${counts[@]}"
done
