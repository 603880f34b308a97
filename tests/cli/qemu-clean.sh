#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every kind of image that qemu-img can create is clean. Of warnings there are
# those of a length that is no whole MiB, and of fixed disks whose blocks QEMU
# leaves in the state zero.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

command -v qemu-img >/dev/null || {
	echo 'no qemu-img'
	exit 77
}

made=0
# clean SIZE OPTIONS
clean()
{
	local status
	rm -f q.vhdx
	qemu-img create -q -f vhdx ${2:+-o "$2"} q.vhdx "$1" >create 2>&1 ||
		fail "qemu-img: $1 $2: $(cat create)"
	"$VHDXLOG" scan -f json q.vhdx >q.json 2>messages
	status=$?
	[ $status -eq 0 ] || fail "$1 $2: status $status: $(cat messages)
$(jq -c '.verdict, .findings' q.json)"
	jq -e '.verdict.state == "clean" and .entries == []
		and ([.findings[] | select(.class != "info")
			| select(.id != "file-size-unaligned"
				and .id != "bat-fixed-not-present")] == [])' \
		q.json >/dev/null || fail "$1 $2: $(jq -c .findings q.json)"
	jq -r '.image.metadata.virtual_disk_size' q.json >size
	made=$((made + 1))
}

blocks='1M 2M 4M 8M 16M 32M 64M 128M 256M'
logs='1M 2M 4M 16M 64M'
[ "$VHDXLOG_CHECKER" != valgrind ] || { blocks='1M 256M' logs='1M'; }

for block in $blocks; do
	for log in $logs; do
		for zero in on off; do
			clean 1G "block_size=$block,log_size=$log,block_state_zero=$zero"
		done
	done
	[ "$(jq .image.metadata.block_size q.json)" = $((${block%M} << 20)) ] ||
		fail "block size $block is shown as another"
done
for block in 1M 2M 16M; do
	clean 9M "subformat=fixed,block_size=$block"
	[ "$(jq .image.metadata.fixed q.json)" = true ] || fail 'not fixed'
done

# Sizes: the smallest, whole chunks and a little more, odd ones, the largest.
for size in 1M 2M 3145728 4G 4297064448 4294967808 1000000512 127G 2T 64T; do
	clean $size ''
	bytes=$(numfmt --from=iec "$size")
	[ "$(cat size)" -ge "$bytes" ] || fail "$size is shown as $(cat size)"
done
clean 1M 'subformat=fixed'
[ "$made" -gt 8 ]
