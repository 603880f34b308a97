#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The schema of patches: each kind of line validates, and nothing else.
. "$VHDXLOG_SRC/tests/cli/_spoil.sh"

sha=$(printf '%064d' 0)
cat >good.patch <<EOF
{"schema":"vhdxlog.patch/1","type":"patch","made_by":"vhdxlog-replay 0.1.0","mode":"replay","sequence":"S5-7","policy":null,"size_before":"4194304","size_after":"37748736","sha256":{"headers":"$sha","region_tables":"$sha","log":"$sha","metadata":"$sha","bat":null}}
{"type":"piece","offset":"65536","length":512,"entry":null,"old_sha256":"$sha","new_sha256":"$sha","old":"00ff","new":""}
{"type":"piece","offset":"18446744073709551615","length":65536,"entry":"E5","old_sha256":null,"new_sha256":"$sha","old":null,"new":"01"}
{"type":"piece","offset":"4096","length":1,"entry":null,"old_sha256":"$sha","new_sha256":null,"old":"01","new":null}
{"type":"end","pieces":3,"sha256":"$sha"}
EOF
valid patch-1 good.patch

while read -r line; do
	echo "$line" >good
	spoil_keys .
	spoil '.type = "line"'
	spoil 'del(.type)'
done <good.patch
head -n 1 good.patch >good
spoil_keys .sha256
spoil '.schema = "vhdxlog.patch/2"'
spoil '.size_after |= tonumber'
spoil '.mode = "apply"'
sed -n 2p good.patch >good
spoil '.offset |= tonumber'
spoil '.length = 0'
spoil '.length = 65537'
spoil '.old = "f"'
spoil '.old = null'
spoil '.old_sha256 = null'
spoil '.entry = 5'
spoil '.old = null | .old_sha256 = null | .new = null | .new_sha256 = null'
sed -n 4p good.patch >good
spoil '.new_sha256 = .old_sha256'
tail -n 1 good.patch >good
spoil '.sha256 = null'
spoil '.pieces = -1'
refused patch-1
