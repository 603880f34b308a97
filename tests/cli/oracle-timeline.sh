#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a timeline says of random work of qemu-io is what was recorded of it.
# `make oracle-timeline N=1000` does more of it.
case $VHDXLOG_CHECKER in
valgrind) set -- --count 3 --states 2 --crashes 1 ;;
?*) set -- --count 15 --states 3 --crashes 2 ;;
*) set -- --count 30 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/timeline.py" "$@"
