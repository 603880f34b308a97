#!/bin/bash
# SPDX-License-Identifier: MIT
#
# once.sh TARGET...: all inputs of these targets that were kept or ever showed
# something, once each, through programs that have no engine: `make coverage`.
set -eu
here=$VHDXLOG_SRC/tests/fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
for target; do
	mkdir "$scratch/$target"
	[ ! -e "$here/corpus/$target.tar.xz" ] ||
		tar -xJf "$here/corpus/$target.tar.xz" -C "$scratch/$target"
	[ ! -d "$here/regressions/$target" ] ||
		cp "$here/regressions/$target"/* "$scratch/$target"
	echo "$target: $(find "$scratch/$target" -type f | wc -l) inputs"
	find "$scratch/$target" -type f -exec \
		"$VHDXLOG_BUILD/fuzz-$target" {} + || failed=1
done
exit $failed
