# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what benchmarks share. `runs` is set before.

# shellcheck disable=SC2034
json=$VHDXLOG_SRC/build/bench.jsonl
work=$(mktemp -d "${TMPDIR:-/tmp}/vhdxlog-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# measure [-p PREPARE] COMMAND...
measure()
{
	local prepare=()
	if [ "$1" = -p ]; then
		prepare=(-p "$2")
		shift 2
	fi
	"$VHDXLOG_BUILD/bench-measure" "${prepare[@]}" "$runs" "$@"
}

# make_ring KIND MIB IMAGE: made, and in the cache. For allocations the BAT has a
# page for every two sectors of the log.
make_ring()
{
	local more=
	[ "$1" != allocations ] || more=", \"virtual_size\": \"$(($2 * 64))G\",
		\"block_size\": \"1M\", \"bat\": { \"offset\": \"$(($2 + 1))M\" }"
	cat >"$work/recipe.json" <<-END
	{ "about": "a ring of $2 MiB, $1",
	  "image": { "log": { "length": "$2M" } $more },
	  "log": { "guid": "session" } }
	END
	"$VHDXLOG_CORPUS" "$work/recipe.json" "$3"
	"$VHDXLOG_BUILD/bench-ring" "$3" "$1"
	cat "$3" >/dev/null
}
