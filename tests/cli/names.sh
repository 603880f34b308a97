#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A file may have any name: it cannot put control bytes on a terminal, nor more
# than one argument into the command that the report suggests.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
# shellcheck disable=SC2016 # nothing is to be expanded
names=(
	'plain.vhdx' 'two words.vhdx' "it's.vhdx" '$(touch owned).vhdx'
	'`touch owned`.vhdx' '; touch owned;.vhdx' '"quoted".vhdx' 'a\nb.vhdx'
	'-q.vhdx' '~.vhdx' 'a&b|c>d<e*?[f]!.vhdx' '#hash' '=equals'
	$'tab\there.vhdx' $'new\nline.vhdx' $'escape\033[2Jd.vhdx'
	$'bell\a.vhdx' $'delete\x7f.vhdx' $'c1\xc2\x9b31m.vhdx'
	$'latin\xe9.vhdx' $'overlong\xc0\xaf.vhdx' $'surrogate\xed\xa0\x80.vhdx'
	$'\xe2\x80\xaexdhv.vhdx' 'grün-日本.vhdx' '.hidden' 'no-extension'
)

# Stands in for the program that the report suggests, and tells what it was given.
mkdir bin
cat >bin/vhdxlog-replay <<'EOF'
#!/bin/bash
printf '%s\0' "$@" >given
EOF
chmod +x bin/vhdxlog-replay

for name in "${names[@]}"; do
	cp demo.vhdx "./$name" || fail "cannot make the file"
	run 1 scan -- "$name"
	# Printable, or the bytes of a well-formed character.
	LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out &&
		fail "control bytes: $(od -c out | head)"
	iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1 ||
		fail "not UTF-8: $(od -c out | head)"
	grep -q $'\xc2\x9b\|\xe2\x80\xae' out && fail "deceiving: $name"

	command=$(sed -n 's/^  next: //p' out)
	rm -f given
	PATH=$PWD/bin:$PATH bash -c "$command" || fail "no command: $command"
	[ ! -e owned ] || fail "the name was run: $command"
	mapfile -d '' -t given <given
	[ ${#given[@]} -eq 4 ] || fail "${#given[@]} arguments: $command"
	[ "${given[2]#./}" = "$name" ] || fail "another file: $command"
	[ "${given[0]} ${given[1]}" = '--sequence S1-3' ] || fail "$command"
	[ "${given[3]}" != "${given[2]}" ] || fail "onto itself: $command"
	rm "./$name"
done

run 3 scan $'missing\033[31m\n.vhdx'
has err 'missing\x1b[31m\x0a.vhdx'
run 2 explain $'\033]0;title\a'
has err '\x1b]0;title\x07'
run 2 $'\033c'
run 2 scan --offset $'\033c' demo.vhdx
run 2 scan $'--\033c' demo.vhdx
run 2 show demo.vhdx $'E\033c'
