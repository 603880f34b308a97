#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The analysis cannot write. Of all that vhdxlog is linked from, only the
# exceptions below may refer to a function that writes, grows, renames, removes
# or locks, each to its own; evidence is opened in one place, O_RDONLY; and
# nothing starts another program or calls the kernel past libc.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

# The tool's own output: a new file, which gets its name when it is whole, and is
# as long as an image where it is to be one; and a stream on that, or on a pipe. A
# stream in memory, of what waits for its turn to go there.
declare -A exceptions=(
	[tools/common/newfile.c]='fchmod fchown link linkat rename renameat2 unlink '
	[tools/common/output.c]='fopencookie ftruncate64 pwrite64 write '
	[tools/common/turns.c]='fopencookie '
)
# The one place that opens evidence.
opener=lib/source/file.c

complain()
{
	echo "$*"
	failed=1
}

# Functions by their names in libc, before the variants with 64, __ and _chk.
writing='p?write v?|p?writev2?|aio_write|process_vm_writev|sendfile
	copy_file_range|splice|vmsplice|tee
	f?truncate|fallocate|posix_fallocate
	rename|renameat2?|unlink|unlinkat|rmdir|remove
	link|linkat|symlink|symlinkat|mkdir|mkdirat|mknod|mknodat|mkfifo|mkfifoat
	f?chmod|fchmodat|[fl]?chown|fchownat|[fl]?setxattr|[fl]?removexattr
	utime|utimes|utimensat|futimens|futimes|lutimes|futimesat
	flock|lockf|creat|tmpfile|tmpnam|tempnam
	mks?temp|mkostemps?|mkstemps|mkdtemp
	fopen|freopen|fdopen|fopencookie
	json_object_to_f(d|ile|ile_ext)|BIO_new_f(d|ile|p)
	system|popen|execl|execlp|execle|execv|execvp|execve|execvpe|fexecve
	posix_spawnp?|fork|vfork|dlopen|dlmopen'
writing=$(echo "$writing" | tr -d ' ' | tr -s '\n\t' '|' | sed 's/^|//; s/|$//')
forbidden="^(__|_IO_)?($writing)(64)?(_chk|_2)?\$"

# $1: object or archive; what it refers to and must not. The version that nm
# may show behind an @ is no part of the name.
refers()
{
	nm -u "$1" | awk '/^ +[Uw] / { sub(/@.*/, "", $2); print $2 }' |
		sort -u | grep -E "$forbidden" | tr '\n' ' '
}

object_of()
{
	echo "$VHDXLOG_BUILD/obj/${1%.c}.o"
}

# Exactly these: the list works only as long as it catches what it is there to
# catch, and an exception that is not needed is none.
for source in "${!exceptions[@]}"; do
	found=$(refers "$(object_of "$source")")
	[ "$found" = "${exceptions[$source]}" ] ||
		complain "$source refers to: $found, not: ${exceptions[$source]}"
done

for archive in libvhdxlog.a libvhdxlog-match.a; do
	found=$(refers "$VHDXLOG_BUILD/$archive")
	[ -z "$found" ] || complain "$archive refers to: $found"
done
for source in reports/*.c tools/common/*.c tools/vhdxlog/*.c; do
	[ -e "$source" ] && [ -z "${exceptions[$source]-}" ] || continue
	found=$(refers "$(object_of "$source")")
	[ -z "$found" ] || complain "$source refers to: $found"
done

# Nor is anything of lib/write in the program.
globals()
{
	nm --defined-only "$VHDXLOG_BUILD/$1" |
		awk 'NF == 3 && $2 ~ /[TDBR]/ { print $3 }' | sort -u
}
found=$(comm -12 <(globals libvhdxlog-write.a) \
	<(nm "$VHDXLOG_BUILD/vhdxlog" | awk 'NF == 3 { print $3 }' | sort -u))
[ -z "$found" ] || complain "vhdxlog is linked with lib/write: $found"

# open() has two meanings, so its calls are read, a line each. Comments are not
# calls, nor are members of that name.
calls()
{
	grep -nE "(^|[^[:alnum:]_>.])($1)[[:space:]]*\(" "$2" /dev/null |
		grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)'
}
for source in lib/*.c lib/*/*.c reports/*.c tools/common/*.c tools/vhdxlog/*.c; do
	case $source in
	lib/write/* | *'*'*) continue ;;
	"$opener")
		while read -r call; do
			case $call in
			*O_WRONLY* | *O_RDWR* | *O_CREAT* | *O_TRUNC* | *O_APPEND*)
				complain "opened for writing: $call" ;;
			*O_RDONLY*O_CLOEXEC*) ;;
			*) complain "not O_RDONLY | O_CLOEXEC: $call" ;;
			esac
		done < <(calls 'open|openat|open64|openat2' "$source")
		;;
	# A file of its own, which nothing was before.
	tools/common/newfile.c)
		found=$(calls 'open|openat|open64|openat2' "$source" |
			grep -v 'O_RDONLY\|O_TMPFILE\|O_CREAT | O_EXCL')
		[ -z "$found" ] || complain "opens what was there: $found"
		;;
	# What is there and is no file, as it is.
	tools/common/output.c)
		found=$(calls 'open|openat|open64|openat2' "$source" |
			grep 'O_RDWR\|O_CREAT\|O_TRUNC\|O_APPEND')
		[ -z "$found" ] || complain "not O_WRONLY alone: $found"
		;;
	lib/*)
		found=$(calls 'open|openat|open64|openat2|opendir' "$source")
		[ -z "$found" ] || complain "opens a file outside $opener: $found"
		;;
	*)
		found=$(calls 'open|openat|open64|openat2' "$source" |
			grep -v 'O_RDONLY\|O_PATH')
		[ -z "$found" ] || complain "not O_RDONLY: $found"
		;;
	esac
	# Landlock has no wrapper in libc; nothing else goes round it.
	found=$(calls syscall "$source")
	[ "$source" != tools/common/sandbox_landlock.c ] ||
		found=$(echo "$found" | grep -v 'SYS_landlock_')
	[ -z "$found" ] || complain "a system call past libc: $found"
done

# What a program may do is settled in one place, and nowhere else again.
settling='prctl|seccomp_.*|p?rlimit(64)?|setrlimit(64)?|ptrace|personality|unshare|set[ug]id|chroot'
for source in tools/common/*.c tools/vhdxlog/*.c tools/vhdxlog-replay/*.c \
	reports/*.c lib/*.c lib/*/*.c; do
	case $source in
	tools/common/sandbox*.c | *'*'*) continue ;;
	esac
	found=$(nm -u "$(object_of "$source")" | awk '{ sub(/@.*/, "", $2); print $2 }' |
		grep -E "^($settling)\$")
	[ -z "$found" ] || complain "$source refers to: $found"
done
nm -u "$(object_of tools/common/sandbox_seccomp.c)" | grep -q ' seccomp_load' ||
	complain "the sandbox has no filter: is this the program that is shipped?"
exit $failed
