#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out while a page is made, that is said, and no page that
# is not whole comes with a good status.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

make_image demo.vhdx
every "$VHDXLOG" scan -f html demo.vhdx
every "$VHDXLOG" scan -q -f html demo.vhdx
for recipe in reader/03-stray-number guess/log-waits; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe.json" made.vhdx ||
		exit 1
	every "$VHDXLOG" scan -f html made.vhdx
done
