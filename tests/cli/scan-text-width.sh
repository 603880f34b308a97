#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whatever a log holds and however much is asked for, a report fits in 100 columns.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# Entries that write everywhere, all kinds of sectors, long names and values.
image - wide.vhdx <<'EOF'
{"about": "a log of everything, in a file that was cut",
 "log": {"entries": [
  {"sequence": "18446744073709551000", "writes": [{"page": "2M", "repeat": 3},
   {"page": "3M"}, {"page": "5M"}, {"page": "192K"}, {"page": "384K"},
   {"zero": "2M+4K", "length": "8K"}]},
  {"writes": [{"page": "7M", "repeat": 200}], "pad": 3},
  {"guid": "other", "sequence": 5, "writes": [{"bat": {"1": "present"}}]},
  {"at": 240, "guid": "third", "sequence": 5, "writes": [{"bat": {"1": "present"}}]}]},
 "damage": [{"fill": "log[235]", "byte": 65, "length": 4096, "seal": false},
  {"copy": "E0.s0", "to": "log[237]", "length": 4096, "seal": false},
  {"truncate": "2000K"}]}
EOF
image check/bat-bitmap-present-in-non-differencing bat.vhdx
image check/header-none-valid lost.vhdx
image demo demo.vhdx
for image in wide bat lost demo; do
	for options in '' -v --all-checks '--all-checks -v'; do
		# shellcheck disable=SC2086 # a list of options
		run 1 scan $options $image.vhdx
		# A command is never broken.
		grep -v '^  next: ' out |
			awk 'length > 100 { bad = 1; print } END { exit bad }' ||
			fail "$image $options: lines of more than 100 columns"
	done
done

run 1 scan wide.vhdx
has out 'ring, one letter a sector of 4 KiB: E entry, + more descriptors, d its data, o orphan data,' \
	'    p padding, ? something else, x cannot be read, . empty' ' and more '
# What is broken is all there.
run 1 scan --all-checks bat.vhdx
tr -s ' \n' ' ' <out >line
has line 'bat-bitmap-present-in-non-differencing fail 0x208000 got bat:4096 = 0x0000000000400006, want state 6 on differencing disks only'
