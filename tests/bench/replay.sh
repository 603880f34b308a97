#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `make bench`: how long vhdxlog-replay takes to make a copy with the log applied,
# beside `qemu-img check -r all` on a copy made before the clock starts; how much
# memory it takes; and what a copy of a large sparse image costs. RUNS may be
# given, and DISK, a folder on a disk. Figures go to build/bench.jsonl too.
#
# Bounds: at least ten times faster than qemu-img on the same file system; 32 MiB
# of memory, 128 bytes a sector of the log, 16 a descriptor; as many blocks as
# the source has.
set -eu

runs=${RUNS:-5}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
# A folder on each kind of file system; that in memory need not be there.
disk=$(mktemp -d "${DISK:-$VHDXLOG_SRC/build}/bench.XXXXXX")
memory=$(mktemp -d /dev/shm/vhdxlog-bench.XXXXXX 2>/dev/null) || memory=
trap 'rm -rf "$work" "$disk" ${memory:+"$memory"}' EXIT

# replay [OPTION]... [+ ...]: of image to output, in the current folder, by turns
# with what else is named.
replay()
{
	local options=()
	while [ $# -gt 0 ] && [ "$1" != + ]; do
		options+=("$1")
		shift
	done
	measure -p 'rm -f output' "$VHDXLOG_REPLAY" "${options[@]}" image \
		output "$@"
}

# clean: whether the output is an image with nothing to replay
clean()
{
	"$VHDXLOG" scan -q output >said || {
		cat said
		exit 1
	}
}

# ratio NAME FOLDER: a log of 64 MiB of entries of two sectors
ratio()
{
	local ours theirs
	cd "$2"
	make_ring allocations 64 image
	sync -f image
	{
		read -r ours _ _ _
		read -r theirs _ _ _
	} < <(replay + -p 'cp image copy && sync -f copy' \
		qemu-img check -q -f vhdx -r all copy)
	clean
	cmp -s -i 192K output copy || echo "$1: qemu-img made another file"
	bound "replay of 64 MiB on $1, times as fast as qemu-img" \
		"$(awk -v a="$theirs" -v b="$ours" 'BEGIN { print a / b }')" \
		least 10
	rm -f image output copy
	cd "$OLDPWD"
	awk -v name="$1" -v ours="$ours" -v theirs="$theirs" -v json="$json" '
	BEGIN {
		printf "%-10s %10.1f %10.1f %8.1f%s\n", name, ours * 1000,
			theirs * 1000, theirs / ours,
			(theirs < 10 * ours ? "  BELOW 10" : "")
		printf "{\"replay\":\"%s\",\"replay_s\":%s,\"qemu_s\":%s}\n",
			name, ours, theirs >>json
	}'
}

echo
printf '%-10s %10s %10s %8s\n' 'log 64 MiB' 'replay ms' 'qemu ms' 'ratio'
ratio disk "$disk"
[ -z "$memory" ] || ratio memory "$memory"

# memory_of MIB WAY [OPTION]...
memory_of()
{
	local rss wall
	make_ring allocations "$1" image
	read -r wall _ rss _ < <(replay "${@:3}")
	awk -v mib="$1" -v way="$2" -v wall="$wall" -v rss="$rss" \
		-v json="$json" 'BEGIN {
		bound = 32 + mib * (256 * 128 + 128 * 16) / 1048576
		printf "%-13s %6d %10.1f %9.1f %9.1f%s\n", way, mib,
			wall * 1000, rss / 1024, bound,
			(rss / 1024 > bound ? "  OVER" : "")
		printf "{\"replay\":\"%s\",\"mib\":%d,\"wall_s\":%s," \
			"\"rss_kib\":%d,\"bound_mib\":%.1f}\n", way, mib, wall,
			rss, bound >>json
	}'
	rm -f image output
}

echo
printf '%-13s %6s %10s %9s %9s\n' way 'log MiB' 'wall ms' 'RSS MiB' 'bound MiB'
cd "${memory:-$disk}"
for mib in 1 64 256; do
	memory_of $mib replay
	memory_of $mib hashed --hash -f json
	memory_of $mib rearm --rearm
done

# sparse NAME: a disk of which the file has 64 GiB and next to no data
sparse()
{
	local wall from to
	"$VHDXLOG_CORPUS" "$work/sparse.json" image
	read -r wall _ _ _ < <(replay)
	clean
	from=$(stat -c %b image)
	to=$(stat -c %b output)
	rm -f image output
	awk -v name="$1" -v wall="$wall" -v from="$from" -v to="$to" \
		-v json="$json" 'BEGIN {
		printf "%-10s %10.1f %10d %10d\n", name, wall * 1000,
			from / 2, to / 2
		printf "{\"sparse\":\"%s\",\"wall_s\":%s,\"source_kib\":%d," \
			"\"output_kib\":%d}\n", name, wall, from / 2, to / 2 \
			>>json
	}'
}

echo
cat >"$work/sparse.json" <<'END'
{ "about": "64 GiB of file, next to no data",
  "image": { "virtual_size": "1T", "block_size": "32M", "file_size": "64G",
    "blocks": { "0": "present@128M", "9": "present@33G", "17": "present@60G" } },
  "log": { "entries": [ { "writes": [ { "bat": { "1": "present@62G" } } ] } ] } }
END
printf '%-10s %10s %10s %10s\n' 'of 64 GiB' 'replay ms' 'source KiB' 'output KiB'
[ -z "$memory" ] || sparse memory
