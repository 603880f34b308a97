#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tables of the hostile logs' README are those of their recipes, and name no
# reader that is not modelled.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

"$VHDXLOG_SRC/tests/hostile_tables.py" ||
	fail "tests/hostile_tables.py --update makes them right"

# A check that sees no difference shows nothing.
mkdir -p copy/corpus/recipes
cp -r "$VHDXLOG_SRC/corpus/recipes/reader" copy/corpus/recipes
sed -i '0,/^| hang | calebf |$/s//| hang | qemu |/' \
	copy/corpus/recipes/reader/README.md
tables=$VHDXLOG_SRC/tests/hostile_tables.py
! VHDXLOG_SRC=$PWD/copy "$tables" >/dev/null ||
	fail "a wrong table was not seen"
