# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what benchmarks share. `runs` is set before.

# shellcheck disable=SC2034
json=$VHDXLOG_SRC/build/bench.jsonl
work=$(mktemp -d "${TMPDIR:-/tmp}/vhdxlog-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# measure [-p PREPARE] COMMAND... [+ ...]: as bench-measure has it.
# shellcheck disable=SC2154
measure()
{
	"$VHDXLOG_BUILD/bench-measure" "$runs" "$@"
}

# bound NAME FIGURE most|least LIMIT: keep what was promised and what it is, and say
# so where it is not kept.
bound()
{
	awk -v name="$1" -v figure="$2" -v at="$3" -v limit="$4" -v json="$json" '
	BEGIN {
		over = at == "most" ? figure + 0 > limit + 0 : figure + 0 < limit + 0
		printf "  %-58s %8.2f  (at %s %s)%s\n", name, figure, at, limit,
			(over ? "  OVER" : "")
		printf "{\"bound\":\"%s\",\"figure\":%.4f,\"at\":\"%s\"," \
			"\"limit\":%s,\"held\":%s}\n", name, figure, at,
			limit, (over ? "false" : "true") >>json
	}'
}

# make_ring KIND MIB IMAGE: made, and in the cache. The BAT has room for what is
# allocated; for allocations a page for every two sectors of the log.
make_ring()
{
	local more=
	case $1 in
	allocations)
		more=", \"virtual_size\": \"$(($2 * 64))G\", \"block_size\": \"1M\",
			\"bat\": { \"offset\": \"$(($2 + 1))M\" }"
		;;
	writer | writers | between | rewrites)
		more=', "virtual_size": "120G", "block_size": "1M"'
		;;
	esac
	cat >"$work/recipe.json" <<-END
	{ "about": "a ring of $2 MiB, $1",
	  "image": { "log": { "length": "$2M" } $more },
	  "log": { "guid": "session" } }
	END
	rm -f "$3"
	"$VHDXLOG_CORPUS" "$work/recipe.json" "$3"
	"$VHDXLOG_BUILD/bench-ring" "$3" "$1"
	cat "$3" >/dev/null
}

# per_mib NAME SECONDS KIND: of the figures that have that NAME, microseconds of
# SECONDS for each MiB beyond the smallest ring, and by that of KIND.
per_mib()
{
	grep "^{\"$1\"" "$json" | awk -F'[:,}]' -v seconds="$2" -v by="$3" '{
		gsub(/"/, "")
		kind = $2
		for (i = 3; i < NF; i += 2)
			v[$i] = $(i + 1)
		if (!(kind in base)) {
			base[kind] = v[seconds]
			small[kind] = v["mib"]
			order[++n] = kind
		}
		last[kind] = v[seconds]
		large[kind] = v["mib"]
	} END {
		for (i = 1; i <= n; i++) {
			k = order[i]
			d = large[k] - small[k]
			per[k] = d ? (last[k] - base[k]) / d * 1e6 : 0
		}
		for (i = 1; i <= n; i++)
			printf "%-13s %8.1f %6.2f\n", order[i], per[order[i]],
				per[by] ? per[order[i]] / per[by] : 0
	}'
}
