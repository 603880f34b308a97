#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh TARGET SECONDS: fuzz one target with libFuzzer, from the seeds, the kept
# corpus and what earlier runs found, which stays in $VHDXLOG_BUILD/work/TARGET/. A
# line of tests/fuzz/runs.tsv says what came of it. Exit status 1: a finding, whose
# input is named. With REAL=1 it begins with real images as well; what comes of
# these is not ours to give away, and stays apart.
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
kind=$(seeds_of "$target")
corpus=$work/corpus${REAL:+-real}
mkdir -p "$corpus" "$work/found" "$work/kept"
kept=$VHDXLOG_SRC/tests/fuzz/corpus/$target.tar.xz
[ ! -e "$kept" ] || tar -xJf "$kept" -C "$work/kept"
log=$work/log
status=0
SECONDS=0 # bash counts from here on
nice -n 10 "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=1024 \
	-max_len=65536 -entropic=0 -print_final_stats=1 \
	-artifact_prefix="$work/found/" "$corpus" "$work/kept" \
	"$VHDXLOG_BUILD/seeds/$kind" ${REAL:+"$VHDXLOG_BUILD/seeds/real/$kind"} \
	>"$log" 2>&1 || status=$?
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
printf '%s\t%s\tlibfuzzer\t%s\t%s\t%s\n' "$(date -u +%F)" "$target" "$SECONDS" \
	"${executions:-0}" "$((status != 0))" >>"$VHDXLOG_SRC/tests/fuzz/runs.tsv"
if [ $status -ne 0 ]; then
	grep -E 'does not hold|ERROR|runtime error|SUMMARY' "$log" || tail "$log"
	sed -n 's/^.*Test unit written to /input: /p' "$log"
	exit 1
fi
echo "$target: $executions executions in $SECONDS s, no finding"
