#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `make bench`: how long a scan takes and how much memory, on rings of every kind
# and length, as medians of whole processes, cached. SIZES (MiB) and RUNS may be
# given. The table goes to standard output, the figures as JSON lines to
# build/bench.jsonl.
#
# Per MiB: the time of the scan less that of a scan of the same kind of ring of
# 1 MiB, by the MiB between them; the process's start is not the ring's cost.
# Bound: 32 MiB, 128 bytes a sector, 16 a descriptor of a sound entry.
set -eu

sizes=${SIZES:-"1 16 256"}
runs=${RUNS:-5}
kinds="empty honest rewrites claims-wrong claims-right descriptors shuffled one-chain short-chain one-entry"
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
: >"$json"

# Sound descriptors of a ring, for the bound on memory.
descriptors() # KIND SECTORS
{
	case $1 in
	honest) echo $(($2 / 2)) ;;
	rewrites) echo $(($2 / 4 * 3)) ;;
	short-chain) echo "$2" ;;
	descriptors | shuffled | one-chain) echo $(($2 * 126)) ;;
	one-entry) echo $((($2 - 1) * 128 - 2)) ;;
	*) echo 0 ;;
	esac
}

printf '%-13s %6s %10s %10s %9s %9s %9s\n' \
	ring MiB 'walk ms' 'jsonl ms' 'walk/dd' 'RSS MiB' 'bound MiB'
for kind in $kinds; do
	for mib in $sizes; do
		make_ring "$kind" "$mib" "$work/image.vhdx"
		{
			read -r dd _ _ _
			read -r walk _ rss by_dd
			read -r full _ rss_full _
		} < <(measure dd if="$work/image.vhdx" of=/dev/null bs=4M \
			skip=1M count="${mib}M" iflag=skip_bytes,count_bytes \
			status=none + \
			"$VHDXLOG" scan -q --no-hash "$work/image.vhdx" + \
			"$VHDXLOG" scan -f jsonl --no-hash "$work/image.vhdx")
		[ "$rss" -ge "$rss_full" ] || rss=$rss_full
		sectors=$((mib * 256))
		awk -v kind="$kind" -v mib="$mib" -v walk="$walk" \
			-v full="$full" -v dd="$dd" -v rss="$rss" -v by="$by_dd" \
			-v sectors="$sectors" -v json="$json" \
			-v n="$(descriptors "$kind" "$sectors")" 'BEGIN {
			bound = 32 + (128 * sectors + 16 * n) / 1048576
			printf "%-13s %6d %10.2f %10.2f %9.2f %9.1f %9.1f%s\n",
				kind, mib, walk * 1000, full * 1000, by,
				rss / 1024, bound,
				(rss / 1024 > bound ? "  OVER" : "")
			printf "{\"ring\":\"%s\",\"mib\":%d,\"walk_s\":%s," \
				"\"jsonl_s\":%s,\"dd_s\":%s,\"rss_kib\":%d," \
				"\"bound_mib\":%.1f}\n", kind, mib, walk, full,
				dd, rss, bound >>json
		}'
		[ "$mib" -lt 256 ] || bound "memory of $kind, $mib MiB, of what it may" \
			"$(awk -v rss="$rss" -v s="$sectors" \
			-v n="$(descriptors "$kind" "$sectors")" 'BEGIN {
			print rss / 1024 / (32 + (128 * s + 16 * n) / 1048576)
			}')" most 1
	done
done

# What every reader would do, beside the walk: with a LogGuid of zero none is
# asked for more than that.
make_ring honest "$mib" "$work/image.vhdx"
read -r all _ _ _ < <(measure "$VHDXLOG" scan -q --no-hash "$work/image.vhdx")
read -r alone _ _ _ < <(measure "$VHDXLOG" scan -q --no-hash \
	--log-guid 00000000-0000-0000-0000-000000000000 "$work/image.vhdx")
echo
awk -v mib="$mib" -v all="$all" -v alone="$alone" -v json="$json" 'BEGIN {
	printf "all readers, honest ring of %d MiB: %.2f ms; the walk alone " \
		"%.2f ms; %.2f times (bound 3)\n", mib, all * 1000,
		alone * 1000, all / alone
	printf "{\"readers\":\"honest\",\"mib\":%d,\"all_s\":%s," \
		"\"walk_s\":%s}\n", mib, all, alone >>json
}'

echo
echo "walk, microseconds for each MiB beyond the smallest ring; by honest:"
per_mib ring walk_s honest
