#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --quiet leaves the image record alone, the same in json and jsonl as the first
# line of the whole jsonl report.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image demo.vhdx
scan -f jsonl demo.vhdx >records
head -n 1 records >first
valid scan-1.records first
for format in json jsonl; do
	scan -q -f $format demo.vhdx >quiet
	cmp first quiet || fail "$format: not the image record"
done
