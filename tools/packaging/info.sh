#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Which sources these are, in two lines: their id, and their time in seconds since
# 1970. A tarball has both in a file, as it has no history. Run from the top.
if [ -e .dist-info ]; then
	cat .dist-info
else
	git describe --always --dirty 2>/dev/null || echo unnamed
	git log -1 --format=%ct 2>/dev/null || stat -c %Y lib/vhdxlog.h
fi
