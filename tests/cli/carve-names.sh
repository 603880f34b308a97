#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The command that text gives means what it says to a shell, and nothing more,
# whatever the file is called: it can be copied as it is.
. "$VHDXLOG_SRC/tests/cli/_carve.sh"

image demo demo.vhdx
# As what is run: the command alone, with its last argument.
vhdxlog()
{
	printf '%s\0' "$#" "${@:1:1}" "${@: -1}" >told
}
# shellcheck disable=SC1003,SC2016 # names, not commands
for name in "x';touch PWNED;'.vhdx" "\\';touch PWNED;\\'.vhdx" 'a b' 'a\b' \
	'a\\' "\\'" '$(touch PWNED)' '`touch PWNED`' 'a"$HOME"b' '-f' '~' '=x' \
	'a;touch PWNED' 'a&b|c>d' '*' '#x' $'a\nb' $'a\ttouch PWNED' \
	$'\e[2Jx\a' $'a\'\n\\\'b' $'\xff\xfe\'x' $'caf\xc3\xa9\' \xe2\x80\xae' \
	$'1\x012' "'"; do
	cp demo.vhdx "./$name"
	path=$name
	case $name in -*) path=./$name ;; esac
	run 0 carve -- "$name"
	LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out && fail "control bytes: $(od -c out)"
	[ "$(grep -c '^next ' out)" = 1 ] || fail "$name: $(cat out)"
	command=$(sed -n 's/^next  *//p' out)
	rm -f told
	eval "$command"
	cmp told <(printf '%s\0' 2 scan "$path") ||
		fail "$name: $command is: $(od -c told)"
	[ ! -e PWNED ] || fail "$name: $command ran something else"
	rm -- "./$name"
done
