#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The comparison with qemu-img finds fault with a program that goes wrong in any
# one way: in what it writes, what it leaves, what it refuses and what it touches.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo 'of the oracle, not of the program'
	exit 77
}
command -v qemu-img >/dev/null || {
	echo 'no qemu-img'
	exit 77
}

export REAL=$VHDXLOG_REPLAY
recipes=$VHDXLOG_SRC/corpus/recipes

# wrong KIND RECIPE TEXT BODY: of a program that is the shell's BODY, TEXT is said.
# In it: $image, $output, what they are; $options; poke FILE OFFSET BYTE.
wrong()
{
	cat >wrong <<END
#!/bin/bash
output=\${*: -1} image=\${*: -2:1}
options=("\${@:1:\$#-2}")
poke()
{
	printf "\$3" | dd of="\$1" bs=1 seek="\$2" conv=notrunc status=none
}
has()
{
	[[ " \${options[*]} " = *" \$1 "* ]]
}
real()
{
	"\$REAL" "\$@" "\$image" "\$output"
}
$4
END
	chmod +x wrong
	! VHDXLOG_REPLAY=$PWD/wrong "$VHDXLOG_SRC/tests/oracle/replay.py" \
		"$1" --jobs 1 "$recipes/$2.json" >said ||
		fail "it did not notice: $4"
	grep -q "$3" said || {
		cat said
		fail "$3: $4"
	}
}

# shellcheck disable=SC2016 # for the program that goes wrong
{
dirty=reader/01-two-entries
half=reader/12-padded
nothing=reader/08-nothing

for recipe in $dirty $half $nothing; do
	for kind in same rearm; do
		"$VHDXLOG_SRC/tests/oracle/replay.py" $kind --jobs 1 \
			"$recipes/$recipe.json" >said || fail "$(cat said)"
	done
done

wrong same $dirty 'ranges differ' \
	'real "${options[@]}" && poke "$output" $((3 << 20)) x'
wrong same $dirty 'ranges differ' \
	'real "${options[@]}" && poke "$output" $((2 * 1048576 - 1)) x'
wrong same $dirty 'bytes long, and should be' \
	'real "${options[@]}" && truncate -s +1M "$output"'
wrong same $dirty 'two different outputs' \
	'real "${options[@]}" && printf %08d $$ | dd of="$output" bs=1 seek=65600 conv=notrunc status=none'
wrong same $dirty 'the image was changed' \
	'real "${options[@]}" && touch "$image"'
wrong same $dirty 'it left nothing' 'exit 0'
wrong same $dirty 'it left output' \
	'real "${options[@]}" && ln "$output" "${output%/*}/output"'
wrong same $dirty 'exit status 3' 'exit 3'
wrong same $dirty 'refused with --force' 'exit 1'
wrong same $dirty 'written once' \
	'[ "${output%.again}" = "$output" ] || exit 1; real "${options[@]}"'
wrong same $dirty 'give different bytes' \
	'real "${options[@]}" && has qemu && poke "$output" $((3 << 20)) x; exit 0'
wrong same $dirty 'was not forced, and is' \
	'real "${options[@]}" && poke "$output" 131072 x && poke "$output" 65536 x'
wrong same $half 'not refused' 'real --force "${options[@]}"'
wrong same $half 'ranges differ' 'has --force || exit 1; cp "$image" "$output"'
wrong same $nothing 'yet there is an output' 'cp "$image" "$output"'

wrong rearm $dirty 'replayed by qemu-img' \
	'real "${options[@]}" && has --rearm && poke "$output" $((1048576 + 4096 + 64)) x; exit 0'
wrong rearm $dirty 'qemu-img: ' \
	'real "${options[@]}" && has --rearm && poke "$output" 1048576 x; exit 0'
wrong rearm $dirty 'more than headers and log' \
	'real "${options[@]}" && has --rearm && poke "$output" $((3 << 20)) x; exit 0'
wrong rearm $dirty 'another result than applying' \
	'real "${options[@]}" && ! has --rearm && poke "$output" $((3 << 20)) x; exit 0'
wrong rearm $dirty 'not applied' 'has --rearm || exit 1; real "${options[@]}"'
wrong rearm $dirty 'bytes, and applied' \
	'real "${options[@]}" && ! has --rearm && truncate -s +1M "$output"; exit 0'
}
exit 0
