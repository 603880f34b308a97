#!/bin/bash
# SPDX-License-Identifier: MIT
#
# 7-Zip and libvhdi show the disk as it is without its log, as their rows say.
count=20
[ "$VHDXLOG_CHECKER" != valgrind ] || count=5
exec "$VHDXLOG_SRC/tests/oracle/readers.py" --count $count
