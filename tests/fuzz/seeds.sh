#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What fuzzing begins with, in $VHDXLOG_BUILD/seeds/KIND/: every recipe as an image
# and as its log alone, texts; in seeds/real/KIND/ real images where there are any.
# Made anew where the form of inputs or what makes them has changed.
set -eu
out=$VHDXLOG_BUILD/seeds
seed=$VHDXLOG_BUILD/fuzz-seed
if [ -e "$out/done" ] && [ "$out/done" -nt "$seed" ]; then
	exit 0
fi
rm -rf "$out"
mkdir -p "$out"/{,real/}{image,ring,recipe,patch,state,codec}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/real"
for image in ${VHDXLOG_IMAGES:+"$VHDXLOG_IMAGES"/*.vhdx.gz}; do
	[ ! -e "$image" ] ||
		gzip -cd "$image" >"$scratch/real/$(basename "$image" .gz)"
done

cd "$VHDXLOG_SRC"
find corpus/recipes -name '*.json' | sort | xargs -d '\n' "$seed" "$out"
set -- "$scratch"/real/*
[ ! -e "$1" ] || "$seed" "$out/real" "$@"
find corpus/recipes -name '*.json' | while read -r recipe; do
	name=${recipe#corpus/recipes/}
	cp "$recipe" "$out/recipe/${name//\//-}"
done
touch "$out/done"
