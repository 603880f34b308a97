#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The oracle finds fault with a model that is wrong in any one way, and shrinks
# what it finds.
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo 'of the oracle, not of the program'
	exit 77
}
command -v qemu-img >/dev/null || {
	echo 'no qemu-img'
	exit 77
}

export REAL=$VHDXLOG

# wrong FILTER TEXT: with the row changed by the filter, the oracle says TEXT.
wrong()
{
	printf '#!/bin/sh\n"$REAL" "$@" | jq -c '\''%s'\''\n' \
		'if .policy? == "qemu-7.2" then '"$1"' else . end' >wrong
	chmod +x wrong
	VHDXLOG=$PWD/wrong "$VHDXLOG_SRC/tests/oracle/oracle.py" --jobs 1 \
		--count "${3:-6}" >said && {
		echo "it did not notice $1"
		exit 1
	}
	grep -q "$2" said && grep -q 'the fewest entries' said || {
		echo "$1:"
		cat said
		exit 1
	}
}

if_replay='if .outcome == "replay" then'
wrong "$if_replay .outcome = \"partial\" else . end" 'outcome: partial'
wrong "$if_replay .outcome = \"ignore\" else . end" 'outcome: ignore'
wrong "$if_replay .outcome = \"hang\" else . end" 'outcome: hang'
wrong "$if_replay .result |= .[1:] + .[:1] else . end" 'result: '
wrong "$if_replay .result_length += \"0\" else . end" 'length: '
wrong 'if .outcome == "partial" then .outcome = "refuse" else . end' \
	'refuse, but qemu-img changed the image' 40
exit 0
