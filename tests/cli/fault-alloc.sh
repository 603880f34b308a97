#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out, the program says so and ends with status 3, or does
# its work all the same: never a signal, never half a report with a good status.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

make_image demo.vhdx
every "$VHDXLOG" scan demo.vhdx
every "$VHDXLOG" scan -f json --hash --all-checks demo.vhdx
every "$VHDXLOG" scan -f jsonl --strict demo.vhdx
every "$VHDXLOG" scan -f csv demo.vhdx
every "$VHDXLOG" show demo.vhdx header log bat:1
every "$VHDXLOG" show demo.vhdx E1 S1-3 policy:qemu
for what in E1 S1-3 policy:qemu; do
	every "$VHDXLOG" show -f json demo.vhdx $what
done
for recipe in check/header-log-misplaced check/header-foreign \
	check/log-unapplied guess/log-waits; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe.json" lost.vhdx ||
		exit 1
	every "$VHDXLOG" scan lost.vhdx
done
"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/check/log-disk-ahead.json" \
	ahead.vhdx || exit 1
every "$VHDXLOG" scan --log-guid 99999999-0000-4000-8000-000000000003 ahead.vhdx
every "$VHDXLOG" explain entry-tail-unaligned
every "$VHDXLOG" explain -f json
