#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The report of a log that Hyper-V wrote says what is known of it.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

real vhdx-log-replay r.vhdx
run 1 scan r.vhdx
has out 'r.vhdx: DIRTY. Two log entries wait to be applied; they change one page of the BAT.' \
	'next: vhdxlog-replay --sequence S5-7 r.vhdx r-replayed.vhdx' \
	'Microsoft Windows 10.0.15063.0; file 36 MiB' \
	'slot 2 current (9), slot 1 one behind; log e6fc743c-81ed-4fe8-bf54-698ed57ba0b8' \
	'1 MiB at 0x100000: 5 entries (5 valid), 9 orphan data sectors' \
	'  E0     E0    80117443871106387  nothing      4 MiB  valid' \
	'  E7     E5    ...391             BAT         36 MiB  valid, active' \
	'  S5-7            2  valid, active  ms-vhdx' \
	'  D9..D17            9  8595305857837428508' \
	'     0  EEdEdEdEdooooooooo......'

real iotest-dirtylog-10G-4M q.vhdx
run 1 scan q.vhdx
has out 'q.vhdx: DIRTY. One log entry waits to be applied; it changes one page of the BAT.' \
	'G c82755bc-427f-1245-b72c-da70aaabe031  the header'"'"'s, 1 entry' \
	'  E12    E12   7                G        BAT        30 MiB  valid, active'
run 0 show q.vhdx bat:17
has out 'present' '30408710' '0x1d00006' 'the log would change it'

real xfs5 x.vhdx
run 0 scan x.vhdx
has out 'x.vhdx: CLEAN. Nothing waits to be applied.' '13 entries (13 stale)'
hasnt out 'next:'
