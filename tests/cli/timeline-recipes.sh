#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a timeline tells of every recipe that has an opinion on it, blocks and the
# guest's ranges above all; and a timeline that is one block off is noticed.
set -eu

"$VHDXLOG_SRC/tests/timeline_recipes.py"

export REAL=$VHDXLOG
# shellcheck disable=SC2016 # for the program that goes wrong
printf '#!/bin/sh\n"$REAL" "$@" | jq '\''%s'\''\n' \
	'(.events[] | select(.block == 4096) | .block) = 4097' >wrong
chmod +x wrong
recipe=$VHDXLOG_SRC/corpus/recipes/timeline/chunks-of-4096-blocks.json
if VHDXLOG=$PWD/wrong "$VHDXLOG_SRC/tests/timeline_recipes.py" "$recipe" >said
then
	echo 'it did not notice another block'
	exit 1
fi
grep -q '+.*4097' said
