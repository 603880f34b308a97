# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what the tests of schemas share, which must refuse a report that
# differs from a good one in one thing.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# A good report and the ways to spoil it; each has to be complained of.
changes=()
spoil()
{
	jq -c "$1" good >spoilt || exit 1
	! cmp -s good spoilt || fail "changes nothing: $1"
	cat spoilt >>bad.jsonl
	changes+=("$1")
}

# Each of these objects with a key more and with a key less.
spoil_keys()
{
	local object
	for object; do
		spoil "$object |= (. + {surplus: null})"
		spoil "$object |= del(.[keys_unsorted[-1]])"
	done
}

# refused SCHEMA
refused()
{
	local n
	"$VHDXLOG_SRC/tests/validate.py" --jsonl \
		"$VHDXLOG_SRC/reports/vhdxlog.$1.schema.json" bad.jsonl \
		2>complaints
	[ ${#changes[@]} -gt 0 ] || fail "nothing was spoilt"
	for ((n = 1; n <= ${#changes[@]}; n++)); do
		grep -q "^bad.jsonl:$n: " complaints ||
			fail "$1 allows: ${changes[n - 1]}"
	done
	changes=()
	rm -f bad.jsonl
}
