#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Images of qemu-io and of others lose headers, region tables or their first MiB, and
# what is found and mended all the same is right. `make oracle-damage N=20` does more
# of it.
case $VHDXLOG_CHECKER in
valgrind) set -- --count 1 --some 2 ;;
?*) set -- --count 5 --some 5 ;;
*) set -- --count 8 --some 8 ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/damage.py" "$@"
