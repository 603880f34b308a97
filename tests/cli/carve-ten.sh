#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Dumps of 4 GiB with ten images in them, three of which are pieces that lie over one
# another: all that is there is found, and nothing else; each whole image is, by the
# command that is given, what it is by itself. `make oracle-carve N=100` does more.
case $VHDXLOG_CHECKER in
valgrind)
	echo "valgrind takes too long for files of that size"
	exit 77
	;;
?*) set -- --count 1 ;;
*) set -- --count 4 ;;
esac
"$VHDXLOG_SRC/tests/oracle/carve.py" "$@" || exit
exec "$VHDXLOG_SRC/tests/oracle/carve.py" --size 1.5 --noisy --pool 6
