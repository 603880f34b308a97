#!/bin/bash
# SPDX-License-Identifier: MIT
#
# JSON and HTML of images of other programs agree.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

while real_image image; do
	"$VHDXLOG_SRC/tests/html_recipes.py" "$PWD/$image" || exit 1
done
