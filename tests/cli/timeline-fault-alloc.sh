#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out in a timeline, the program says so and ends with status
# 3, or does its work all the same.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

make_image demo.vhdx
every "$VHDXLOG" timeline --no-hash -v demo.vhdx
every "$VHDXLOG" timeline --no-hash -f jsonl --anchor a=2026-11-22T14:30:00Z demo.vhdx
every "$VHDXLOG" timeline --no-hash -f csv --block 10 demo.vhdx
every "$VHDXLOG" timeline --no-hash --as-of E1 demo.vhdx
every "$VHDXLOG" timeline --no-hash -f json --as-of E7 demo.vhdx
