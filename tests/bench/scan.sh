#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Part of `make bench`: what a scan costs beside what else could be done with the
# same log. By turns, on one cached file: the walk (-q --no-hash), the same with
# hashes, all entries as jsonl; `dd bs=4M` of the log's bytes, from the same file, as
# a copy may lie in larger pages; `sha256sum` of a copy of them, as it cannot skip; and
# `qemu-img check -r all` on a copy, which is made before the clock starts. The log
# has MIB MiB (1024), as a writer leaves it: entries of four sectors, 65,535 of them.
# RUNS as in run.sh; figures go to build/bench.jsonl too.
#
# Bounds: the walk 1.5 times dd, and 100 times faster than qemu-img; jsonl 20 times
# faster, 150 MB/s of it; hashes add no more than sha256sum takes. Where the log has
# 1 MiB, a whole scan twice qemu-img info.
set -eu

mib=${MIB:-1024}
runs=${RUNS:-5}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
# In memory where there is room, so that no disk has a part in it.
fast=$(mktemp -d /dev/shm/vhdxlog-bench.XXXXXX 2>/dev/null) || fast=$work
trap 'rm -rf "$work" "$fast"' EXIT
image=$fast/image.vhdx
log=$fast/log

# row NAME SECONDS CPU RSS RATIO: a line, and as JSON
row()
{
	awk -v name="$1" -v wall="$2" -v cpu="$3" -v rss="$4" -v ratio="$5" \
		-v mib="$now" -v json="$json" 'BEGIN {
		printf "%-14s %6d %10.2f %10.2f %9.1f %9.2f\n", name, mib,
			wall * 1000, cpu * 1000, rss / 1024, ratio
		printf "{\"scan\":\"%s\",\"mib\":%d,\"wall_s\":%s,\"cpu_s\":%s," \
			"\"rss_kib\":%d,\"by_first\":%s}\n", name, mib, wall,
			cpu, rss, ratio >>json
	}'
}

ratio() # A B
{
	awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'
}

heading()
{
	echo
	printf '%-14s %6s %10s %10s %9s %9s\n' "$1" MiB 'wall ms' 'cpu ms' \
		'RSS MiB' 'by first'
}

# of_log MIB: the walk beside dd and sha256sum.
of_log()
{
	local wall cpu rss by name
	declare -A wall_of by_of
	now=$1
	make_ring rewrites "$1" "$image"
	dd if="$image" of="$log" bs=1M skip=1 count="$1" status=none
	heading 'of one log'
	for name in dd walk hashed sha256sum jsonl; do
		read -r wall cpu rss by
		row "$name" "$wall" "$cpu" "$rss" "$by"
		wall_of[$name]=$wall by_of[$name]=$by
	done < <(measure dd if="$image" of=/dev/null bs=4M status=none \
		skip=1M iflag=skip_bytes,count_bytes count="$1M" + \
		"$VHDXLOG" scan -q --no-hash "$image" + \
		"$VHDXLOG" scan -q "$image" + sha256sum "$log" + \
		"$VHDXLOG" scan -f jsonl --no-hash "$image")
	rm -f "$log"
	bytes=$("$VHDXLOG" scan -f jsonl --no-hash "$image" | wc -c) || true
	[ "$1" -ge 1024 ] || return 0
	bound "walk of $1 MiB, times dd" "${by_of[walk]}" most 1.5
	bound "hashes of $1 MiB add, of sha256sum" "$(ratio "$(awk \
		-v a="${wall_of[hashed]}" -v b="${wall_of[walk]}" \
		'BEGIN { print a - b }')" "${wall_of[sha256sum]}")" most 1
	bound "jsonl of $1 MiB, MB/s" "$(ratio "$bytes" \
		"$(awk -v s="${wall_of[jsonl]}" 'BEGIN { print s * 1e6 }')")" \
		least 150
}

# against_qemu MIB: of the image that of_log left.
against_qemu()
{
	local wall cpu rss by name
	declare -A by_of
	now=$1
	heading 'beside qemu-img'
	for name in walk jsonl check; do
		read -r wall cpu rss by
		row "$name" "$wall" "$cpu" "$rss" "$by"
		by_of[$name]=$by
	done < <("$VHDXLOG_BUILD/bench-measure" "$runs!" \
		"$VHDXLOG" scan -q --no-hash "$image" + \
		"$VHDXLOG" scan -f jsonl --no-hash "$image" + \
		-p "cp $image $fast/copy" \
		qemu-img check -q -f vhdx -r all "$fast/copy")
	rm -f "$fast/copy"
	[ "$1" -ge 1024 ] || return 0
	bound "walk of $1 MiB, times as fast as qemu-img" "${by_of[check]}" \
		least 100
	bound "jsonl of $1 MiB, times as fast as qemu-img" \
		"$(ratio "${by_of[check]}" "${by_of[jsonl]}")" least 20
}

# From start to finish; qemu-img opens only what waits for nothing.
start()
{
	local wall cpu rss by name
	now=1
	make_ring rewrites 1 "$image"
	"$VHDXLOG_REPLAY" -q "$image" "$fast/clean.vhdx" >/dev/null
	heading 'start to finish'
	for name in info scan clean; do
		read -r wall cpu rss by
		row "$name" "$wall" "$cpu" "$rss" "$by"
		[ $name = info ] || bound "$name of 1 MiB, times qemu-img info" \
			"$by" most 2
	done < <(runs=21 measure qemu-img info "$fast/clean.vhdx" + \
		"$VHDXLOG" scan "$image" + "$VHDXLOG" scan "$fast/clean.vhdx")
}

start
for size in 16 256 "$mib"; do
	of_log $size
	against_qemu $size
done
