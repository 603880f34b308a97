#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every state has its word, a sentence with the facts, and a next command that
# only looks or works on a copy.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# state RECIPE WORD SENTENCE NEXT
state()
{
	image "$1" x.vhdx
	"$VHDXLOG" scan -q x.vhdx >out 2>/dev/null
	grep -qF "x.vhdx: $2. $3" out || fail "$1: $(cat out)"
	"$VHDXLOG" scan x.vhdx >out 2>/dev/null
	[ "$(sed -n 's/^  next: //p' out)" = "$4" ] ||
		fail "$1: next is $(grep next: out)"
}

state check/header-none-valid HEADERS-LOST \
	'With the log guessed at 0x100000, 1 MiB long, the LogGuid guessed to be zero: neither copy of the header is usable' \
	'vhdxlog-replay --fix headers x.vhdx x-mended.vhdx'
state shape/T-truncated TRUNCATED \
	'The file was cut: it is 1 MiB shorter than the 6 MiB that E0 says' \
	'vhdxlog explain log-file-truncated'
state check/bat-block-overlap DAMAGED \
	'The image is damaged: two blocks share a place in the file (bat-block-overlap)' \
	'vhdxlog explain bat-block-overlap'
state shape/A-nothing-valid DIRTY-UNREPLAYABLE \
	'The header says that the log must be replayed, but no sound entry' \
	'vhdxlog show x.vhdx log'
state check/log-already-applied DIRTY-NOOP \
	'The header says that the log must be replayed, but applying its one entry would change no byte' \
	'vhdxlog show x.vhdx S0-0'
state reader/09-chain-behind-a-chain DIRTY-AMBIGUOUS \
	'Log entries wait to be applied, and readers that apply them end with two different disks; the specification applies S4-8; compare' \
	'vhdxlog-replay --sequence S4-8 x.vhdx x-replayed.vhdx'
has out '  compare: vhdxlog compare x.vhdx policy:ms-vhdx policy:qemu'
# The command that is proposed works, and tells them apart.
run 1 compare x.vhdx policy:ms-vhdx policy:qemu
has out 'x.vhdx: DIFFERENT. policy:ms-vhdx and policy:qemu differ'
run 0 show x.vhdx policy:ms-vhdx policy:qemu
has out 'policy:ms-vhdx  [MS-VHDX]' 'policy:qemu  QEMU'
# Who would apply something although the specification finds nothing.
state reader/05-tail-on-nothing DIRTY-UNREPLAYABLE \
	'The header says that the log must be replayed, but' \
	'vhdxlog show x.vhdx log'
tr -s ' \n' ' ' <out >line
has line '; three readers would apply something all the same.'
state demo DIRTY \
	'Two log entries wait to be applied; they change one page of the BAT.' \
	'vhdxlog-replay --sequence S1-3 x.vhdx x-replayed.vhdx'
state check/region-signature-bad CLEAN \
	'Nothing waits to be applied, but this copy of the region table' \
	'vhdxlog-replay --fix region-tables x.vhdx x-mended.vhdx'

# What the file is instead, where that can be told.
printf '\037\213\010 and so on, for a while' >x.vhdx
run 3 scan x.vhdx
tr '\n' ' ' <out >line
has line 'x.vhdx: NOT-VHDX. This is no VHDX image' 'a gzip file'

# Where the image lies is said again in the command.
image demo inner.vhdx
truncate -s 1M outer.raw
cat inner.vhdx >>outer.raw
run 1 scan --offset 1M outer.raw
has out 'next: vhdxlog-replay --offset 1048576 --sequence S1-3 outer.raw'
run 1 scan --log-guid 11111111-2222-4333-8444-555555555555 inner.vhdx
has out '(assumed)' '--log-guid 11111111-2222-4333-8444-555555555555'

# A log that was extracted has no headers to ask.
dd if=inner.vhdx of=log.raw bs=1M skip=1 count=1 status=none
run 1 scan --raw-log log.raw
tr -s ' \n' ' ' <out >line
has line 'HEADERS-LOST. A log region without its image, with five sound log entries' \
	'next: vhdxlog show --raw-log log.raw log' 'current or earlier'
run 1 scan --raw-log --log-guid 11111111-2222-4333-8444-555555555555 log.raw
tr -s ' \n' ' ' <out >line
has line 'of the session that was named, S1-3 would be replayed' \
	'log.raw S1-3'
