#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out while damaged entries are looked at, it is said.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

# Pages of everything: E2 has BAT, metadata and a region table, one sector torn.
image - half.vhdx <<'EOF'
{
  "about": "Of three pages that were written together the first is torn.",
  "log": {
    "entries": [
      {"sequence": 1, "writes": [{"bat": {"0": "present"}}]},
      {"writes": [{"bat": {"1": "present", "600": "present"}},
                  {"page": "192K", "current": true},
                  {"page": "3M", "current": true}]}
    ]
  },
  "damage": [{"fill": "E2.s0+512", "byte": 0, "seal": false}]
}
EOF
every "$VHDXLOG_REPLAY" --salvage -n half.vhdx

# What is written is whole, or is not there.
after()
{
	case $status in
	0 | 1) [ -e out.vhdx ] || fail "$1: no output" ;;
	*) [ ! -e out.vhdx ] || fail "$1: an output is there" ;;
	esac
	[ -e good.vhdx ] || cp out.vhdx good.vhdx
	[ ! -e out.vhdx ] || cmp -s out.vhdx good.vhdx || fail "$1: another output"
	rm -f out.vhdx
}
every "$VHDXLOG_REPLAY" --salvage half.vhdx out.vhdx
exit 0
