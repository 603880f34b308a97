#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that QEMU was writing to when it crashed is replayed as qemu-img does
# it. `make oracle-replay-crash` looks at every state.
case $VHDXLOG_CHECKER in
valgrind) set -- --every 53 --workload one --workload across ;;
?*) set -- --every 61 ;;
*) set -- --every 23 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/replay.py" crash "$@"
