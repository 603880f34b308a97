#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The comparison with a record of what was written finds fault with a timeline that
# is wrong in any one way: what changed, when, where, and what was there.
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo 'of the oracle, not of the program'
	exit 77
}
command -v qemu-io >/dev/null || {
	echo 'no qemu-io'
	exit 77
}

export REAL=$VHDXLOG

# Work with two openings and several pages of the BAT.
work=(--jobs 1 --count 1 --seed 22 --states 3 --crashes 0)
"$VHDXLOG_SRC/tests/oracle/timeline.py" "${work[@]}" >said || {
	cat said
	exit 1
}

# wrong FILTER TEXT: with all records changed by the filter, TEXT is said.
wrong()
{
	printf '#!/bin/bash\nset -o pipefail\n"$REAL" "$@" | jq -c -s '\''%s'\''\n' \
		"($1) | .[]" >wrong
	chmod +x wrong
	VHDXLOG=$PWD/wrong "$VHDXLOG_SRC/tests/oracle/timeline.py" "${work[@]}" \
		>said && {
		echo "it did not notice $1"
		exit 1
	}
	grep -q "$2" said || {
		echo "$1:"
		cat said
		exit 1
	}
}

# first FILTER: of the first event that is an allocation
first()
{
	echo "(first(.[] | select(.event? == \"block-allocated\")) ) |= ($1)"
}

# located FILTER: of the rows of the BAT that say where a block is
located()
{
	echo "(.[] | select(.type? == \"bat\" and .state == \"present\")) |= ($1)"
}

wrong "$(first '.block += 1')" "event: .*'block'"
wrong "$(first '.target.index += 1')" "event: .*'index'"
wrong "$(first '.before = .after')" "event: .*'before'"
wrong "$(first '.after = .before')" "event: .*'after'"
wrong "$(first '.virtual_offset = "512"')" "event: .*'virtual_offset'"
wrong "$(first '.virtual_length = "512"')" "event: .*'virtual_length'"
wrong "$(first '.event = "block-moved"')" "event: .*'block-moved'"
wrong "$(first '.inferred |= not')" "event: .*'inferred'"
wrong "$(first '.applied = "no"')" "event: .*'applied'"
wrong "$(first 'empty')" 'numbered from 1'
wrong 'map(select(.event? != "block-allocated"))' "event: .*'event'"
wrong '[.[] | if .type? == "event" then .ordinal = "1" else . end]' \
	'numbered from 1'
# Two events that change places, their ordinals apart.
wrong 'map(select(.event? == "block-allocated")) as $all |
	[.[] | if . == $all[2] then $all[3] + {ordinal}
	elif . == $all[3] then $all[2] + {ordinal} else . end]' \
	"event: .*'log_guid'"
# Two sessions that do.
wrong 'map(select(.type? == "session")) as $all |
	[.[] | if . == $all[1] then $all[2] + {index}
	elif . == $all[2] then $all[1] + {index} else . end]' 'session 1 of'
wrong 'map(select(.event? != "log-started"))' 'log-started'
wrong 'map(select(.event? != "file-grew"))' 'size '
wrong "$(located '.file_offset = "1048576"')" 'as of .*present@1048576'
wrong "$(located '.state = "partial"')" 'as of .*partial@'
wrong "$(located 'empty')" 'as of .*not-present'
wrong "$(located '.block += 1')" 'as of '
wrong "$(located '.certainty = "inferred"')" 'inferred, but'
wrong '. + (if .[0].schema == "vhdxlog.scan/1" then
	[{type: "finding", id: "bat-shifted-page", message: "x"}]
	else [] end)' 'bat-shifted-page: x'
exit 0
