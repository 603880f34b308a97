#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the model says QEMU does with a random log is what the installed qemu-img
# does with it. `make oracle N=20000` runs more of them.
case $VHDXLOG_CHECKER in
valgrind) count=32 ;;
?*) count=300 ;;
*) count=1000 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/oracle.py" --count $count
