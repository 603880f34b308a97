#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tests with each other compiler and sanitizer than plain gcc, which
# `make check` uses, and under valgrind: `make check-matrix`. What a second
# compiler may get wrong, or see, is in the library, so clang runs the unit tests
# alone. And what reads the sources without running them. Each stage has its own
# folder in build/, so a second run compiles only what changed. Goes on after a
# failure; the last line counts all.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/checks/_tally.sh

# Stages run one after the other, each with all processors.
unset MAKEFLAGS MFLAGS MAKELEVEL

stage()
{
	local title=$1 start=$SECONDS
	shift
	echo "== $title"
	tally '^ok      |^  (TIDY|ANALYZE|CC)  ' make --no-print-directory PUBLISH=no "$@"
	echo "== $title: $((SECONDS - start)) s"
}

stage "clang-tidy, cppcheck, gcc -fanalyzer" lint CC=gcc
stage "gcc, address and undefined" check CC=gcc SAN=address,undefined
# What runs in threads. Criterion has no room for itself under this one.
SHOW='' stage "gcc, thread" check T='many*' CC=gcc SAN=thread
SHOW='' stage "clang" check T=unit CC=clang
SHOW='' stage "clang, address and undefined" check T=unit CC=clang \
	SAN=address,undefined
stage "gcc, valgrind" check-valgrind CC=gcc
total
