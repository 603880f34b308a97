#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every recipe of the corpus scans as it says, and every check has a recipe that
# fails it and nothing else.
exec "$VHDXLOG_SRC/tests/recipes.py"
