#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Neither a file's name nor what its log holds puts control bytes into a timeline,
# and the command that it suggests is one argument for the shell where it has to
# be.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

real qemu-7.2.0-bat-shift shift.vhdx
mkdir bin
cat >bin/vhdxlog <<'EOF'
#!/bin/bash
printf '%s\0' "$@" >given
EOF
chmod +x bin/vhdxlog

# shellcheck disable=SC2016 # nothing is to be expanded
names=('two words.vhdx' "it's.vhdx" '$(touch owned).vhdx' '; touch owned;.vhdx'
	'-q.vhdx' '"quoted", and comma.vhdx' $'new\nline.vhdx'
	$'escape\033[2Jd.vhdx' $'latin\xe9.vhdx' $'\xe2\x80\xaexdhv.vhdx')
for name in "${names[@]}"; do
	mv -- ./*.vhdx "./$name"
	for format in text json jsonl csv; do
		run 0 timeline -v -f $format --as-of E4 -- "$name"
		! LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out ||
			fail "$format: control bytes: $(od -c out | head)"
		iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1 ||
			fail "$format: not UTF-8"
	done
	run 0 timeline --as-of E4 -- "$name"
	command=$(sed -n 's/^  to write one out: //p' out)
	rm -f given
	PATH=$PWD/bin:$PATH bash -c "$command" || fail "no command: $command"
	wanted=$name
	[ "${name#-}" = "$name" ] || wanted=./$name
	printf '%s\0' extract "$wanted" block:63@E4 -o block-63-E4.bin |
		cmp - given || fail "$name: it was given $(od -c given)"
	[ ! -e owned ] || fail "$name was run"
done
mv -- ./*.vhdx shift.vhdx

# Options that say where the image lies stand in the command, too.
truncate -s 1M outer.raw
cat shift.vhdx >>outer.raw
run 0 timeline --offset 1M --as-of E4 outer.raw
has out 'vhdxlog extract --offset 1048576 outer.raw block:63@E4'
