#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Text that an image holds is shown, and controls nothing.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image - x.vhdx <<'EOF'
{"about": "a creator and a parent path with control characters",
 "image": {"creator": "evil\u001b[2J\u0007\u009b31m\u202e grün",
  "parent": {"parent_linkage": "guid:mother", "relative_path": ".\\a\u001b]0;x\u0007b.vhdx"}}}
EOF
for options in '' -v --all-checks '--all-checks -v'; do
	# shellcheck disable=SC2086 # a list of options
	"$VHDXLOG" scan $options x.vhdx >out 2>err
	[ $? -le 1 ] || fail "not examined: $(cat err)"
	LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out err &&
		fail "control bytes: $(od -c out | head -40)"
	grep -q $'\xc2\x9b\|\xe2\x80\xae' out && fail "deceiving characters"
	iconv -f UTF-8 -t UTF-8 out >/dev/null || fail "not UTF-8"
	# Each in its own form, so that an investigator sees which it was.
	has out 'evil\x1b[2J\x07\u009b31m\u202e grün; file' \
		'relative_path = .\\a\x1b]0;x\x07b.vhdx'
	hasnt out $'\xef\xbf\xbd'
done
"$VHDXLOG" show x.vhdx header log bat:0 >out || fail "show"
LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]' out && fail "show: control bytes"

# A lone high surrogate, "A", a lone low one, U+1F600, U+E0041: the last is hidden.
printf '\x3d\xd8A\x00\x00\xde\x3d\xd8\x00\xde\x40\xdb\x41\xdc\x00\x00' |
	dd of=x.vhdx bs=1 seek=8 conv=notrunc status=none
"$VHDXLOG" scan x.vhdx >out 2>err
has out 'image     \ud83dA\ude00😀\udb40\udc41; file'
exit 0
