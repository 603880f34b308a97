#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The names of all files of the sources as they stand, ended by NUL: of a clone
# what is tracked and what is new, of an unpacked tarball what is there. Run from
# the top.
set -eu
if [ ! -e .dist-info ] && [ "$(git rev-parse --show-toplevel 2>/dev/null)" = \
	"$(pwd -P)" ]; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path ./build -prune -o -type f -printf '%P\0'
fi | while IFS= read -r -d '' name; do
	# Deleted, but not yet committed so; or made anew by dist.sh.
	[ ! -e "$name" ] || [ "$name" = .dist-info ] || printf '%s\0' "$name"
done
