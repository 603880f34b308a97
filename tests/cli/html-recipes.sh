#!/bin/bash
# SPDX-License-Identifier: MIT
#
# JSON and HTML of every recipe agree: what the page says is read back out of it.
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	echo "takes long under valgrind; html-real looks at pages there, too"
	exit 77
}
recipes=()
[ -z "$VHDXLOG_CHECKER" ] ||
	recipes=("$VHDXLOG_SRC"/corpus/recipes/{reader,guess}/*.json)
exec "$VHDXLOG_SRC/tests/html_recipes.py" "${recipes[@]}"
