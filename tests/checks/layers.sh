#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Includes follow the arrows. Within lib/ a file includes its own layer or one
# before it; reports and the programs see vhdxlog.h only; lib/write uses what lies
# before policy and is used by vhdxlog-replay, corpus/ and tests/ alone; lib/match
# comes last, and nothing in lib/ includes it.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

# The order of the layers. What lies directly in lib/ is of the last, scan, but
# for the files that are a layer of their own.
order='public base crc32c check ondisk source carve image log overlay policy view guess scan match'

layer_of()
{
	case $1 in
	lib/vhdxlog.h | lib/vhdxlog-match.h) layer=public ;;
	lib/crc32c.* | lib/overlay.*) layer=${1#lib/} layer=${layer%.*} ;;
	lib/*/*) layer=${1#lib/} layer=${layer%%/*} ;;
	lib/*) layer=scan ;;
	reports/*) layer=reports ;;
	tools/*/*) layer=${1#tools/} layer=tools/${layer%%/*} ;;
	*) layer=${1%%/*} ;;
	esac
}

# What each layer may include besides itself; the tests may see everything.
declare -A may
before=
for layer in $order; do
	may[$layer]=$before
	before="$before $layer"
done
may[write]=${before%% policy *}
may[reports]='public'
may[tools/common]='public reports'
may[tools/vhdxlog]='public reports tools/common'
may[tools/vhdxlog-replay]='public reports tools/common write'
may[corpus]="$order write reports tools/common"

# A name in quotes is looked up as the compiler does.
resolve()
{
	local dir
	for dir in "$(dirname "$1")" lib .; do
		if [ -e "$dir/$2" ]; then
			target=$(realpath --relative-to=. "$dir/$2")
			return 0
		fi
	done
	return 1
}

while IFS=: read -r file line name; do
	resolve "$file" "$name" || {
		echo "$file:$line: \"$name\" is no file of ours"
		failed=1
		continue
	}
	layer_of "$file"
	from=$layer
	layer_of "$target"
	[ "$from" != "$layer" ] || continue
	case " ${may[$from]-none} " in
	*" $layer "*) ;;
	*)
		echo "$file:$line: $from must not include $target, which is $layer"
		failed=1
		;;
	esac
done < <(grep -rnH '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
	--include='*.[ch]' --include='*.def' lib reports tools corpus |
	sed 's/^\([^:]*:[0-9]*:\)[^"]*"\([^"]*\)".*/\1\2/')
exit $failed
