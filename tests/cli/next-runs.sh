#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The command that a scan suggests can be run as it is printed, whatever of the image
# is gone, and what it writes is no worse.
case $VHDXLOG_CHECKER in
valgrind) set -- --some 60 ;;
?*) set -- --some 8 ;;
*) set -- ;;
esac
shopt -s globstar
exec "$VHDXLOG_SRC/tests/next_runs.py" "$@" "$VHDXLOG_SRC"/corpus/recipes/**/*.json
