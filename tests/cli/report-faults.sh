#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A report that cannot be written: whatever call on it fails, is cut short or is the
# last, in every command and format, the file appears whole or what was there before
# stays, nothing else is left, and the message names the file and the reason; so it
# is on standard output, of which a part has gone by then. The evidence is untouched.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"
work_in_memory

image demo demo.vhdx
image shape/clean clean.vhdx
mv demo.vhdx work/image.vhdx

# each_report FUNCTION: call it with the exit status and the arguments of everything
# that vhdxlog can be asked to write.
each_report()
{
	local do=$1 format
	for format in text json jsonl csv html; do
		$do 1 scan --no-hash -f $format work/image.vhdx
	done
	$do 1 scan -f jsonl -j 2 work/image.vhdx clean.vhdx
	for format in text json jsonl csv; do
		$do 0 timeline -f $format work/image.vhdx
	done
	for format in text json csv; do
		$do 1 compare -f $format work/image.vhdx disk S1-3
	done
	for format in text json; do
		$do 0 show -f $format work/image.vhdx E1
		$do 0 explain -f $format
	done
	for format in text json jsonl map; do
		$do 0 carve -f $format work/image.vhdx
	done
}

# fault FAULT OPTION... -- ARGUMENT...: as walk, of vhdxlog, which leaves nothing
# open in the folder
fault()
{
	local VHDXLOG_REPLAY=env
	rm -f left_open
	walk "$@"
	[ ! -s left_open ] || fail "left open: $(sort left_open | uniq -c): $*"
}

program=("LD_PRELOAD=$VHDXLOG_BUILD/io.so" "FAIL_LEFT_OPEN=$PWD/left_open" "$VHDXLOG")
errors=(ENOSPC EIO EDQUOT)

# In turn another of the errors and another way to fail, a file that is there before
# or not, and a file system that knows files without a name or not.
to_file()
{
	local status=$1 error=${errors[turn % 3]} way=() run=()
	shift
	run=(-e "$status" -r report -- "${program[@]}" "$1" -o work/report "${@:2}")
	[ $((turn % 3)) -eq 0 ] || old_output report
	[ $((turn % 5)) -lt 2 ] || way=(-x tmpfile)
	fault "write:$error" "${way[@]}" "${run[@]}"
	fault short-write -z "${run[@]}"
	case $((turn % 4))$VHDXLOG_CHECKER in
	0*) fault write:EINTR "${way[@]}" "${run[@]}" ;;
	1*) fault "writes:$error" "${way[@]}" "${run[@]}" ;;
	# What is killed can tell a checker nothing.
	2) fault kill-before:write -s "${way[@]}" "${run[@]}" ;;
	3) fault TERM:write "${way[@]}" "${run[@]}" ;;
	esac
	rm -f work/report
	turn=$((turn + 1))
}

to_stdout()
{
	local error=${errors[turn++ % 3]} run=(-o -e "$1" -- "${program[@]}" "${@:2}")
	fault "write:$error" "${run[@]}"
	fault "writes:$error" "${run[@]}"
	fault short-write -z "${run[@]}"
}

turn=0
each_report to_file
for what in log bat:64 page:0x200000@S1-3 block:10@E3 metadata; do
	to_file 0 extract work/image.vhdx $what
done
each_report to_stdout
