#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Put what all runs come to into README.md, between its two marks: runs.tsv added
# up by target and engine.
set -eu
cd "$(dirname "$0")"
{
	sed '/^<!-- runs -->$/q' README.md
	echo '| target | engine | runs | time | executions | with a finding |'
	echo '|---|---|---:|---:|---:|---:|'
	awk -F '\t' '{
		key = $2 " | " $3
		runs[key]++
		seconds[key] += $4
		executions[key] += $5
		findings[key] += $6 > 0
	}
	END {
		for (key in runs)
			printf "| %s | %d | %d:%02d | %d | %d |\n", key, runs[key],
				seconds[key] / 60, seconds[key] % 60,
				executions[key], findings[key]
	}' runs.tsv | sort
	sed -n '/^<!-- end of runs -->$/,$p' README.md
} >README.new
mv README.new README.md
