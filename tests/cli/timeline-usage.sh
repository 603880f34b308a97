#!/bin/bash
# SPDX-License-Identifier: MIT
#
# timeline: what is asked for wrongly is status 2 and nothing on standard output;
# what the image does not have is status 3 and says what is near.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

misuse()
{
	local text=$1
	shift
	run 2 timeline "$@"
	empty out
	has err "$text"
}

# missing TEXT ARGUMENT...
missing()
{
	local text=$1
	shift
	run 3 timeline "$@"
	empty out
	has err "$text"
}

image demo demo.vhdx
guid=$("$VHDXLOG" scan -f json demo.vhdx | jq -r '.entries[0].log_guid')

misuse 'too few arguments'
misuse 'too many arguments' demo.vhdx demo.vhdx
misuse '--format: "html" is none of text, json, jsonl or csv' -f html demo.vhdx
misuse '--block: "-1" is no number' --block=-1 demo.vhdx
misuse '--block: "17K" is no number' --block 17K demo.vhdx
misuse '--virtual: "far" is no number of bytes' --virtual far demo.vhdx
misuse '--block and --virtual' --block 1 --virtual 1M demo.vhdx
misuse 'did you mean "metadata"? Regions are unknown, identifier, headers,' \
	--region metadat demo.vhdx
misuse 'sector-bitmap, unowned' --region guests demo.vhdx
misuse 'names no entry (E7 does)' --as-of S1-3 demo.vhdx
misuse '--as-of shows a state' --as-of E1 --region bat demo.vhdx
misuse '--as-of shows a state' --as-of E1 --session 0 demo.vhdx
misuse '--quiet does not go with it' -q -f csv demo.vhdx
misuse 'there is no option --all-checks' --all-checks demo.vhdx

missing 'no entry begins in log sector 2; the nearest are E1 and E3' \
	--as-of E2 demo.vhdx
missing 'E5 is invalid' --as-of E5 demo.vhdx
missing 'there is no block 4000; the last is' --block 4000 demo.vhdx
missing 'is beyond the disk' --virtual 64T demo.vhdx
missing 'there is no session "2"; they are 0 to 1' --session 2 demo.vhdx
missing 'there is no session "ffffffff"' --session ffffffff demo.vhdx
missing 'there is no session "2222-"' --session 2222- demo.vhdx
for id in 0 0x1 "${guid}" "{${guid}}" "${guid:0:4}" "${guid:0:13}"; do
	run 0 timeline --session "$id" demo.vhdx
	empty err
done

# No VHDX, no log, no file; a raw log works with less.
echo 'no image' >text.vhdx
missing 'This is no VHDX image' text.vhdx
missing 'No such file' missing.vhdx
image check/header-none-valid lost.vhdx
run 0 timeline lost.vhdx
has out 'where the log is, or its GUID, was assumed'
head -c 64K lost.vhdx >beginning.vhdx
missing 'nothing says where the log is; see --log-offset' beginning.vhdx
run 0 timeline --log-offset 1M --log-length 1M lost.vhdx
dd if=demo.vhdx of=raw.log bs=1M skip=1 count=1 status=none
run 0 timeline --raw-log raw.log
has out 'Two sessions' 'only the log region was given'
missing 'the size of its blocks is not known' --raw-log --block 1 raw.log
missing '--as-of needs the image' --raw-log --as-of E1 raw.log

# What fails leaves nothing of a text behind, and what was there as it was.
echo before >there
run 3 timeline -o there missing.vhdx
[ "$(cat there)" = before ] || fail "a failure replaced the output"
run 2 timeline -o demo.vhdx demo.vhdx
run 0 timeline -o there demo.vhdx
has there 'demo.vhdx: '
