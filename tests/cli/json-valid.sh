#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every report validates against the schemas that ship with the program: json and
# jsonl, of every recipe and of images of other programs, with each option that
# adds to the report.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# Status 3 too: some recipes are no image.
report()
{
	"$VHDXLOG" scan "${@:2}" >"$1" 2>/dev/null
	case $? in
	0 | 1 | 3) ;;
	*) fail "$*" ;;
	esac
}

recipes=("$VHDXLOG_SRC"/corpus/recipes{,/*}/*.json)
real=$VHDXLOG_IMAGES
# Under valgrind each takes a second or more: whole logs stand for the rest.
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	recipes=("$VHDXLOG_SRC"/corpus/recipes/shape/*.json)
	real=
}
for recipe in "${recipes[@]}"; do
	evidence "$recipe" made.vhdx || fail "cannot make $recipe"
	name=$(basename "$recipe" .json)
	report "$name.json" -f json --all-checks made.vhdx
	report "$name.jsonl" -f jsonl made.vhdx
	rm -f made.vhdx
done
if [ -n "$real" ]; then
	image=
	while real_image image; do
		report "$image.json" -f json "$image"
		report "$image.full.json" -f json --custody --hash "$image"
		report "$image.full.jsonl" -f jsonl --all-checks --custody \
			--hash=md5,sha1 --no-hash "$image"
	done
fi
valid scan-1 ./*.json
valid scan-1.records ./*.jsonl
