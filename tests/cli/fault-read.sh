#!/bin/bash
# SPDX-License-Identifier: MIT
#
# On a disk that is going bad, what can be read is reported, what cannot is said
# to be unreadable, and an error that passes leaves no trace.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind is preloaded itself"
	exit 77
}
shim=$VHDXLOG_BUILD/io.so

# faulty [VAR=VALUE]... IMAGE >REPORT: scan it through the shim
faulty()
{
	local image=${!#}
	env "${@:1:$#-1}" LD_PRELOAD="$shim" "$VHDXLOG" scan -f json "$image" \
		2>messages
	status=$?
}

# holds FILTER REPORT
holds()
{
	jq -e "$1" "$2" >/dev/null || fail "$2: not so: $1"
}

make_image demo.vhdx
scan -f json demo.vhdx >good.json
log=$(jq -r .log.offset good.json)
size=$(stat -c %s demo.vhdx)
entries=$(jq '.entries | length' good.json)
last=$(jq '.entries[-1].sector' good.json)

# One sector, in the middle of the last entry: the others are as they were.
bad=$((log + 4096 * (last + 1)))
faulty FAIL_READ_FROM=$bad FAIL_READ_TO=$((bad + 1)) demo.vhdx >sector.json
[ $status -eq 1 ] || fail "a bad sector: status $status: $(cat messages)"
holds ".log.map[] | select(.kind == \"unreadable\")
	== {first: $((last + 1)), count: 1, kind: \"unreadable\", owner: null}" \
	sector.json
holds ".entries | length == $entries" sector.json
holds '.entries[-1].verdict == "invalid" and .entries[-1].checksum.computed == null' \
	sector.json
holds '[.findings[].id] | index("log-sector-unreadable") != null' sector.json
jq '[.entries[:-1][] | [.id, .verdict, .checksum]]' good.json >good.entries
jq '[.entries[:-1][] | [.id, .verdict, .checksum]]' sector.json >sector.entries
cmp good.entries sector.entries || fail "other entries suffered"

# The whole log, and a bad block at the very end of the file.
faulty FAIL_READ_FROM="$log" FAIL_READ_TO=$((log + 1048576)) demo.vhdx >log.json
[ $status -eq 3 ] || fail "a bad log: status $status: $(cat messages)"
holds '[.log.map[].kind] == ["unreadable"] and .entries == []' log.json
holds '.image.bat.entries > 0' log.json

# Structures: the second copy serves, or the state is unreadable and status 3.
faulty FAIL_READ_FROM=65536 FAIL_READ_TO=69632 demo.vhdx >header.json
[ $status -eq 1 ] || fail "a bad header: status $status"
holds '.image.current_header == 2 and .image.headers[0].valid == false' header.json
holds '[.findings[].id] | index("image-structure-unreadable") != null' header.json
faulty FAIL_READ_FROM=65536 FAIL_READ_TO=196608 demo.vhdx >headers.json
[ $status -eq 3 ] || fail "two bad headers: status $status"
holds '.verdict.state == "unreadable"' headers.json
[ -s messages ] || fail "two bad headers: no message"
faulty FAIL_READ_FROM=0 FAIL_READ_TO="$size" demo.vhdx >all.json
[ $status -eq 3 ] || fail "nothing readable: status $status"
holds '.verdict.state == "unreadable"' all.json

# What passes: interrupted calls, short ones, an error that goes away.
for way in FAIL_READ_INTERRUPT=1 FAIL_READ_MOST=1000 FAIL_READ_MOST=65535 \
	"FAIL_READ_ONCE=1 FAIL_READ_FROM=$log FAIL_READ_TO=$((log + 1048576))"; do
	# shellcheck disable=SC2086 # several settings
	faulty $way demo.vhdx >same.json
	cmp good.json same.json || fail "$way: another report"
done
valid scan-1 ./*.json
