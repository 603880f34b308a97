#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Part of `make bench`: a whole scan with 1,000 rules, each of one string, a tenth
# of them looking at the variables, over a ring of MIB MiB (64), beside the yara
# program with the same rules on that ring as a file, and beside the scan without
# rules. RUNS as in run.sh; figures go to build/bench.jsonl too.
#
#	honest	entries of two sectors, a page each
#	words	the same, the pages full of words of the BAT
#	slack	the same, and what is behind the descriptor is not zero
#	noise	nothing but noise, of no entry
#	jumps	slack, under one rule of a string with a jump, whose parts are all over
#
# Bound: 1.5 times what yara takes.
set -eu

mib=${MIB:-64}
runs=${RUNS:-5}
. "$VHDXLOG_SRC/tests/bench/_bench.sh"
image=$work/image.vhdx

# Strings of 6 to 16 letters, or of 8 bytes.
python3 - >"$work/rules.yar" <<'END'
import random
random.seed(1)
letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
looks = ("entry_sequence > 5", 'target_region == "bat"', "stale",
         "target_offset > 1048576", 'scope == "pages"')
for i in range(1000):
    if i % 2:
        string = '"' + "".join(random.choices(
            letters, k=random.randint(6, 16))) + '"'
    else:
        string = "{ " + random.randbytes(8).hex(" ") + " }"
    look = f" and {looks[i // 10 % 5]}" if i % 10 == 0 else ""
    print(f"rule r{i} {{ strings: $a = {string} condition: $a{look} }}")
END

echo 'rule jumps { strings: $a = { 06 00 00 [300-900] 77 88 99 aa } condition: $a }' \
	>"$work/jumps.yar"

# What entries hold: checksums are made right again.
fill() # KIND
{
	python3 - "$image" "$1" "$mib" <<'END'
import random, struct, sys
path, kind, mib = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(2)
words = [b"".join(struct.pack("<Q", random.randrange(1 << 20) << 20 | 6)
                  for _ in range(510))[:4080] for _ in range(64)]
with open(path, "r+b") as file:
    for sector in range(mib * 256):
        at = 0x100000 + sector * 4096
        if kind == "noise":
            file.seek(at)
            file.write(random.randbytes(4096))
        elif sector % 2 and kind in ("words", "slack"):
            file.seek(at + 8)
            file.write(random.choice(words))
        elif kind == "slack":
            file.seek(at + 96)
            file.write(random.choice(words)[:4000])
END
	[ "$1" = noise ] || "$VHDXLOG_BUILD/bench-ring" "$image" checksums
}

# compare KIND RULES: the image under rules, and the ring.
compare()
{
	local plain rules cpu rss yara yara_cpu
	{
		read -r plain _ _ _
		read -r rules cpu rss _
		read -r yara yara_cpu _ _
	} < <(measure "$VHDXLOG" scan -q "$image" + \
		"$VHDXLOG" scan -q --yara "$work/$2" "$image" + \
		yara -d scope=pages -d entry_sequence=7 -d target_region=bat \
		-d target_offset=2097152 -d stale=false "$work/$2" "$work/ring")
	bound "rules over $1, times yara" \
		"$(awk -v a="$rules" -v b="$yara" 'BEGIN { print a / b }')" most 1.5
	awk -v kind="$1" -v mib="$mib" -v plain="$plain" -v rules="$rules" \
		-v yara="$yara" -v rss="$rss" -v json="$json" -v cpu="$cpu" \
		-v yara_cpu="$yara_cpu" 'BEGIN {
		printf "%-8s %9.1f %9.1f %9.1f %7.2f %9.2f %9.1f%s\n", kind,
			plain * 1000, rules * 1000, yara * 1000, rules / yara,
			cpu / yara_cpu, rss / 1024, (rules > 1.5 * yara ? "  OVER" : "")
		printf "{\"match\":\"%s\",\"mib\":%d,\"scan_s\":%s," \
			"\"rules_s\":%s,\"yara_s\":%s,\"rules_cpu_s\":%s," \
			"\"yara_cpu_s\":%s,\"rss_kib\":%d}\n", kind, mib,
			plain, rules, yara, cpu, yara_cpu, rss >>json
	}'
}

printf '%-8s %9s %9s %9s %7s %9s %9s\n' ring 'scan ms' 'rules ms' 'yara ms' \
	ratio 'cpu ratio' 'RSS MiB'
for kind in honest words slack noise; do
	make_ring honest "$mib" "$image"
	[ $kind = honest ] || fill $kind
	dd if="$image" of="$work/ring" bs=1M skip=1 count="$mib" status=none
	compare $kind rules.yar
	# Parts of a string in each stretch, which make no string together.
	[ $kind != slack ] || compare jumps jumps.yar
done
