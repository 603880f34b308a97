#!/bin/bash
# SPDX-License-Identifier: MIT
#
# As of an entry: a BAT that cannot be read is not called empty, and geometry that
# is from a later entry is not called known.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image - none.vhdx <<'EOF'
{"about": "no metadata", "image": {},
 "log": {"entries": [{"writes": [{"bat": {"0": "present@8M", "1": "present@8M"}}]}]},
 "damage": [{"fill": "metadata.signature", "byte": 0, "length": "64K"}]}
EOF
run 0 timeline --as-of E0 none.vhdx
has out 'the BAT cannot be read: nothing says how large the disk and its blocks are'
! grep -q 'no blocks\|is zero' out || fail "a BAT that cannot be read is empty"
run 0 timeline -f json --no-hash --as-of E0 none.vhdx
[ "$(jq -c '[.bat, .as_of.bat_known, .as_of.metadata_certainty]' out)" = \
	'[[],false,null]' ] || fail "none: $(jq -c .as_of out)"
jq -e '[.limitations[] | select(startswith("the BAT of then cannot be read"))]
	| length == 1' out >/dev/null || fail "no limitation says so"

image - guessed.vhdx <<'EOF'
{"about": "no metadata, and a BAT that one block size fits", "image": {},
 "log": {"entries": [{"writes": [{"bat": {"1": "present@8M"}}]}]},
 "damage": [{"fill": "metadata.signature", "byte": 0, "length": "64K"}]}
EOF
run 0 timeline --as-of E0 guessed.vhdx
has out 'the sizes of blocks and disk were assumed'

image - later.vhdx <<'EOF'
{"about": "metadata that a later session wrote", "image": {},
 "log": {"guid": "zero", "entries": [
  {"at": 10, "guid": "one", "sequence": 50, "tail": "self", "applied": true,
   "writes": [{"bat": {"2": "present@9M"}}]},
  {"guid": "one", "applied": true, "writes": [{"page": "3M+64K", "current": true}]}]}}
EOF
run 0 timeline -f json --no-hash --as-of E10 later.vhdx
[ "$(jq -c '.as_of | [.bat_known, .metadata_certainty]' out)" = \
	'[true,"inferred"]' ] || fail "later: $(jq -c .as_of out)"
run 0 timeline -f json --no-hash --as-of E12 later.vhdx
[ "$(jq -c '.as_of | [.bat_known, .metadata_certainty]' out)" = \
	'[true,"known"]' ] || fail "then: $(jq -c .as_of out)"
