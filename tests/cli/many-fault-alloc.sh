#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out while images are scanned side by side: a message and
# status 3, or the whole report; never a signal, never an end that does not come.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

# Threads take turns in no fixed order, so that the n-th allocation is another each
# time: fewer of them are as good as all.
# shellcheck disable=SC2034
most=100
make_image demo.vhdx
"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/shape/clean.json" clean.vhdx || exit 1
mkdir tree
cp clean.vhdx tree
printf 'demo.vhdx\0clean.vhdx\0tree\0clean.vhdx' >list
every "$VHDXLOG" scan -j 2 -f jsonl -r --files0-from list
every "$VHDXLOG" scan -j 3 -f csv -r demo.vhdx tree clean.vhdx
every "$VHDXLOG" scan -q -r demo.vhdx tree clean.vhdx
