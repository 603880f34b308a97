#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every header compiles alone, and the public one also as a stranger would
# include it: in C99, C11, C++11 and C++17, without our flags.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

# alone HEADER COMPILER...: a file that only includes it. Not the header itself,
# which as a main file would be given warnings of its own.
alone()
{
	local header=$1
	shift
	echo "#include \"$header\"" | "$@" -Ilib -I. -Wall -Wextra -Werror \
		-fsyntax-only - || {
		echo "$header does not compile alone: $*"
		failed=1
	}
}

# shellcheck disable=SC2086 # CC and flags are lists of words
while read -r header; do
	case $header in
	tests/*) flags=$(pkg-config --cflags criterion) ;;
	*) flags= ;;
	esac
	alone "$header" $CC -x c -std=gnu11 -D_GNU_SOURCE \
		-D_FILE_OFFSET_BITS=64 $flags
done < <(find lib reports tools corpus tests -name '*.h')

# shellcheck disable=SC2086
for std in c99 c11; do
	alone lib/vhdxlog.h $CC -x c -std=$std -pedantic
	alone lib/vhdxlog-match.h $CC -x c -std=$std -pedantic
done
for cxx in g++ clang++; do
	command -v $cxx >/dev/null || continue
	for std in c++11 c++17; do
		alone lib/vhdxlog.h $cxx -x c++ -std=$std -pedantic
		alone lib/vhdxlog-match.h $cxx -x c++ -std=$std -pedantic
	done
done
exit $failed
