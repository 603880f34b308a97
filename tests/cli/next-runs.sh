#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The command that a scan suggests can be run as it is printed, whatever of the image
# is gone, and what it writes is no worse. Of all cases some; `make next-runs` takes
# them all.
case $VHDXLOG_CHECKER in
valgrind) set -- --some 61 ;;
?*) set -- --some 11 ;;
*) set -- --some "${VHDXLOG_NEXT_RUNS:-5}" ;;
esac
shopt -s globstar
exec "$VHDXLOG_SRC/tests/next_runs.py" "$@" "$VHDXLOG_SRC"/corpus/recipes/**/*.json
