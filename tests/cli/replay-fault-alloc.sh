#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Wherever memory runs out, it says so and leaves no output, or makes the right
# one: never a signal, never half of one.
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

sum=$(sha256sum <work/image.vhdx)
made= # what the program is to make
old=  # and whether something is there before

before()
{
	rm -f "$made"
	[ -z "$old" ] || old_output "${made#work/}"
}

# after WHAT
after()
{
	[ "$(sha256sum <work/image.vhdx)" = "$sum" ] ||
		fail "$*: the image was changed"
	if [ $status -eq 0 ]; then
		[ -e good_made ] || cp "$made" good_made
		cmp -s "$made" good_made || fail "$*: another $made"
	elif [ -n "$old" ]; then
		cmp -s "$made" old_made || fail "$*: the old $made is gone"
	else
		[ ! -e "$made" ] || fail "$*: it failed, but left $made"
	fi
	[ -z "$(find work/ -name '.*' -type f)" ] ||
		fail "$*: a hidden file is left"
}

each()
{
	while [ "$1" != -- ]; do shift; done
	shift
	made=work/out.vhdx old=
	case $1 in
	--patch) made=work/patch ;;
	--overwrite) old=1 && cp "$made" old_made ;;
	esac
	rm -f good_made
	# json-c's parser follows a null pointer where the copy of a name cannot
	# be made (json-c 0.16, json_tokener.c): what it asks for is given.
	case $1 in
	--apply | --unapply) FAIL_ALLOC_SPARES=libjson-c,libseccomp ;;
	*) FAIL_ALLOC_SPARES=libseccomp ;;
	esac
	every "$VHDXLOG_REPLAY" "$@"
	before
}
each_setup each
