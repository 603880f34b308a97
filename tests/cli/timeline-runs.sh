#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Neighbouring blocks share a row where they are neighbours in the file as well:
# two that claim one place are two rows.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

cat >recipe.json <<'EOF'
{"about": "blocks in a row, and two at one place",
 "image": {"virtual_size": "4G", "block_size": "1M", "file_size": "40M"},
 "log": {"entries": [
  {"writes": [{"bat": {"1": "present@4M", "2": "present@5M", "3": "present@5M",
                       "4": "present@8M", "6": "zero", "7": "zero"}}]}
 ]}}
EOF
"$VHDXLOG_CORPUS" recipe.json runs.vhdx
run 0 timeline runs.vhdx
has out 'block 1-2  allocated' 'at 4 to 6 MiB' 'block 3 ' 'at 5 MiB' \
	'block 4 ' 'at 8 MiB' 'block 6-7  state-changed'
hasnt out 'block 2-3' 'block 1-4'
