# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: run programs on a terminal. Skips where there are none.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

command -v script >/dev/null || {
	echo "no script(1) here"
	exit 77
}
script -qec true /dev/null >/dev/null 2>&1 </dev/null || {
	echo "no pseudo-terminals here"
	exit 77
}

# columns N COMMAND: run by a shell on a terminal so wide; what it shows is then in
# the file typescript, with line feeds alone.
columns()
{
	local columns=$1
	shift
	env -u NO_COLOR -u COLUMNS TERM=xterm script -qec \
		"stty cols $columns rows 50; $*" /dev/null >typescript.cr 2>&1 \
		</dev/null
	sed 's/\r$//' typescript.cr >typescript
}
