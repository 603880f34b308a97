#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The log of an image that is scanned alone is read by a second thread ahead of the
# first; where several images are, each has one thread. The records are the same,
# whatever of the log can be read, and so are limits.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

# The log lies behind the blocks, so that a shorter file has less of it.
cat >long.json <<-'END'
{ "about": "a log of 24 MiB, the ends of it used",
  "image": { "virtual_size": "64M", "log": { "offset": "32M", "length": "24M" } },
  "log": { "entries": [
	{ "at": 6139, "writes": [ { "bat": { "1": "present" } } ] },
	{ "writes": [ { "bat": { "2": "present" } } ] },
	{ "writes": [ { "bat": { "3": "present" } } ] },
	{ "at": 3000, "guid": "22222222-2222-4333-8444-555555555555",
	  "writes": [ { "bat": { "1": "present" } } ] } ] } }
END
"$VHDXLOG_CORPUS" long.json long.vhdx || fail "no image"
cp long.vhdx short.vhdx
truncate -s 50M short.vhdx

for name in long short; do
	run 1 scan -f jsonl $name.vhdx
	mv out alone
	[ "$(wc -l <alone)" -gt 5 ] || fail "$name: $(wc -l <alone) records only"
	"$VHDXLOG" scan -j 2 -f jsonl long.vhdx short.vhdx >out 2>err
	[ $? = 1 ] || fail "two at once: $(cat err)"
	grep -F "\"$name.vhdx\"" out | cmp - alone || fail "$name: other records"
done

# The log alone has 24 MiB; what is there already of each limit is little.
for limit in 1M 8M 16M 23M; do
	run 3 scan -q --max-read $limit long.vhdx
	has err "given up, as it takes reading more than ${limit%M} MiB"
done
