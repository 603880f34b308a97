#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Filters take events out and leave the others as they are, ordinals included;
# csv has the same rows as json, quoted where they must be.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
run 0 timeline -f json demo.vhdx
mv out all

# filtered CONDITION OPTION...: the events for which it holds, and no others
filtered()
{
	local condition=$1
	shift
	run 0 timeline -f json "$@" demo.vhdx
	jq -c "[.events[] | select($condition)]" all >wanted
	jq -c .events out | cmp - wanted || fail "$*: $(jq -c .events out)"
	[ "$(jq length wanted)" -gt 0 ] || fail "$*: nothing to tell apart"
	jq -c '[.sessions, .strata, .reach]' out >facts
	jq -c '[.sessions, .strata, .reach]' all | cmp - facts ||
		fail "$*: other sessions"
}

guid=$(jq -r '.sessions[1].log_guid' all)
filtered true
filtered '.session == 1' --session 1
filtered '.session == 1' --session "$guid"
filtered '.session == 1' --session "${guid:0:6}"
filtered '.target != null and .target.region == "bat"' --region bat

# touched BLOCK ORDINALS OPTION...: what touched a block; of a page that is seen
# for the first time, what it says of that block and not what is newest in it.
touched()
{
	run 0 timeline -f json "${@:3}" demo.vhdx
	[ "$(jq -c '[.events[].block] | unique' out)" = "[$1]" ] ||
		fail "${*:3}: $(jq -c .events out)"
	[ "$(jq -c '[.events[] | [.ordinal, .event]]' out)" = "$2" ] ||
		fail "${*:3}: $(jq -c .events out)"
}

ten='[[2,"page-first-seen"],[5,"block-allocated"]]'
for way in '--block 10' '--block 0xa' '--virtual 20M' "--virtual $((22 * 1048576 - 1))"; do
	# shellcheck disable=SC2086 # two words
	touched 10 "$ten" $way
done
touched 11 '[[6,"block-allocated"]]' --virtual 22M --session 1
run 0 timeline -f json --session 0 --block 11 --region metadata demo.vhdx
[ "$(jq -c '[.events, .filter]' out)" = '[[],{"session":0,"block":11,"region":"metadata"}]' ] ||
	fail "three filters: $(jq -c '[.events, .filter]' out)"
run 0 timeline --block 10 demo.vhdx
has out 'two changes of block 10' 'block 10  allocated' 'block 10  first-seen'
hasnt out 'block 11' 'block 64'
run 0 timeline --region metadata --session 0 demo.vhdx
has out 'no changes in region metadata in session 0'

# csv
run 0 timeline -f csv demo.vhdx
cat >columns.py <<'EOF'
import csv, json, sys
rows = list(csv.DictReader(open("out", newline="", encoding="utf-8")))
events = json.load(open("all"))["events"]
def text(value):
    return "" if value is None else \
        str(value).lower() if isinstance(value, bool) else str(value)
def row(event):
    target = event["target"] or {}
    flat = {**event, **{key: target.get(key)
            for key in ("file_offset", "length", "region", "index")}}
    return {key: text(flat[key]) for key in rows[0]}
if [row(event) for event in events] != rows:
    sys.exit("csv and json differ")
EOF
python3 columns.py || fail "$(cat out)"
[ "$(head -n 1 out)" = 'ordinal,session,session_order,log_guid,sequence_number,entry,event,file_offset,length,region,index,block,before,after,virtual_offset,virtual_length,moved_to,inferred,applied,overwritten_by,message,is_bitmap,item' ] ||
	fail "csv: other columns"

# --as-of: the BAT, and of it one block.
run 0 timeline -f csv --as-of E1 demo.vhdx
[ "$(head -n 1 out)" = 'index,block,is_bitmap,state,file_offset,virtual_offset,virtual_length,certainty,recoverable' ] ||
	fail "csv of a BAT: other columns"
has out '10,10,false,present,16777216,20971520,2097152,known,false'
hasnt out '11,11,'
run 0 timeline -f json --as-of E3 --virtual 22M demo.vhdx
[ "$(jq -c '[.bat[] | [.block, .file_offset]]' out)" = '[[11,"18874368"]]' ] ||
	fail "one block: $(jq -c .bat out)"
[ "$(jq -c .events out)" = '[]' ] || fail "events beside a state"
run 0 timeline --as-of E3 demo.vhdx
has out '10 to 11' '16 to 20 MiB' '20 to 24 MiB'
