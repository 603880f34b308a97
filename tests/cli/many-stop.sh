#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Who reads the report may go away, and who started it may interrupt it: it ends at
# once, in silence, and leaves nothing half-written.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

image shape/full-ring-of-1 full.vhdx
image demo demo.vhdx
before=$(echo *)
many=()
for ((i = 0; i < 400; i++)); do
	many+=(full.vhdx)
done

# All of them would take long, and write gigabytes.
for jobs in 1 4; do
	timeout 60 "$VHDXLOG" scan -j $jobs -f jsonl --all-checks "${many[@]}" 2>err |
		head -c 1000000 >/dev/null
	[ "${PIPESTATUS[0]}" -eq 3 ] || fail "-j $jobs: exit status ${PIPESTATUS[0]}"
	empty err
	# One that is read to the end of a record.
	timeout 60 "$VHDXLOG" scan -j $jobs -q -f jsonl "${many[@]}" 2>err |
		head -n 1 | jq -e '.type == "image"' >/dev/null ||
		fail "-j $jobs: not a whole record"
	if [ -c /dev/full ]; then
		timeout 60 "$VHDXLOG" scan -j $jobs -f jsonl "${many[@]}" \
			>/dev/full 2>err
		[ $? -eq 3 ] || fail "-j $jobs: full: another exit status"
		[ "$(grep -c . err)" -eq 1 ] || fail "-j $jobs: $(cat err)"
		has err 'standard output: writing: No space left on device'
	fi
done
rm err

# Interrupted.
mkdir work
for jobs in 1 4; do
	for signal in INT TERM; do
		# Background jobs of a script ignore SIGINT; env gives it back.
		env --default-signal=INT "$VHDXLOG" scan -j $jobs -f jsonl \
			--all-checks -o work/report "${many[@]}" 2>err &
		sleep 0.3
		kill -$signal $!
		wait $!
		[ $? -gt 128 ] || fail "-j $jobs, $signal: ended before it"
		[ -z "$(ls -A work)" ] || fail "-j $jobs, $signal: $(ls -A work)"
		empty err
	done
done
rmdir work
rm err
[ "$(echo *)" = "$before" ] || fail "left: $(echo *)"
