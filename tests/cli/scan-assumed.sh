#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What an option says is never told as what the image says: a verdict that rests
# on it begins with it, in text, with -q and in JSON alike.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# says IMAGE VERDICT ARGUMENT...: all three give this verdict, word for word.
says()
{
	local image=$1 verdict=$2 word
	shift 2
	"$VHDXLOG" scan -q "$@" "$image" >out 2>err
	[ "$(cat out)" = "$image: $verdict" ] || fail "$*: $(cat out err)"
	"$VHDXLOG" scan "$@" "$image" 2>err | tr -s ' \n' ' ' >line
	has line "$image: $verdict"
	word=${verdict%%. *}
	"$VHDXLOG" scan -f json "$@" "$image" >out 2>err
	jq -e --arg word "${word,,}" --arg said "${verdict#*. }" \
		'.verdict.state == $word and .verdict.summary == $said' out \
		>/dev/null || fail "$*: $(jq -c .verdict out)"
}

image demo demo.vhdx
image shape/clean clean.vhdx
header=11111111-2222-4333-8444-555555555555
waits='two log entries wait to be applied; they change one page of the BAT.'

# --log-guid
says clean.vhdx "DIRTY-UNREPLAYABLE. With the LogGuid that --log-guid names, not the header's: the log must be replayed, but no sound entry of its session is left." \
	--log-guid $header
says demo.vhdx "CLEAN. With a LogGuid of zero (--log-guid), not the header's: nothing waits to be applied." \
	--log-guid 00000000-0000-0000-0000-000000000000
has line "A $header not taken as current, 3 entries"
says demo.vhdx "DIRTY-UNREPLAYABLE. With the LogGuid that --log-guid names, not the header's: the log must be replayed, but no sound entry of its session is left; one entry is damaged; five are of other sessions." \
	--log-guid 11111111-2222-4333-8444-555555555556
other=$("$VHDXLOG" scan demo.vhdx | sed -n 's/^ *B \([0-9a-f-]*\)  earlier.*/\1/p')
says demo.vhdx "DIRTY-NOOP. With the LogGuid that --log-guid names, not the header's: the log must be replayed, but applying its one entry would change no byte." \
	--log-guid "$other"
has line "B $other taken as current, 2 entries"
run 0 show --log-guid "$other" demo.vhdx S9-9 S1-3 E9
has out "LogGuid $other: taken as current" \
	"LogGuid $header: not taken as current" "$other    taken as current"

# --log-length, --log-offset
says demo.vhdx 'DIRTY-NOOP. With the log assumed to be 4 KiB long (--log-length): the log must be replayed, but applying its one entry would change no byte.' \
	--log-length 4096
says demo.vhdx 'DIRTY-UNREPLAYABLE. With the log assumed at 0x1900000000 (--log-offset): the log must be replayed, but none of its 256 sectors lies inside the file.' \
	--log-offset 100G
says demo.vhdx 'DIRTY-UNREPLAYABLE. With the log assumed at 0x1500000 (--log-offset), 4 MiB long (--log-length): the log must be replayed, but no sound entry of its session is left; only 256 of its 1024 sectors lie inside the file.' \
	--log-offset 21M --log-length 4M
# An image whose log is said to be at its beginning is no extracted log.
says demo.vhdx 'DIRTY-UNREPLAYABLE. With the log assumed at 0x0 (--log-offset): the log must be replayed, but no sound entry of its session is left.' \
	--log-offset 0
has line 'headers slot 2 current (8)'

# --header, and options that change nothing
says demo.vhdx "DIRTY. With header 1 believed (--header): $waits" --header 1
says demo.vhdx "DIRTY. By options that agree with the header: $waits" --header 2
says demo.vhdx "DIRTY. By options that agree with the header: $waits" \
	--log-guid $header
has line "A $header the header's, 3 entries"
image check/header-none-valid lost.vhdx
says lost.vhdx 'DAMAGED. With header 1 believed although unusable (--header): the image is damaged: neither copy of the header is usable (header-none-valid).' \
	--header 1

# What is no assumption has no such beginning.
says demo.vhdx "DIRTY. T${waits#t}"
has line "B $other earlier, 2 entries"
run 0 show demo.vhdx S9-9 S1-3
has out "LogGuid $other: earlier" "LogGuid $header: the header's"
