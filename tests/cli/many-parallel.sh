#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The examples of vhdxlog-scan(1) for several processes, copied from there and run:
# GNU parallel, a Slurm array, and going on with what an interrupted run has left.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "nothing of the program is other here"
	exit 77
}
command -v parallel >/dev/null || {
	echo "no parallel here"
	exit 77
}
mkdir bin
ln -s "$VHDXLOG" bin/vhdxlog
PATH=$PWD/bin:$PATH
every_recipe images shape/
image shape/clean images/shape-clean.vhdx
cp images/shape-clean.vhdx $'images/a name, "quoted" $and so.vhdx'
# More than one batch.
for ((i = 0; i < 60; i++)); do
	ln images/shape-clean.vhdx images/more-$i.vhdx
done
run 1 scan -f jsonl -r images
LC_ALL=C sort out >all.sorted

manual_example 'parallel -0'
as_script
bash example.sh 2>said
[ -s reports/2.jsonl ] || fail "parallel: no second report: $(cat said)"
cat reports/*.jsonl | LC_ALL=C sort | cmp - all.sorted ||
	fail "parallel: other records: $(cat said)"
[ "$(awk 'NR > 1 && $7 != 0 && $7 != 1' reports/log)" = "" ] ||
	fail "parallel: $(cat reports/log)"

manual_example SBATCH
as_script
find images -type f -print0 >all
for task in 0 1 2; do
	SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=3 \
		SLURM_CPUS_PER_TASK=2 bash example.sh 2>said ||
		fail "task $task: $(cat said)"
done
cat scan-?.jsonl | LC_ALL=C sort | cmp - all.sorted ||
	fail "Slurm: other records"

manual_example 'files0-from left'
as_script
# As if it had been killed in the middle of a record.
run 1 scan -f jsonl images/shape-[a-f]*.vhdx
for bytes in 100 "$(($(wc -c <out) / 2))" "$(($(wc -c <out) - 100))"; do
	head -c "$bytes" out >done.jsonl
	bash example.sh 2>said
	LC_ALL=C sort all.jsonl | cmp - all.sorted ||
		fail "going on at $bytes: other records: $(cat said)"
done
