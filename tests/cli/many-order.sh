#!/bin/bash
# SPDX-License-Identifier: MIT
#
# However many images are looked at side by side, reports and messages are the same,
# byte for byte, and in the order of the arguments, in every format.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

every_recipe all '' 16
# A large report first, which streams hold only a part of.
image shape/full-ring-of-1 first.vhdx
echo text >all/no.vhdx
images=(first.vhdx all/missing-1.vhdx all/*.vhdx first.vhdx all all/missing-2.vhdx)

same()
{
	local jobs
	side_by_side 3 one scan "$@" "${images[@]}"
	for jobs in 2 9; do
		side_by_side 3 many scan -j $jobs "$@" "${images[@]}"
		cmp one many || fail "-j $jobs $*: another report"
		cmp one.err many.err || fail "-j $jobs $*: other messages"
	done
}
same -f jsonl
same -f csv
same -q
same --all-checks -v --strict
same -f jsonl -q --hash=md5 --parent "${images[2]}"
side_by_side 3 many scan -j auto -f jsonl -q --hash=md5 \
	--parent "${images[2]}" "${images[@]}"
cmp one many || fail "-j auto: another report"

# In files as well.
run 3 scan -f jsonl -o one "${images[@]}"
run 3 scan -j 5 -f jsonl -o many "${images[@]}"
cmp one many || fail "-o: another report"
[ "$(grep -c . many)" -gt 300 ] || fail "too little to show anything"
