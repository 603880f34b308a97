#!/bin/bash
# SPDX-License-Identifier: MIT
#
# seeds.sh FOLDER: what fuzzing begins with, FOLDER/KIND/*: every recipe as an
# image, as it lies and as its log alone, and real images where there are any. Made
# anew where the builder of images, or the form of inputs, changed.
set -eu
out=$1
seed=$VHDXLOG_BUILD/fuzz-seed
if [ -e "$out/done" ] && [ "$out/done" -nt "$seed" ]; then
	exit 0
fi
rm -rf "$out"
mkdir -p "$out/image" "$out/dump" "$out/ring"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# add IMAGE NAME
add()
{
	for kind in image dump ring; do
		"$seed" "$kind" "$1" "$out/$kind/$2" 2>>"$out/left-out"
	done
}

cd "$VHDXLOG_SRC"
find corpus/recipes -name '*.json' | sort | while read -r recipe; do
	name=${recipe#corpus/recipes/}
	name=${name%.json}
	"$VHDXLOG_CORPUS" "$recipe" "$scratch/image"
	add "$scratch/image" "${name//\//-}"
done
for image in "$VHDXLOG_IMAGES"/*.vhdx.gz; do
	[ -e "$image" ] || continue
	name=${image##*/}
	zcat "$image" >"$scratch/image"
	add "$scratch/image" "real-${name%.vhdx.gz}"
done
touch "$out/done"
