#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An image that Hyper-V left dirty, its newest entry E7 damaged: what replaying the
# undamaged one gives comes back where that can be proven, and is refused where it
# cannot. Dry run, copy, patch and record all know of it.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

real vhdx-log-replay whole.vhdx
entry=$((0x107000))
data=$((0x108000))

# damaged NAME OFFSET BYTES: a copy with BYTES, as echo -e has them, at OFFSET.
damaged()
{
	cp whole.vhdx "$1.vhdx"
	printf %b "$3" | dd of="$1.vhdx" bs=1 seek="$2" conv=notrunc status=none
}

replay()
{
	local want=$1 got
	shift
	"$VHDXLOG_REPLAY" "$@" >out 2>err
	got=$?
	[ $got -eq "$want" ] || fail "$*: status $got: $(cat out err)"
}

# same A B: the files differ at most in their headers and their logs.
same()
{
	cmp -l "$1" "$2" | awk '($1 <= 65536 || $1 > 196608) &&
		($1 <= 1048576 || $1 > 2097152) { exit 1 }' ||
		fail "$1 and $2 differ"
}

replay 0 whole.vhdx want.vhdx
damaged slack $((entry + 2000)) A
damaged sum $((entry + 4)) 'sum?'
damaged body $((data + 2000)) A
damaged torn $((data + 512)) "$(printf '\\0%.0s' {1..3584})"

# E5 and those before it are there to be replayed; nobody salvages unasked.
for name in slack sum body torn; do
	replay 0 $name.vhdx $name-plain.vhdx
	cmp -s <(tail -c +2097153 $name-plain.vhdx) <(tail -c +2097153 want.vhdx) &&
		fail "$name: replayed as if it were whole"
done

for name in slack sum; do
	replay 0 --salvage -n $name.vhdx
	has out 'what is proven of one damaged entry' \
		'E7, descriptor 0: 4 KiB of BAT at 0x300000' \
		'LogGuid cleared'
	replay 0 --salvage $name.vhdx $name-salvaged.vhdx
	same want.vhdx $name-salvaged.vhdx
	qemu-img check -f vhdx $name-salvaged.vhdx >said 2>&1 ||
		fail "$name: qemu-img: $(cat said)"
	"$VHDXLOG" scan $name-salvaged.vhdx >said 2>&1 ||
		fail "$name: scan: $(cat said)"

	# The same over the sequence and the policy that come to it, as a patch.
	replay 0 --salvage --sequence S1-5 $name.vhdx $name-named.vhdx
	same want.vhdx $name-named.vhdx
	replay 0 --salvage --policy ms-vhdx --patch $name.patch $name.vhdx
	replay 0 --apply $name.patch $name.vhdx $name-patched.vhdx
	cmp $name-salvaged.vhdx $name-patched.vhdx || exit 1
	replay 0 --unapply $name.patch $name-patched.vhdx $name-again.vhdx
	cmp $name.vhdx $name-again.vhdx || exit 1

	replay 0 --salvage -f json -n $name.vhdx
	jq -e '.options.salvage and .unsalvaged == [] and (.salvaged | length) == 1
		and (.salvaged[0] | .entry == "E7" and .descriptor == 0 and
		.file_offset == "3145728" and .length == "4096" and
		.kind == "data" and .region == "bat" and
		(.evidence | length) > 2)
		and .selection.entries == ["E1", "E3", "E5", "E7"]
		and .selection.sequence == "S1-5"' out >/dev/null ||
		fail "$name: $(cat out)"
	"$VHDXLOG" scan $name.vhdx >out 2>&1
	has out 'log-torn-head' 'vhdxlog-replay --salvage'
done

for name in body torn; do
	replay 1 --salvage $name.vhdx $name-salvaged.vhdx
	has out 'replay-nothing-to-salvage' 'E7, descriptor 0:'
	[ ! -e $name-salvaged.vhdx ] || fail "$name: it was written"
	replay 1 --salvage --force $name.vhdx $name-salvaged.vhdx
	"$VHDXLOG" scan $name.vhdx >out 2>&1
	hasnt out '--salvage'
done
replay 1 --salvage -n body.vhdx
has out 'one byte of it, changed'
replay 1 --salvage -n torn.vhdx
has out 'its data sector does not have the number'

# Nothing is damaged, or nothing follows on what is chosen.
replay 1 --salvage -n whole.vhdx
has out 'replay-nothing-to-salvage'
replay 1 --salvage --sequence S1-3 --force -n slack.vhdx
has out 'replay-nothing-to-salvage'
exit 0
