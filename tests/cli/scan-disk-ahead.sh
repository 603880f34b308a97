#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A session that only --log-guid names, and that would take blocks from the disk or
# move them, is not offered to be replayed: the two are to be compared. Where it gives
# blocks alone, or a header names it, nothing is said.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH
named=99999999-0000-4000-8000-000000000003

# ENTRY ON THE DISK | ENTRY AS THE LOG HAS IT | LOGGUID OF HEADERS | LOST | SAID
while IFS='|' read -r disk log header lost said; do
	disk=${disk// } log=${log// } header=${header// } lost=${lost// } said=${said# }
	name="$disk $log $header $lost"
	damage="{\"set\": \"bat[1]\", \"to\": \"$disk\"}, {\"truncate\": \"8M\"}"
	[ -z "$lost" ] || damage+=', {"fill": "file+0x10000", "byte": 0,
		"length": 131072, "seal": false}'
	cat >recipe.json <<-END
	{"about": "one page of the BAT waits",
	 "image": {"blocks": {"0": "present", "1": "present", "2": "zero"}},
	 "log": {"guid": "$header", "entries": [{"guid": "$named", "sequence": 7,
		"tail": "self", "writes": [{"bat": {"1": "$log"}}]}]},
	 "damage": [$damage]}
	END
	"$VHDXLOG_CORPUS" recipe.json image.vhdx || fail "$name: cannot make it"
	run 1 scan -f json --log-guid $named image.vhdx
	next=$(jq -r .verdict.next out)
	found=$(jq -r '.findings[] | select(.id == "log-disk-ahead") | .class' out)
	summary=$(jq -r .verdict.summary out)
	if [ -z "$said" ]; then
		[ -z "$found" ] || fail "$name: it is said of this"
		case $next in
		vhdxlog-replay*--log-guid\ $named\ *--sequence\ S0-0\ *) continue ;;
		esac
		fail "$name: $next"
	fi
	[ "$found" = error ] || fail "$name: nothing is said: $(jq -c .findings out)"
	case $summary in
	*'but the disk has blocks that the session which --log-guid names would take away or move (log-disk-ahead)'*) ;;
	*) fail "$name: $summary" ;;
	esac
	run 1 scan --log-guid $named image.vhdx
	has out "got $said after S0-0"
	[ "$next" = "vhdxlog compare --log-guid $named image.vhdx disk S0-0" ] ||
		fail "$name: $next"
	eval "$next" >out 2>&1
	[ $? = 1 ] || fail "$name: $next: $(cat out)"
done <<END
present@7M | not-present | zero     |      | 1 of them gone and 0 moved
present@7M | not-present | zero     | lost | 1 of them gone and 0 moved
present@7M | zero        | current  |      | 1 of them gone and 0 moved
present@7M | present     | zero     |      | 0 of them gone and 1 moved
present@7M | present     | zero     | lost | 0 of them gone and 1 moved
zero       | present     | zero     |      |
zero       | present     | zero     | lost |
present@7M | zero        | $named   |      |
present@7G | zero        | zero     |      |
END
