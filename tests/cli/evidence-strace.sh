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

# Calls that are about a file, and not about bytes in which its name stands: those
# of a report, or of a list of names.
about()
{
	awk -v name="$1" '
		match($0, /(read|write)(v|64)?\([0-9]+<[^>]*>/) &&
			substr($0, RSTART, RLENGTH) !~ name { next }
		$0 ~ name' trace
}

# traced ARGUMENT...
traced()
{
	local calls
	strace -f -y -o trace "$VHDXLOG" "$@" >/dev/null 2>&1
	[ $? -le 1 ] || fail "status of: $*"
	about '/?evidence[.]vhdx' >calls
	[ -s calls ] || fail "never opened: $*"
	calls=$(grep -v -E "^[0-9]+ +($allowed)\\(" calls) &&
		fail "$*: $calls"
	calls=$(grep -E 'open(at)?\(' calls |
		grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)') &&
		fail "$*: $calls"
	grep -q -E 'open(at)?\(.*O_RDONLY.*O_CLOEXEC' calls ||
		fail "$*: not opened as it should be"
	about 'mother[.]vhdx' | grep -q . && fail "$*: looks for the parent"
	return 0
}

# Every command, format and option that changes what is read or written.
echo 'rule r { strings: $a = "regi" condition: $a }' >rules.yar
printf 'evidence.vhdx\0' >list
every()
{
	local arguments
	while read -r arguments; do
		# shellcheck disable=SC2086 # words
		traced $arguments
	done <<-'END'
	scan -q --no-hash evidence.vhdx
	scan -v --all-checks --strict evidence.vhdx
	scan -f json --hash --unreferenced --custody evidence.vhdx
	scan -f jsonl --hash=md5,sha1 -j 2 --files0-from list
	scan -f csv -o report evidence.vhdx
	scan -f html -o report --policy qemu evidence.vhdx
	scan --header 1 --log-offset 1M --log-length 1M evidence.vhdx
	scan --yara rules.yar --yara-scope all evidence.vhdx
	scan --max-read 1G --timeout 100 evidence.vhdx
	scan --no-sandbox evidence.vhdx
	show evidence.vhdx header log E0 bat:1 policy:qemu
	show -f json -o report evidence.vhdx header
	timeline -v evidence.vhdx
	timeline -f json --custody --as-of E0 evidence.vhdx
	timeline -f jsonl evidence.vhdx
	timeline -f csv -o report evidence.vhdx
	compare evidence.vhdx disk policy:ms-vhdx
	compare -f json --bytes evidence.vhdx disk E0
	compare -f csv -o report evidence.vhdx evidence.vhdx
	extract evidence.vhdx log -o bytes
	extract --redact evidence.vhdx metadata -o bytes
	extract --short evidence.vhdx page:3M@E0 -o -
	carve -v evidence.vhdx
	carve -f map -o report evidence.vhdx
	carve -f json --state state --state-step 4K --custody evidence.vhdx
	END
}
every

# Of logs of every kind the least, and the most, that is asked for.
for recipe in demo shape/{clean,wrap,sessions,T-truncated,differencing,fixed} \
	guess/log-waits reader/01-two-entries check/{log-unapplied,header-foreign}; do
	recipe=$VHDXLOG_SRC/corpus/recipes/$recipe.json
	"$VHDXLOG_CORPUS" "$recipe" evidence.vhdx || fail "cannot make $recipe"
	traced scan -q evidence.vhdx
	traced scan -f json --hash --unreferenced --all-checks evidence.vhdx
	traced timeline evidence.vhdx
done
exit 0
