#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A copy replayed as QEMU would do it is, outside its headers, what the installed
# qemu-img makes of the image. `make oracle-replay N=20000` looks at more of them.
set -eu

recipes=$VHDXLOG_SRC/corpus/recipes
logs=("$recipes"/reader/*.json "$VHDXLOG_SRC"/tests/oracle/seen/*.json
	"$recipes"/shape/*.json)
for recipe in "$recipes"/check/*.json; do
	case ${recipe##*/} in
	# qemu-img takes half a minute to write so many zeroes.
	replay-zeroes-excessive.*) ;;
	*) logs+=("$recipe") ;;
	esac
done
case ${VHDXLOG_CHECKER-} in
valgrind) set -- --count 8 "${logs[@]:0:25}" ;;
?*) set -- --count 60 "${logs[@]:0:80}" ;;
*) set -- --count 200 "${logs[@]}" ;;
esac
exec "$VHDXLOG_SRC/tests/oracle/replay.py" same "$@"
