#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Random work of the installed qemu-io is never taken for QEMU's shifted BAT, and
# that of a model of QEMU with the bug is told right. `make oracle-shift N=1000` does
# more of it. What is told wrong in one way each is noticed.
case $VHDXLOG_CHECKER in
valgrind) healthy=3 shifted=6 ;;
?*) healthy=25 shifted=60 ;;
*) healthy=50 shifted=200 ;;
esac
shift=$VHDXLOG_SRC/tests/oracle/shift.py
status=0
"$shift" shifted --count $shifted || exit 1
"$shift" healthy --count $healthy || status=$?
[ $status -eq 0 ] || exit $status
[ "$VHDXLOG_CHECKER" != valgrind ] || exit 0

export REAL=$VHDXLOG
# wrong KIND FILTER TEXT: with the report changed by the filter, TEXT is said.
wrong()
{
	printf '#!/bin/bash\n"$REAL" "$@" >report.json\nstatus=$?\n%s\n' \
		"jq -c '$2' report.json; exit \$((status < 2 ? 1 : status))" >wrong
	chmod +x wrong
	VHDXLOG=$PWD/wrong "$shift" "$1" --jobs 1 --count 30 >said && {
		echo "it did not notice $2"
		exit 1
	}
	grep -q "$3" said || {
		echo "$2:"
		cat said
		exit 1
	}
}

finding='(.findings[] | select(.id == "bat-shifted-page"))'
wrong shifted "del$finding" 'are misplaced, \[\] told'
wrong shifted "$finding.where |= .[1:]" 'are misplaced'
wrong shifted "$finding.where |= map(\"bat:\" + (.[4:] | tonumber + 1 | tostring))" \
	'is not of a misplaced block'
wrong healthy '.findings += [{id: "bat-shifted-page", class: "error", where: []}]' \
	'it is taken for shifted'
