#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the kernel is asked to do with an image: open it for reading, read it, ask
# for its state, close it. No write, lock, map or ioctl, and no file that an image
# names is so much as looked for.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers and strace get in each other'\''s way'
	exit 77
}
command -v strace >/dev/null || {
	echo 'no strace'
	exit 77
}
strace -o /dev/null true 2>/dev/null || {
	echo 'tracing is not allowed here'
	exit 77
}

cat >child.json <<'END'
{"about": "a child of a parent that is there", "image": {
  "parent": {"parent_linkage": "guid:mother",
    "relative_path": "./mother.vhdx", "absolute_win32_path": "/mother.vhdx"}},
 "log": {"entries": [{"writes": [{"bat": {"1": "partial"}}]}]}}
END
"$VHDXLOG_CORPUS" child.json evidence.vhdx || exit 1
make_image mother.vhdx

# What may be done with a descriptor of it, or with its name; the rule is one that
# takes rights away.
allowed='openat|open|pread64|fstat|newfstatat|stat|statx|lseek|close|execve
	|landlock_add_rule'
allowed=$(echo "$allowed" | tr -d '\n\t')

# traced ARGUMENT...
traced()
{
	local calls
	strace -f -y -o trace "$VHDXLOG" "$@" >/dev/null 2>&1
	[ $? -le 1 ] || fail "status of: $*"
	# What is said of it is written to standard output.
	grep -E 'evidence\.vhdx' trace | grep -v -E 'write\([12]<' >calls ||
		fail "never opened: $*"
	calls=$(grep -v -E "^[0-9]+ +($allowed)\\(" calls) &&
		fail "$*: $calls"
	calls=$(grep -E 'open(at)?\(' calls |
		grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)') &&
		fail "$*: $calls"
	grep -q -E 'open(at)?\(.*O_RDONLY.*O_CLOEXEC' calls ||
		fail "$*: not opened as it should be"
	grep -v -E 'write\([12]<' trace | grep -q 'mother\.vhdx' &&
		fail "$*: looks for the parent"
	return 0
}

traced scan evidence.vhdx
traced scan -f json --hash --unreferenced --custody evidence.vhdx
traced scan -q evidence.vhdx
traced show evidence.vhdx header log E0 bat:1
traced carve -v evidence.vhdx
traced carve -f json --state state --state-step 4K --custody evidence.vhdx
exit 0
