#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is said of the readers that cannot be run here is what a second, plain
# restatement of them says: of the hostile logs, of logs of every shape and of
# random ones. `make oracle-readings N=20000` runs more of them.
case $VHDXLOG_CHECKER in
valgrind) count=16 ;;
?*) count=100 ;;
*) count=300 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/readings.py" --count $count \
	"$VHDXLOG_SRC"/corpus/recipes/reader/*.json \
	"$VHDXLOG_SRC"/corpus/recipes/shape/*.json \
	"$VHDXLOG_SRC"/tests/oracle/seen/*.json
