#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A sequence that was re-armed, and then replayed by qemu-img, gives the same disk
# as the sequence applied. `make oracle-rearm` looks at every sequence.
recipes=$VHDXLOG_SRC/corpus/recipes
case $VHDXLOG_CHECKER in
valgrind) set -- --count 4 --sequences 1 "$VHDXLOG_SRC/tests/oracle/seen" ;;
?*) set -- --count 20 --sequences 2 "$VHDXLOG_SRC/tests/oracle/seen" ;;
*) set -- --count 50 --sequences 3 "$recipes"/{reader,shape} \
	"$VHDXLOG_SRC/tests/oracle/seen" ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/replay.py" rearm "$@"
