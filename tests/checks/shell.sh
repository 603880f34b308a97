#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every shell script parses in the shell that its first line names, and can be
# run as it stands.
set -u
cd "$VHDXLOG_SRC" || exit 1
failed=0

while read -r script; do
	shell=bash
	case $(head -n 1 "$script") in
	'#!/bin/sh'*) shell='sh' ;;
	'#!'*bash*) ;;
	*)
		# What is only sourced needs no first line.
		case ${script##*/} in
		lib.sh | _*) ;;
		*)
			echo "$script: the first line names no shell"
			failed=1
			;;
		esac
		;;
	esac
	$shell -n "$script" || failed=1
done < <(find .ci corpus tests tools -type f \( -name '*.sh' -o -path .ci/run \))
exit $failed
