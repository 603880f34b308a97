#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Part of `make bench`: how long a timeline takes beside a scan, both as text, and
# how much memory; and a comparison of what two readers would do. SIZES (MiB) and
# RUNS as in run.sh; figures go to build/bench.jsonl too.
#
# Bound: of a ring of 256 MiB three times the scan, where it is as a writer leaves
# it: each entry of `writer` allocates a block, and those of `writers` are sessions
# of their own, as QEMU's are. In `honest` every page has another pattern, so that
# each of its 512 BAT entries is an event, and there are as many events in the rings
# of descriptors: what such a timeline costs is its length, which is told too.
# Those are run once where they are longer than 16 MiB.
set -eu

sizes=${SIZES:-"1 16 256"}
runs=${RUNS:-5}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"

kinds="empty writer writers allocations between short-chain claims-right honest descriptors strangers one-chain one-entry"

# Whether a timeline has as many events as there is room for descriptors.
is_long()
{
	case $1 in
	honest | descriptors | strangers | one-chain | one-entry) true ;;
	*) false ;;
	esac
}

printf '%-13s %5s %9s %9s %6s %9s %9s %8s %8s\n' ring MiB 'scan ms' \
	'text ms' ratio 'jsonl ms' events 'scan RSS' 'RSS MiB'
for kind in $kinds; do
	for mib in $sizes; do
		make_ring "$kind" "$mib" "$work/image.vhdx"
		runs=${RUNS:-5}
		! is_long "$kind" || [ "$mib" -le 16 ] || runs=1
		{
			read -r scan _ rss_scan _
			read -r text _ rss _
			read -r full _ rss_full _
		} < <(measure "$VHDXLOG" scan --no-hash "$work/image.vhdx" + \
			"$VHDXLOG" timeline --no-hash "$work/image.vhdx" + \
			"$VHDXLOG" timeline -f jsonl --no-hash \
			"$work/image.vhdx")
		events=$("$VHDXLOG" timeline -f jsonl --no-hash \
			"$work/image.vhdx" | grep -c '"type":"event"') || true
		[ "$rss" -ge "$rss_full" ] || rss=$rss_full
		case $kind$mib in
		writer256 | writers256)
			bound "timeline of $kind, 256 MiB, times the scan" \
				"$(awk -v a="$text" -v b="$scan" \
				'BEGIN { print a / b }')" most 3
			;;
		esac
		awk -v kind="$kind" -v mib="$mib" -v scan="$scan" \
			-v text="$text" -v full="$full" -v rss="$rss" \
			-v rss_scan="$rss_scan" -v events="$events" \
			-v json="$json" 'BEGIN {
			over = kind ~ /^writer/ && mib == 256 && text > 3 * scan
			printf "%-13s %5d %9.2f %9.2f %6.2f %9.2f %9d %8.1f " \
				"%8.1f%s\n", kind, mib, scan * 1000,
				text * 1000, text / scan, full * 1000, events,
				rss_scan / 1024, rss / 1024,
				(over ? "  OVER" : "")
			printf "{\"timeline\":\"%s\",\"mib\":%d,\"scan_s\":%s," \
				"\"text_s\":%s,\"jsonl_s\":%s,\"events\":%d," \
				"\"rss_kib\":%d}\n", kind, mib, scan, text,
				full, events, rss >>json
		}'
	done
done

echo
runs=${RUNS:-5}
printf '%-13s %5s %9s %10s %8s\n' compare MiB 'scan ms' 'compare ms' 'RSS MiB'
for kind in writer honest rewrites allocations between one-chain one-entry; do
	make_ring "$kind" "$mib" "$work/image.vhdx"
	{
		read -r scan _ _ _
		read -r took _ rss _
	} < <(measure "$VHDXLOG" scan --no-hash "$work/image.vhdx" + \
		"$VHDXLOG" compare "$work/image.vhdx" policy:ms-vhdx policy:qemu)
	awk -v kind="$kind" -v mib="$mib" -v scan="$scan" -v took="$took" \
		-v rss="$rss" -v json="$json" 'BEGIN {
		printf "%-13s %5d %9.2f %10.2f %8.1f\n", kind, mib,
			scan * 1000, took * 1000, rss / 1024
		printf "{\"compare\":\"%s\",\"mib\":%d,\"scan_s\":%s," \
			"\"compare_s\":%s,\"rss_kib\":%d}\n", kind, mib, scan,
			took, rss >>json
	}'
done

echo
echo "timeline as text, microseconds for each MiB beyond the smallest ring; by writer:"
per_mib timeline text_s writer
