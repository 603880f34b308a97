#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every header compiles alone in C11, as the standard has it: without extensions and
# without asking the system for any, by gcc and, where it is there, by clang. What is
# installed does so also in C99, C++11 and C++17.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

# alone HEADER COMPILER...: a file that only includes it. Not the header itself,
# which as a main file would be given warnings of its own; a header of macros alone
# declares nothing, and a file has to; what is static need not be used.
alone()
{
	local header=$1
	shift
	printf '#include "%s"\nextern int alone;\n' "$header" |
		"$@" -pedantic-errors -Ilib -I. -Wall -Wextra -Werror \
			-Wno-unused-function \
			-fsyntax-only - || {
		echo "$header does not compile alone: $*"
		failed=1
	}
}

ccs=("$CC") cxxs=()
for cc in gcc clang; do
	[ "$cc" = "$CC" ] || ! command -v $cc >/dev/null || ccs+=($cc)
done
for cxx in g++ clang++; do
	! command -v $cxx >/dev/null || cxxs+=($cxx)
done

# Of tests alone: Criterion, or what fuzz targets have in its place; and in shims the
# C library's own names, which it only shows to those who ask.
flags_of()
{
	case $1 in
	tests/fuzz/*) echo -Itests/fuzz ;;
	tests/fault/around.h | tests/fault/pread.h) echo -D_GNU_SOURCE ;;
	tests/*) pkg-config --cflags criterion ;;
	esac
}

# shellcheck disable=SC2046,SC2086 # CC and flags are lists of words
while read -r header; do
	for cc in "${ccs[@]}"; do
		alone "$header" $cc -x c -std=c11 $(flags_of "$header")
	done
done < <(find lib reports tools corpus tests -name '*.h')

for header in lib/vhdxlog*.h; do
	for cc in "${ccs[@]}"; do
		# shellcheck disable=SC2086
		alone "$header" $cc -x c -std=c99
	done
	for cxx in "${cxxs[@]}"; do
		for std in c++11 c++17; do
			alone "$header" "$cxx" -x c++ -std=$std
		done
	done
done
exit $failed
