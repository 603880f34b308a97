#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run_afl.sh TARGET SECONDS: as run.sh, with AFL++ and the same mutator. What it
# found stays in $VHDXLOG_BUILD/work/TARGET/.
set -eu
target=$1 seconds=$2
. "$VHDXLOG_SRC/tests/fuzz/_targets.sh"
program=$VHDXLOG_BUILD/fuzz-$target
[ -x "$program" ] || {
	echo "no target $target; there are: $(fuzz_targets | paste -sd ' ')" >&2
	exit 2
}
"$VHDXLOG_SRC/tests/fuzz/seeds.sh"
work=$VHDXLOG_BUILD/work/$target
mkdir -p "$work"
seeds=$VHDXLOG_BUILD/seeds/$(seeds_of "$target")
# It wants one at least.
[ -n "$(ls "$seeds")" ] || head -c 4096 /dev/zero >"$seeds/zeroes"
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1
export AFL_NO_AFFINITY=1 AFL_FAST_CAL=1 AFL_AUTORESUME=1 AFL_IGNORE_SEED_PROBLEMS=1
case $target in
patch | recipe | state | codec) ;;
*) export AFL_CUSTOM_MUTATOR_LIBRARY=$VHDXLOG_MUTATOR ;;
esac
nice -n 10 afl-fuzz -i "$seeds" -o "$work" -V "$seconds" -t 10000 -m 1024 -- \
	"$program" >"$work/log" 2>&1 || {
	tail -n 20 "$work/log" >&2
	exit 2
}
executions=$(sed -n 's/^execs_done *: *//p' "$work/default/fuzzer_stats")
findings=$(find "$work/default/crashes" "$work/default/hangs" -name 'id:*' | sort)
printf '%s\t%s\tafl\t%s\t%s\t%s\n' "$(date -u +%F)" "$target" "$seconds" \
	"$executions" "$(grep -c . <<<"$findings")" \
	>>"$VHDXLOG_SRC/tests/fuzz/runs.tsv"
if [ -n "$findings" ]; then
	echo "$findings" | sed 's/^/input: /'
	exit 1
fi
echo "$target: $executions executions in $seconds s, no finding"
