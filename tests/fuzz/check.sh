#!/bin/bash
# SPDX-License-Identifier: MIT
#
# check.sh TARGET: what `make check` does with a target: all inputs that ever
# showed something, all that were kept, and two seconds of looking for more from
# there. Skipped where a checker looks at the programs, as this one brings its own.
set -eu
[ -z "$VHDXLOG_CHECKER" ] || {
	echo "the targets have sanitizers of their own"
	exit 77
}
target=$1
. "$VHDXLOG_SRC/tests/fuzz/_targets.sh"
program=$VHDXLOG_FUZZ/fuzz-$target
here=$VHDXLOG_SRC/tests/fuzz
mkdir kept new
[ ! -e "$here/corpus/$target.tar.xz" ] ||
	tar -xJf "$here/corpus/$target.tar.xz" -C kept
[ ! -d "$here/regressions/$target" ] ||
	"$program" -timeout=20 "$here/regressions/$target"/* >log 2>&1 || {
	cat log
	exit 1
}
# Of the sanitizers' reports those of this run are wanted here.
unset ASAN_OPTIONS UBSAN_OPTIONS
"$program" -seed=1 -max_total_time=2 -timeout=20 -rss_limit_mb=1024 \
	-max_len=65536 -entropic=0 -print_final_stats=1 new kept >log 2>&1 || {
	tail -n 60 log
	exit 1
}
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' log)
echo "$executions executions"
# Nothing was tried where it ends at once.
[ "${executions:-0}" -gt 1 ]
