#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Run the tests and count them: run.sh T [structural check]...
#
# First the unit tests (one Criterion program), then every tests/cli/*.sh and the
# structural checks named, several at a time. T picks some of them: the name
# of a script or a glob of names, `unit`, or unit/PATTERN with Criterion's pattern;
# what they print is shown then, but with SHOW= in the environment.
# The last line is always "N passed, N failed, N skipped".
#
# A script of tests/cli shows one behaviour. It passes with exit status 0, is
# skipped with 77 (its last line says why), and fails with anything else; what it
# printed is then shown. lib.sh and _*.sh are for sourcing, not tests. It may
# rely on:
#
#	VHDXLOG, VHDXLOG_REPLAY	 the programs (under valgrind: wrappers)
#	VHDXLOG_CORPUS		 the one that makes images
#	VHDXLOG_SRC		 the top of the sources
#	VHDXLOG_BUILD		 where this configuration was built
#	VHDXLOG_IMAGES		 images not in the repository; empty: none here
#	VHDXLOG_EVIDENCE	 images that nobody touches; not always: _evidence.sh
#	VHDXLOG_CHECKER		 sanitizers in use, or valgrind, else empty
#	TMPDIR, HOME, LC_ALL=C	 scratch of its own, and the current directory
#
# Reports of sanitizers and of valgrind go to files of ours, so that a test fails
# by them whatever became of the exit status and of standard error.
set -u

self=$0
if [ "$1" = --one ]; then
	one=$2
else
	one=
	pick=$1
	shift
fi

# Seconds after which a test counts as one that never ends.
case $VHDXLOG_CHECKER in
valgrind) limit=1800 ;;
?*) limit=600 ;;
*) limit=240 ;;
esac

# Drop the reports that speak of nothing but memory that Criterion's library
# itself allocated and its runner did not free, which happens now and then. The
# frame right above the allocator decides, as ours are all called by Criterion.
# Succeeds where any was dropped.
forgive()
{
	local report any=1
	for report in "$1"/*; do
		[ -s "$report" ] || continue
		! grep -Eq 'ERROR: [A-Za-z]*Sanitizer: [^d]|Invalid|uninitialised|runtime error' \
			"$report" || continue
		grep -E '^ *#1 |(at|by) 0x.*alloc ' -A1 "$report" |
			grep -E '#1 |by 0x' | grep -vq libcriterion && continue
		rm -f "$report"
		any=0
	done
	return $any
}

# Run the rest of the arguments as test $1, its output to $run/$1.log. It fails
# also where a checker had something to report.
supervise()
{
	local name=$1 status reports=$run/$1.reports
	shift
	mkdir -p "$reports" "$run/$name.tmp" || return 1
	# verify_asan_link_order: the shims of tests/fault are preloaded too.
	(
		cd "$run/$name.tmp" || exit 1
		# shellcheck disable=SC2030
		export TMPDIR=$PWD HOME=$PWD REPORTS=$reports
		common="log_path=$reports/report:exitcode=99"
		export ASAN_OPTIONS="$common:detect_leaks=1:detect_stack_use_after_return=1:verify_asan_link_order=0"
		export UBSAN_OPTIONS="$common:print_stacktrace=1"
		export TSAN_OPTIONS="$common"
		exec timeout "$limit" "$@"
	) >"$run/$name.log" 2>&1 </dev/null
	status=$?
	[ $status -ne 124 ] || echo "no end after $limit s" >>"$run/$name.log"
	forgive "$reports" && [ $status -eq 99 ] && status=0
	if find "$reports" -type f -size +0 -exec cat {} + | grep . \
		>>"$run/$name.log"; then
		status=99
	fi
	rm -rf "$run/$name.tmp"
	return $status
}

# One script, run by xargs: print its line and, where it failed, its output.
run_script()
{
	local script=$1 name status word took=$SECONDS
	name=$(basename "$(dirname "$script")")/$(basename "$script" .sh)
	name=${name/checks\//check-}
	mkdir -p "$run/$(dirname "$name")"
	supervise "$name" bash "$script"
	status=$?
	took=$((SECONDS - took))
	if [ $took -ge 10 ]; then took=" ($took s)"; else took=; fi
	case $status in
	0) word=passed ;;
	77) word=skipped ;;
	*) word=failed ;;
	esac
	echo "$word" >"$run/$name.result"
	(
		flock 9
		case $word in
		passed) echo "ok      $name$took" ;;
		skipped) echo "skip    $name: $(tail -n 1 "$run/$name.log")" ;;
		failed)
			echo "FAIL    $name (exit status $status)$took"
			sed 's/^/        /' "$run/$name.log"
			;;
		esac
		[ -z "${SHOW:-}" ] || [ $word = failed ] ||
			sed 's/^/        /' "$run/$name.log"
	) 9>"$run/lock"
}

if [ -n "$one" ]; then
	run_script "$one"
	exit 0
fi

# shellcheck disable=SC2031
run=$(mktemp -d "${TMPDIR:-/tmp}/vhdxlog-check.XXXXXX") || exit 1
trap 'rm -rf "$run"' EXIT
trap 'exit 130' INT TERM
export run limit
passed=0 failed=0 skipped=0
jobs=$(nproc)
valgrind=(valgrind -q --leak-check=full --error-exitcode=99
	--errors-for-leak-kinds=definite --show-leak-kinds=definite
	--log-file='%q{REPORTS}/report.%p')

# wrap PROGRAM [COMMAND...]: make one in $run that runs it by a command, and without
# its sandbox: behind the word that is the subcommand, where there is one.
wrap()
{
	local program=$1
	shift
	{
		printf '#!/bin/sh\n'
		[ "${program##*/}" = vhdxlog-replay ] ||
			printf '%s\n' 'case $1 in' "'' | -*) set -- \"\$@\" ;;" \
				'*) word=$1 && shift && set -- "$word" --no-sandbox "$@" ;;' esac
		[ "${program##*/}" != vhdxlog-replay ] ||
			printf '%s\n' '[ $# -eq 0 ] || set -- --no-sandbox "$@"'
		printf exec
		printf " '%s'" "$@" "$program"
		printf ' "$@"\n'
	} >"$run/${program##*/}"
	chmod +x "$run/${program##*/}"
}

# wrap_all [COMMAND...]: the scripts get wrappers for the programs.
wrap_all()
{
	wrap "$VHDXLOG" "$@"
	wrap "$VHDXLOG_REPLAY" "$@"
	VHDXLOG=$run/vhdxlog
	VHDXLOG_REPLAY=$run/vhdxlog-replay
}

# Valgrind does what the sandbox forbids. And where the kernel lacks a part of the
# sandbox, each run says so, which is not what the scripts are about.
if [ "$VHDXLOG_CHECKER" = valgrind ]; then
	wrap_all "${valgrind[@]}"
elif "$VHDXLOG" explain -o /dev/null 2>&1 | grep -q 'sandbox goes without'; then
	echo 'note: the kernel here lacks a part of the sandbox; tests go without' >&2
	wrap_all
fi

# ---------------------------------------------------------------- the evidence
#
# Images that many tests look at and none may touch; tests/cli/_evidence.sh gives
# them out. Made once, and looked at once more when all tests are over.

store=$run/evidence

make_evidence()
{
	local recipe packed
	while read -r recipe; do
		mkdir -p "$store/$(dirname "$recipe")"
		"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe" \
			"$store/${recipe%.json}.vhdx" || return 1
	done < <(cd "$VHDXLOG_SRC/corpus/recipes" && find . -name '*.json')
	mkdir -p "$store/real"
	for packed in "${VHDXLOG_IMAGES:-/nonexistent}"/*.vhdx.gz; do
		[ ! -e "$packed" ] || gzip -dc "$packed" |
			cp --sparse=always /dev/stdin \
				"$store/real/$(basename "$packed" .gz)" || return 1
	done
}

# What is told of each: what the system says of it, but when it was read last; and
# of all, holes left out, what they hold.
state_of_evidence()
{
	(
		cd "$store" || exit
		find . -print0 | sort -z |
			xargs -0 stat -c '%n %i %s %a %u:%g %h %y %z'
		find . -print0 | sort -z |
			tar -cS --no-recursion --null -T - | sha256sum
	)
}

begin_evidence()
{
	# Where holes are may be settled only when it is written out.
	make_evidence && sync -f "$store" && state_of_evidence >"$run/evidence.before" || {
		echo 'FAIL    the evidence cannot be made'
		exit 1
	}
	export VHDXLOG_EVIDENCE=$store
}

end_evidence()
{
	[ -e "$run/evidence.before" ] || return 0
	state_of_evidence >"$run/evidence.after"
	if cmp -s "$run/evidence.before" "$run/evidence.after"; then
		passed=$((passed + 1))
		echo "ok      evidence: $(find "$store" -type f | wc -l) images are what they were"
	else
		failed=$((failed + 1))
		echo 'FAIL    evidence: a test has touched it'
		diff "$run/evidence.before" "$run/evidence.after" |
			sed 's/^/        /'
	fi
}

# The number that stands behind a word in Criterion's closing line.
synthesis()
{
	sed -n "s/.*Synthesis:.*$1: \([0-9]*\).*/\1/p" "$run/unit.log" | tail -n 1
}

run_unit()
{
	local status good bad command
	[ -x "$VHDXLOG_BUILD/unit" ] || return 0
	command=("$VHDXLOG_BUILD/unit" --jobs "$jobs" --tap="$run/unit.tap")
	# Not under valgrind: tests that end by exit() with all they have, and
	# those that count the steps on large rings once more on larger ones.
	[ "$VHDXLOG_CHECKER" != valgrind ] ||
		set -- "${1:-!(write_corpus/*|cost/a_ring_of_twice*)}"
	[ -z "${1:-}" ] || command+=(--filter "$1")
	[ "$VHDXLOG_CHECKER" != valgrind ] || command=("${valgrind[@]}"
		--trace-children=yes "${command[@]}")
	supervise unit "${command[@]}"
	status=$?
	good=$(synthesis Passing)
	bad=$(synthesis Failing)
	# No closing line, or a failure that no test owns. (Failing includes
	# Crashing.)
	[ $status -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	[ -n "$good" ] || bad=1
	passed=$((passed + ${good:-0}))
	failed=$((failed + bad))
	if [ "$bad" -gt 0 ] || [ -n "${SHOW:-}" ]; then
		sed 's/^/        /' "$run/unit.log"
	fi
	if [ "$bad" -gt 0 ]; then
		echo "FAIL    unit: $bad failed, ${good:-0} passed"
	else
		echo "ok      unit: $good passed"
	fi
}

scripts=()
add_scripts()
{
	local script
	for script in "$@"; do
		case ${script##*/} in
		lib.sh | _*) continue ;;
		esac
		[ ! -f "$script" ] || scripts+=("$script")
	done
}

top=$VHDXLOG_SRC/tests
case $pick in
'' | evidence*) begin_evidence ;;
esac
case $pick in
'')
	run_unit
	add_scripts "$top"/cli/*.sh
	for check; do
		add_scripts "$top/checks/$check.sh"
	done
	;;
unit) SHOW=${SHOW-1} run_unit ;;
unit/*) SHOW=${SHOW-1} run_unit "${pick#unit/}" ;;
*)
	export SHOW=${SHOW-1}
	# shellcheck disable=SC2086 # T may be a glob
	add_scripts "$top"/cli/$pick.sh
	add_scripts "$top/checks/${pick#check-}.sh"
	[ ${#scripts[@]} -gt 0 ] || {
		echo "no test of the name $pick" >&2
		exit 2
	}
	;;
esac

[ ${#scripts[@]} -eq 0 ] ||
	printf '%s\0' "${scripts[@]}" | xargs -0 -n 1 -P "$jobs" "$self" --one

for result in "$run"/*.result "$run"/*/*.result; do
	[ -e "$result" ] || continue
	case $(cat "$result") in
	passed) passed=$((passed + 1)) ;;
	skipped) skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
done
# What a whole run came to, for `make cftt`: result, test and, of one that was
# skipped, why, with tabs between them. A suite of unit tests is one, and has failed
# where one of its tests has.
results()
{
	local result test why
	sed -n '/# SKIP/d; s/^not ok - \(.*\)::.*/\1 failed/p; s/^ok - \(.*\)::.*/\1 passed/p' \
		"$run/unit.tap" | sort -u | awk '!($1 in seen) {
			seen[$1] = 1
			printf "%s\tunit/%s\t\n", $2, $1
		}'
	for result in "$run"/*.result "$run"/*/*.result; do
		[ -e "$result" ] || continue
		test=${result#"$run/"}
		test=${test%.result}
		why=
		[ "$(cat "$result")" != skipped ] ||
			why=$(tail -n 1 "$run/$test.log" | tr -d '\t')
		printf '%s\t%s\t%s\n' "$(cat "$result")" "${test#checks/}" "$why"
	done
}
[ -n "$pick" ] || results >"$VHDXLOG_BUILD/results"

end_evidence
# One that left no result was killed; it did not pass.
failed=$((failed + ${#scripts[@]} - $(find "$run" -name '*.result' | wc -l)))

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
