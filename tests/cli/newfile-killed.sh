#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Ended by a signal at whatever system call, or with whatever call failing, a new
# file is there whole or not at all, and so is an old one that it replaces; on
# file systems that know no files without a name, too, and no matter which way of
# renaming they know. Status 0 says that it is there. One that comes meanwhile
# stays.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo 'checkers and strace get in each other'\''s way'
	exit 77
}
strace -o /dev/null true 2>/dev/null || {
	echo 'no strace here'
	exit 77
}

head -c 300000 /dev/zero | tr '\0' x >whole

# What a file system may not have: files without a name (which are not used where
# there is no /proc, either), renaming that replaces nothing.
nameless=()
hidden=(-e 'inject=access:error=EACCES')
linked=("${hidden[@]}" -e 'inject=renameat2:error=EINVAL')

# make [STRACE-OPTION]...: in this way; status in $status
make()
{
	rm -rf work
	mkdir work
	[ -z "$old" ] || echo "$old" >work/new
	# In a shell of its own, which says that it was killed.
	(
		strace -qqq -o trace "$@" "${way[@]}" \
			"$VHDXLOG_BUILD/fault-newfile" work/new \
			${old:+replace} <whole
		exit $?
	) >out 2>err
	status=$?
}

# look WHAT: it is whole, or there is what was there before; sets $left
look()
{
	left=$(ls -A work)
	if cmp -s whole work/new; then
		[ "$left" = new ] || fail "$1: in the folder: $left"
		left=whole
		return
	fi
	[ "$left" = "${old:+new}" ] || fail "$1: in the folder: $left"
	[ -z "$old" ] || [ "$(cat work/new)" = "$old" ] || fail "$1: it is cut"
	left=before
}

# each_call COMMAND...: run it with the name and the number of each call that is
# made, but for execve
each_call()
{
	local call count n
	make
	look "${way[*]}"
	[ $status-$left = 0-whole ] || fail "${way[*]}: it was not made"
	while read -r count call; do
		for ((n = 1; n <= count; n++)); do
			"$@" "$call" $n
		done
	done < <(sed -n 's/^\([a-z][a-z0-9_]*\)(.*/\1/p' trace | sort |
		uniq -c | grep -v ' execve$')
}

killed=0
kill_at()
{
	make -e "inject=$2:signal=$1:when=$3"
	look "SIG$1 at $2 $3, ${way[*]} ${old:+replace}"
	[ $left = whole ] || : $((killed++))
}

# Without memory or a library there is no program that could do it right.
fail_at()
{
	case $1 in
	brk | mmap | mprotect | munmap | exit_group | access | rt_sig* | *_thread* | \
		arch_prctl | set_* | rseq | prlimit* | getrandom) return ;;
	esac
	make -e "inject=$1:error=EIO:when=$2"
	# What was replaced cannot come back.
	[ -z "$old" ] || [ -e work/new ] || echo old >work/new
	look "$1 $2 fails, ${way[*]} ${old:+replace}"
	case $status-$left in
	0-whole | 3-before | 127-before) ;;
	*) fail "$1 $2 fails: status $status, $left" ;;
	esac
}

old=
way=()
each_call kill_at KILL
for old in '' old; do
	for name in nameless hidden linked; do
		declare -n options=$name
		way=("${options[@]}")
		each_call kill_at TERM
		each_call fail_at
	done
done
[ $killed -gt 100 ] || fail "it was killed only $killed times"

# It was opened when the first bytes of it are taken: more than a pipe holds.
old=
for name in nameless hidden linked; do
	declare -n options=$name
	rm -rf work pipe
	mkdir work
	mkfifo pipe
	strace -qqq -o trace "${options[@]}" "$VHDXLOG_BUILD/fault-newfile" \
		work/new <pipe >out 2>err &
	{
		cat whole
		echo mine >work/new
	} >pipe
	wait $!
	status=$?
	[ $status -eq 2 ] || fail "$name: it came meanwhile: status $status"
	has out 'exists already'
	has err 'exists already'
	[ "$(cat work/new)" = mine ] || fail "$name: it was replaced"
	[ "$(ls -A work)" = new ] || fail "$name: in the folder: $(ls -A work)"
done
