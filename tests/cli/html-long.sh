#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of a ring with more entries than anybody reads there is a page that opens: lists
# fold, what is left out is counted, the picture has a cell for so many sectors,
# and memory does not grow with the page.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "about memory, of which checkers take their own"
	exit 77
}

# ring ENTRIES MIB OUT: so many, of one sector each.
ring()
{
	image - "$3" <<-END
	{ "about": "a ring of $2 MiB with $1 entries",
	  "image": { "log": { "length": "$2M" }, "blocks": { "512": "present" } },
	  "log": { "guid": "current", "entries": [
	    { "sequence": 1000, "repeat": $1, "writes": [{ "zero": "$(($2 + 1))M+4K" }] }] } }
	END
}

# peak FORMAT IMAGE: the page or document to out, memory in KiB on standard output
peak()
{
	python3 - "$VHDXLOG" scan --no-hash -f "$@" <<-'END'
	import resource, subprocess, sys
	with open("out", "wb") as out:
	    subprocess.run(sys.argv[1:], stdout=out, check=False)
	print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
	END
}

# Every one of 65,535 entries is in the page; beginnings of their sequence and
# sectors of the ring are more than it holds.
ring 65535 256 long.vhdx
plain=$(peak json long.vhdx)
page=$(peak html long.vhdx)
# What it has beside the document is the history: 80 bytes an entry.
[ "$page" -lt $((plain + 8192)) ] ||
	fail "the page took $page KiB, the document $plain"
[ "$(grep -c '<th scope="row" class="id">E' out)" -eq 65535 ] ||
	fail "not every entry is there"
left=$((65534 - 8192))
has out 'E65534</th>' 'Each cell stands for 32 sectors' \
	'rows 41 to 540 of 65535' "$left more are not in this page; -f json"
cells=$(grep -o '<text class="letters" y[^>]*>.*</text>' out |
	sed 's/<[^>]*>//g' | tr -d '\n' | wc -c)
[ "$cells" -eq 2048 ] || fail "$cells cells"
[ "$(stat -c %s out)" -lt 60000000 ] || fail "$(stat -c %s out) bytes"

# The gravest of the sectors that share a cell is seen: damage in one of many.
ring 100 64 damaged.vhdx
printf 'loge' | dd of=damaged.vhdx bs=1 seek=$((0x100000 + 8001 * 4096)) \
	conv=notrunc status=none
printf 'text' | dd of=damaged.vhdx bs=1 seek=$((0x100000 + 12001 * 4096)) \
	conv=notrunc status=none
run 1 scan -f html damaged.vhdx
letters=$(grep -o '<text class="letters" y[^>]*>.*</text>' out |
	sed 's/<[^>]*>//g' | tr -d '\n')
[ "${letters:1000:1}${letters:1500:1}" = 'E?' ] ||
	fail "not seen: ${letters:995:10} ${letters:1495:10}"
[ "$(tr -d . <<<"$letters" | tr -d '\n' | wc -c)" -eq 15 ] ||
	fail "more than there is: $letters"
