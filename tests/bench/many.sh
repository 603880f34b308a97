#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Part of `make bench`: COUNT small images (1000), the recipes' ones over and over,
# scanned side by side in one process; one cannot be read, one is hostile and one is
# a FIFO. RUNS as in run.sh; figures go to build/bench.jsonl too.
#
#	single	 a process for each, one after the other
#	-j 1	 one process: the sum of single scans
#	-j 2	 ... two at a time
#	-j auto	 ... as many as there are processors
#
# Bound: -j 2 takes no more than 1.1 times half of -j 1, where there are two
# processors that nobody else uses; and no more than 1.1 times its processor time
# everywhere.
set -eu

count=${COUNT:-1000}
runs=${RUNS:-5}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
mkdir "$work/recipes" "$work/images"
while read -r recipe; do
	name=${recipe#"$VHDXLOG_SRC/corpus/recipes/"}
	"$VHDXLOG_CORPUS" "$recipe" "$work/recipes/${name//\//-}.vhdx"
done < <(find "$VHDXLOG_SRC/corpus/recipes" -name '*.json' | LC_ALL=C sort)
cd "$work/images"
# Those that are long because their payload is are not small.
mapfile -t recipes < <(find ../recipes -type f -size -64M | LC_ALL=C sort)
for ((i = 0; i < count; i++)); do
	cp --sparse=always --reflink=auto "${recipes[i % ${#recipes[@]}]}" "$i.vhdx"
done
cp ../recipes/reader-14-full-ring-newest-first.json.vhdx hostile.vhdx
mkfifo fifo.vhdx
ln -s gone.vhdx unreadable.vhdx
find . -name '*.vhdx' -print0 | LC_ALL=C sort -z >../list
xargs -0 cat 2>/dev/null < <(find . -type f -print0) >/dev/null

# scan NAME COMMAND: its figures, against those of -j 1
scan()
{
	read -r wall cpu rss _ < <(measure bash -c "$2; s=\$?; [ \$s -eq 3 ] || [ \$s -eq 123 ]")
	[ "$1" != '-j 1' ] || base=$wall base_cpu=$cpu
	awk -v name="$1" -v wall="$wall" -v cpu="$cpu" -v rss="$rss" -v n="$count" \
		-v base="${base:-0}" -v base_cpu="${base_cpu:-0}" -v json="$json" 'BEGIN {
		ratio = base ? wall / (base / 2) : 0
		more = base_cpu ? cpu / base_cpu : 0
		over = name == "-j 2" && (ratio > 1.1 || more > 1.1)
		printf "%-8s %9.3f %9.3f %9.1f %9.2f %9.2f %8.1f%s\n", name, wall,
			cpu, n / wall, ratio, more, rss / 1024,
			(over ? "  OVER" : "")
		printf "{\"many\":\"%s\",\"images\":%d,\"wall_s\":%s,\"cpu_s\":%s," \
			"\"rss_kib\":%d}\n", name, n, wall, cpu, rss >>json
	}'
}

printf '%-8s %9s %9s %9s %9s %9s %8s\n' many 'wall s' 'cpu s' 'images/s' \
	'of half' 'of cpu' 'RSS MiB'
many="$VHDXLOG scan -f jsonl --files0-from ../list 2>/dev/null"
scan '-j 1' "$many -j 1"
scan '-j 2' "$many -j 2"
scan '-j auto' "$many -j auto"
scan single "xargs -0 -n 1 $VHDXLOG scan -f jsonl <../list 2>/dev/null"
