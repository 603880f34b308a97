#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The fuzz target of that name: tests/fuzz/README.md.
exec "$VHDXLOG_SRC/tests/fuzz/check.sh" replay
