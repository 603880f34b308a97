#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Each requirement has tests, and each test shows a requirement: the list that
# `make cftt` makes leaves out neither.
set -eu
exec "$VHDXLOG_SRC/tests/cftt/cftt.py" --check
