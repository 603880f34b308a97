#!/bin/bash
# SPDX-License-Identifier: MIT
#
# extract metadata writes a file as long as the image that scans to the same
# report and takes hardly more room than the structures it holds. With --redact
# names are gone from it, and the report differs in these alone. Where it cannot be
# written nothing is left.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# What two reports must have in common: all but paths and digests.
same='del(.source.path, .source.sha256, .verdict.next)
	| .selection |= map(del(.result)) | .orphans |= map(del(.sha256))'

# same_report A B
same_report()
{
	"$VHDXLOG" scan -f json "$1" | jq -S "$same" >want
	"$VHDXLOG" scan -f json "$2" | jq -S "$same" >got
	[ -s want ] && cmp -s want got || fail "$(diff want got | head -20)"
}

image demo demo.vhdx
run 0 extract demo.vhdx metadata -o meta.vhdx
empty out
has err 'payload blocks, and what belongs to no structure, are holes'
[ "$(stat -c %s meta.vhdx)" = "$(stat -c %s demo.vhdx)" ] || fail "another size"
same_report demo.vhdx meta.vhdx
! grep -q 'guest block' meta.vhdx || fail "what the guest wrote is in it"
"$VHDXLOG" timeline -f json demo.vhdx | jq 'del(.source, .verdict.next)' >want
"$VHDXLOG" timeline -f json meta.vhdx | jq 'del(.source, .verdict.next)' >got
cmp want got || fail "another timeline"
# Of itself it is the same once more.
run 0 extract meta.vhdx metadata -o again.vhdx
cmp meta.vhdx again.vhdx || fail "not the same of itself"
# As an image in a larger file.
truncate -s 1M outer
cat demo.vhdx >>outer
run 0 extract --offset 1M outer metadata -o again.vhdx
cmp meta.vhdx again.vhdx || fail "another with --offset"

# No stream can be sparse.
run 2 extract demo.vhdx metadata -o -
has err 'it needs a file of its own'
mkfifo pipe
cat pipe >/dev/null &
run 2 extract demo.vhdx metadata -o pipe
wait
run 2 extract demo.vhdx log --redact -o made
has err 'only metadata can be redacted'
head -c 1M /dev/urandom >none
run 3 extract none metadata -o made
has err 'no VHDX image'
# A limit on the size of files, as a file system has one.
(
	ulimit -f 1024 2>/dev/null || exit 0
	run 3 extract demo.vhdx metadata -o made
	has err 'no file there can be as long as the image'
) || exit 1
[ ! -e made ] || fail "something was written"

# Names: the child's and its parent's fit as before, and are gone.
image - parent.vhdx <<'END'
{"about": "a parent", "image": {"creator": "Mother", "virtual_size": "64M",
 "data_write_guid": "mother"}}
END
image - child.vhdx <<'END'
{"about": "a child", "image": {"creator": "Child", "virtual_size": "64M",
 "parent": {"parent_linkage": "guid:mother",
  "absolute_win32_path": "C:\\secret\\mother.vhdx"},
 "blocks": {"0": "present"}},
 "log": {"entries": [{"writes": [{"page": "3M+64K", "current": true}]}]}}
END
for name in parent child; do
	run 0 extract $name.vhdx metadata --redact -o r-$name.vhdx
	has err 'not hidden: sizes'
done
# state PARENT CHILD: what a report says of the two
state()
{
	"$VHDXLOG" scan -f json --parent "$1" "$2" |
		jq -c '[.verdict.state, [.findings[].id], [.entries[].checks[].id]]'
}
[ "$(state parent.vhdx child.vhdx)" = "$(state r-parent.vhdx r-child.vhdx)" ] ||
	fail "they do not fit: $(state r-parent.vhdx r-child.vhdx)"
state parent.vhdx r-child.vhdx | grep -q locator-linkage-mismatch ||
	fail "the parent's name is still in the child"
for text in secret mother.vhdx Child; do
	wide=$(printf %s "$text" | sed 's/./&\\x00/g')
	LC_ALL=C grep -qaP "$wide" child.vhdx || fail "the image has no $text"
	! LC_ALL=C grep -qaP "$wide" r-child.vhdx || fail "$text is still in it"
done
for guid in $("$VHDXLOG" scan -f json child.vhdx |
	jq -r '.image.headers[] | .file_write_guid, .data_write_guid, .log_guid'); do
	! "$VHDXLOG" scan -f json r-child.vhdx | grep -q "$guid" ||
		fail "$guid is still in it"
done
