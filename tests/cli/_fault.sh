# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: vhdxlog-replay with faults, in the folder work, which holds
# image.vhdx and at first nothing else.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -x "$VHDXLOG_REPLAY" ] || {
	echo "no vhdxlog-replay was built"
	exit 77
}

# Two entries to replay, and a file that grows by that.
small_image()
{
	image - "$1" <<-'END'
	{"about": "two blocks that were allocated last",
	 "image": {"virtual_size": "64M", "block_size": "1M",
	   "blocks": {"0": "present", "3": "present"}},
	 "log": {"entries": [
	   {"writes": [{"bat": {"1": "present"}}]},
	   {"writes": [{"bat": {"2": "present"}}], "last": "9M"}]}}
	END
}

# replayed STATUS ARGUMENT...: as run, of vhdxlog-replay
replayed()
{
	local VHDXLOG=$VHDXLOG_REPLAY
	run "$@"
}

# walk FAULT OPTION... -- ARGUMENT...: vhdxlog-replay with the fault at each of
# its system calls in turn; as tests/fault/killer.c says.
walk()
{
	local fault=$1 options=() status
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	# Leaks cannot be looked for in a program that is traced.
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
		"$VHDXLOG_BUILD/fault-killer" "${options[@]}" "$fault" work \
		"$VHDXLOG_REPLAY" "$@" >said 2>&1
	status=$?
	[ $status -ne 77 ] || {
		cat said
		exit 77
	}
	[ $status -eq 0 ] || {
		cat said
		fail "$fault ${options[*]} -- $*"
	}
	echo "$(cat said) (${options[*]} -- $*)"
}

# Something that is there before, for --overwrite.
old_output()
{
	echo 'what was there before' >work/"$1"
}

# each_setup FUNCTION: call it with walk's options -- the program's arguments for
# everything that the program can be asked to make.
each_setup()
{
	local do=$1
	$do -r out.vhdx -- work/image.vhdx work/out.vhdx
	$do -r out.vhdx -- --rearm work/image.vhdx work/out.vhdx
	$do -r out.vhdx -t record -- --hash -f json -o work/record \
		work/image.vhdx work/out.vhdx
	$do -r patch -- --patch work/patch work/image.vhdx

	replayed 0 --patch work/patch work/image.vhdx
	$do -r out.vhdx -- --apply work/patch work/image.vhdx work/out.vhdx
	replayed 0 --apply work/patch work/image.vhdx work/applied.vhdx
	$do -r out.vhdx -- --unapply work/patch work/applied.vhdx work/out.vhdx
	rm work/patch work/applied.vhdx

	old_output out.vhdx
	$do -r out.vhdx -- --overwrite work/image.vhdx work/out.vhdx
	rm work/out.vhdx
}

# Where the program is while it only reads makes no difference to what it leaves;
# VHDXLOG_ROUNDS in the environment asks for all the same.
# shellcheck disable=SC2034
rows=(-q)
[ -z "${VHDXLOG_ROUNDS:-}" ] || rows=()

[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "valgrind runs programs in a way of its own"
	exit 77
}
mkdir work
small_image image.vhdx
mv image.vhdx work

# For thousands of runs: have the folder in memory, where there is such a place.
work_in_memory()
{
	memory=$(mktemp -d /dev/shm/vhdxlog-fault.XXXXXX 2>/dev/null) || return
	trap 'rm -rf "$memory"' EXIT
	mv work/image.vhdx "$memory"
	rmdir work
	ln -s "$memory" work
}
