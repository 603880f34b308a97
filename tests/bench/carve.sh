#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Part of `make bench`: carve beside `dd bs=4M` on the same cached file of GIB GiB
# (4), RUNS as in run.sh; figures go to build/bench.jsonl too.
#
#	ten	 ten images, noise between them
#	sparse	 the same images, holes between them
#	zeroes	 zeroes that are no holes
#	signs	 every 512 bytes begin like a structure
#	huge	 a file of 1 TiB with 100 MiB of data in 100 places
#
# Bounds: 0.8 of the speed of dd where there are ten images; memory that does not
# grow, 64 MiB at most; huge: a second.
set -eu

gib=${GIB:-4}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
make_dump=("$VHDXLOG_SRC/tests/oracle/carve.py" --seed 1 --size "$gib")
file=$work/file.raw

make_signs()
{
	python3 - "$file" "$gib" <<-'END'
	import sys
	MIB = 1 << 20
	signs = (b"loge", b"data", b"head", b"regi", b"metadata", b"vhdxfile")
	units = b"".join(signs[i % 6].ljust(512, b"\1") for i in range(2048))
	with open(sys.argv[1], "wb") as file:
	    for _ in range(int(sys.argv[2]) * 1024):
	        file.write(units)
	END
}

make_huge()
{
	local i
	truncate -s 1T "$file"
	for i in $(seq 0 99); do
		head -c 1M /dev/urandom | dd of="$file" bs=1M conv=notrunc \
			seek=$((i * 10485 + 7)) status=none
	done
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/demo.json" "$work/demo"
	dd if="$work/demo" of="$file" bs=512 conv=notrunc,sparse \
		seek=1234567890 status=none
}

make_file()
{
	rm -f "$file"
	case $1 in
	ten) "${make_dump[@]}" --noisy --make "$file" ;;
	sparse) "${make_dump[@]}" --make "$file" ;;
	zeroes) dd if=/dev/zero of="$file" bs=1M count=$((gib * 1024)) status=none ;;
	signs) make_signs ;;
	huge) make_huge ;;
	esac
}

printf '%-8s %9s %9s %9s %7s %9s %8s\n' file 'dd ms' 'carve ms' 'user ms' \
	'dd/it' 'read MiB' 'RSS MiB'
for kind in ten sparse zeroes signs huge; do
	make_file $kind
	runs=${RUNS:-5}
	[ $kind != signs ] || runs=1
	dd=0 beside=()
	[ $kind = huge ] || {
		cat "$file" >/dev/null
		beside=(+ dd if="$file" of=/dev/null bs=4M status=none)
	}
	{
		read -r wall cpu rss _
		read -r dd _ || true
	} < <(measure "$VHDXLOG" carve -q "$file" "${beside[@]}")
	[ $kind != ten ] || bound "carve of ten images, of the speed of dd" \
		"$(awk -v a="$dd" -v b="$wall" 'BEGIN { print a / b }')" least 0.8
	[ $kind != huge ] || bound "carve of a sparse TiB, seconds" "$wall" most 1
	bytes=$("$VHDXLOG" carve -q -f json "$file" | jq -r .bytes_read)
	awk -v kind=$kind -v dd="$dd" -v wall="$wall" -v cpu="$cpu" \
		-v rss="$rss" -v bytes="$bytes" -v json="$json" 'BEGIN {
		ratio = dd / wall
		over = rss > 65536 || (kind == "ten" && ratio < 0.8) ||
			(kind == "huge" && wall > 1)
		printf "%-8s %9.1f %9.1f %9.1f %7.2f %9.1f %8.1f%s\n", kind,
			dd * 1000, wall * 1000, cpu * 1000, ratio,
			bytes / 1048576, rss / 1024, (over ? "  OVER" : "")
		printf "{\"carve\":\"%s\",\"dd_s\":%s,\"carve_s\":%s," \
			"\"bytes_read\":%s,\"rss_kib\":%d}\n", kind, dd, wall,
			bytes, rss >>json
	}'
done
