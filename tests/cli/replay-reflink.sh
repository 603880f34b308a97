#!/bin/bash
# SPDX-License-Identifier: MIT
#
# On a file system that can share blocks, replaying costs what the log changes;
# elsewhere it costs the data, and holes stay holes. The bytes are the same.
. "$VHDXLOG_SRC/tests/cli/_mount.sh"
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# replay IMAGE OUTPUT: prints how it was copied.
replay()
{
	"$VHDXLOG_BUILD/vhdxlog-replay" "$1" "$2" -f json >record 2>err ||
		fail "replaying $1 to $2: $(cat err record)"
	jq -er .output.copied_by record || fail "no copied_by in the record"
}

# same A B, byte by byte, and the length
same()
{
	cmp "$1" "$2" || fail "$1 and $2 differ"
}

# Space that a file takes, in bytes.
space()
{
	sync -f "$1"
	echo $(($(stat -c '%b * %B' "$1")))
}

# The image of the demo, grown to a size.
demo()
{
	jq --arg size "$1" '.image.file_size = $size' \
		"$VHDXLOG_SRC/corpus/recipes/demo.json" | image - "$2"
}

mount_kinds 512M xfs btrfs

# Full of data where no block lies, and larger than any of the file systems but
# all holes.
demo 136M full.vhdx
dd if=/dev/urandom of=full.vhdx bs=1M seek=16 count=120 conv=notrunc \
	status=none || exit 1
demo 640M sparse.vhdx
for name in full sparse; do
	replay $name.vhdx $name.want >way
done

for kind in "${kinds[@]}"; do
	for name in full sparse; do
		cp $name.vhdx "$kind/" || exit 1
		free=$(bytes_free "$kind")
		way=$(replay "$kind/$name.vhdx" "$kind/$name.out") || fail "$way"
		[ "$way" = reflink ] || fail "$kind: copied by $way"
		taken=$((free - $(bytes_free "$kind")))
		[ $taken -lt $((32 << 20)) ] ||
			fail "$kind: $name took $taken bytes"
		same "$kind/$name.out" $name.want
		same "$kind/$name.vhdx" $name.vhdx
		rm "$kind/$name.out"
	done
done

# From one to another nothing can be shared.
across()
{
	local from=$1 to=$2 name way
	for name in full sparse; do
		way=$(replay "$from/$name.vhdx" "$to/$name.across") ||
			fail "$way"
		[ "$way" != reflink ] || fail "$from to $to: copied by $way"
		same "$to/$name.across" $name.want
	done
	[ "$(space "$to/sparse.across")" -lt $((16 << 20)) ] ||
		fail "$from to $to: holes were filled"
	rm "$to/full.across" "$to/sparse.across"
}
for from in . "${kinds[@]}"; do
	for to in . "${kinds[@]}"; do
		[ "$from" = "$to" ] || across "$from" "$to"
	done
done
