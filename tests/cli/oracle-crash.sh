#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that QEMU was writing to when it crashed: what the model says of it is
# what qemu-img does. `make oracle-crash` looks at every state.
case $VHDXLOG_CHECKER in
valgrind) set -- --every 23 --workload one --workload across ;;
?*) set -- --every 31 ;;
*) set -- --every 9 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/crash.py" "$@"
