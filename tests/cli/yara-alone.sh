#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What rules say of a page, a run, a rest of a sector is what the yara program says
# of those bytes as a file: random rules, every scope of the ring. The numbers of
# these entries are such as yara's -d can give.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

for recipe in orphans S-slack descriptors-255 torn-page wrap P-padded \
	nested K-torn-third shift-second-page W-wrapped-sequence; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/shape/$recipe.json" \
		image.vhdx || fail "cannot make $recipe"
	for seed in 1 2 3; do
		[ $seed = 1 ] || [ $recipe != wrap ] || continue
		"$VHDXLOG_SRC/tests/yara_alone.py" image.vhdx $seed \
			2>messages >said ||
			fail "$recipe, seed $seed: $(cat said messages)"
	done
	rm -f image.vhdx
done

# Neighbouring pages, looked at as a run and one by one.
python3 - >recipe.json <<'END'
import json, random
random.seed(5)
letters = "abcdefgh"
print(json.dumps({"about": "Runs.", "log": {"guid": "current", "entries": [
    {"sequence": n, "writes": [
        {"page": hex(0x200000 + 4096 * (n * 8 + i)), "text": "".join(
            random.choice(letters) for _ in range(4096))}
        for i in (0, 2, 1, 4)]} for n in range(1, 5)]}}))
END
"$VHDXLOG_CORPUS" recipe.json image.vhdx || fail "cannot make runs"
for seed in 1 2 3; do
	"$VHDXLOG_SRC/tests/yara_alone.py" image.vhdx $seed 2>messages >said ||
		fail "runs, seed $seed: $(cat said messages)"
done
