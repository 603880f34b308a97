#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The comparison with the restated readers finds fault with a row that is wrong in
# any one way, with a recipe that expects something else, and with a row that is
# not there.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo 'of the oracle, not of the program'
	exit 77
}

export REAL=$VHDXLOG
readings=$VHDXLOG_SRC/tests/oracle/readings.py
moved=$VHDXLOG_SRC/corpus/recipes/reader/20-tail-moved-on.json

# wrong POLICY FILTER TEXT: with its row changed by the filter, TEXT is said.
wrong()
{
	printf '#!/bin/sh\n"$REAL" "$@" | jq -c '\''%s'\''\n' \
		'if .policy? == "'"$1"'" then '"$2"' else . end' >wrong
	chmod +x wrong
	! VHDXLOG=$PWD/wrong "$readings" --jobs 1 --seed 1 --count 8 \
		"$moved" >said || fail "it did not notice $2 of $1"
	grep -q "$1: .*$3" said || {
		cat said
		fail "$1: $2"
	}
}

for policy in openvmm discutils ltr-discutils aoiflux xx-c urbackup; do
	wrong $policy '.outcome = "partial"' 'outcome partial'
done
wrong openvmm '.aborts = true' 'aborts True'
wrong openvmm '.entries |= .[1:]' 'entries '
wrong xx-c '.applied_entries += ["E0"]' 'applied_entries '
wrong discutils 'if .result then .result |= .[1:] + .[:1] else . end' 'result '
wrong aoiflux 'if .result_length then .result_length += "0" else . end' \
	'result_length '
wrong urbackup 'empty' 'no row'

sed 's/"urbackup": "refuse"/"urbackup": "replay E0"/' "$moved" >other.json
! "$readings" other.json >said || fail 'it did not look at what is expected'
grep -q 'expected replay E0, restated refuse' said || fail "$(cat said)"
exit 0
