#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What each reader would show: those that do the same stand together in the order
# of reports, replays first, then what goes wrong, refusals and stale data. Where
# they end with different bytes, each disk has a letter.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# table RECIPE: between the heading of the sequences and the findings
table()
{
	image "$1" x.vhdx
	"$VHDXLOG" scan "${@:2}" x.vhdx >out
	sed -n '/^  sequence /,/^  findings/p' out | sed '$d' >table
}

# shows RECIPE < WANTED: that table, line by line, but for sequences left out
shows()
{
	table "$1"
	grep -v '^  [0-9]* more sequence' table | cat -s >got
	diff - got || fail "$1: the table is another one"
}

shows demo <<'END'
  sequence  entries  verdict        readers
  S0-3            3  run            qemu, qemu-7.2, qemu-2013, discutils, ltr-discutils, vhdx-rs
  S1-3            2  valid, active  ms-vhdx, openvmm, rust-img, aoiflux, virtdisk, xx-c
                     refuse         urbackup, calebf (crashes), virtualbox
                     stale data     libvhdi, dissect, go-vhdx, ccl-vhdx, cloud-hypervisor (writes),
                                    aaru, 7-zip (warns)
  every reader that completes a replay ends with the same bytes

END

# Two disks; digits of a digest are as many as the column is wide.
image reader/02-second-of-a-chain two.vhdx
"$VHDXLOG" scan -f json two.vhdx >two.json
a=$(jq -r '.selection[] | select(.policy == "ms-vhdx") | .result[:12]' two.json)
b=$(jq -r '.selection[] | select(.policy == "qemu") | .result[:12]' two.json)
[ "$a" != "$b" ] || fail "they end with the same bytes"
shows reader/02-second-of-a-chain <<END
  sequence  entries  verdict        disk  readers
  S0-0            1  valid, active  A     ms-vhdx, openvmm, discutils, ltr-discutils, vhdx-rs,
                                          rust-img, aoiflux, virtdisk, xx-c, urbackup
  S0-4            3  run            B     qemu, qemu-7.2, qemu-2013
  S2-4            2  valid
                     never end            calebf
                     refuse               virtualbox
                     stale data           libvhdi, dissect, go-vhdx, ccl-vhdx, cloud-hypervisor
                                          (writes), aaru, 7-zip (warns)

  disk  result        length of the file
  A     $a  16 MiB
  B     $b  16 MiB
  readers whose disk has the same letter end with the same bytes

END

# A part of what was chosen; entries that are no sequence.
table reader/12-padded
has table '  S0-5       1 of 2  fail midway    qemu, qemu-7.2, qemu-2013'
table reader/06-bad-descriptor
has table '                  2  no sequence    B     vhdx-rs' \
	'             1 of 2  fail midway          calebf (crashes)'

# Lengths, where the bytes are the same and where they are not.
table check/reader-length-differs
tr -s ' \n' ' ' <table >line
has line 'length of the file then: 16 MiB; 5 MiB by qemu, qemu-7.2, qemu-2013, discutils, ltr-discutils'
table check/reader-truncates
has table '  7 MiB; 0x600200 by vhdx-rs'

# A replay that changes nothing leaves nothing stale.
table check/log-already-applied
has table 'ignore the log  libvhdi'
hasnt table 'stale data'

# What could not be compared is not said to be the same, nor to differ.
table check/reader-result-unknown
grep -q '^  the bytes with which [0-9]* readers end could not be told$' table ||
	fail "nothing is said of results that are not known"
hasnt table 'same bytes' 'disk  '

# Nothing waits: one line for all of them, also with more words.
image shape/clean clean.vhdx
for options in '' -v; do
	# shellcheck disable=SC2086 # no option is no word
	run 0 scan $options clean.vhdx
	has out '  none of the 22 modelled readers finds anything to replay'
	hasnt out virtualbox '  policy'
done

# Reasons on request, for each of them.
table demo -v
sed -n '/^  policy /,$p' table | sed -n 's/^  \([a-z0-9][a-z0-9.-]*\) .*/\1/p' |
	sed 1d >with-reason
image demo demo.vhdx
"$VHDXLOG" scan -f json demo.vhdx | jq -r '.selection[].policy' | diff - with-reason ||
	fail "-v: not a reason for each"
has table '  urbackup          refuse'

# Hundreds of entries, and any log that makes readers differ, in 100 columns.
for recipe in "$VHDXLOG_SRC"/corpus/recipes/reader/*.json; do
	name=$(basename "$recipe" .json)
	evidence "$recipe" x.vhdx || fail "$name: cannot be made"
	"$VHDXLOG" scan -v x.vhdx >out
	grep -v '^  next: ' out | awk 'length > 100 { bad = 1; print } END { exit bad }' ||
		fail "$name: lines of more than 100 columns"
done
