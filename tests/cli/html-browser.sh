#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In a browser the page is what it says, whatever the image, its parent's paths and
# the name of its file hold: nothing runs, nothing is asked for, the console has
# nothing to say, and every fact is there. Screenshots of it, in light, dark and on
# paper, are left in the build folder for people to look at.
. "$VHDXLOG_SRC/tests/cli/_browser.sh"

pictures=$VHDXLOG_BUILD/html
mkdir -p "$pictures" || exit 1

# The record and the console would tell, were there anything to tell.
printf '%s' '<html><body><img src="http://leak.invalid/x"/>' \
	'<script>console.log("ran")</script></body></html>' >control.html
browse control.html --dump-dom >control.dom
grep -q leak.invalid requests || fail "the control asked for nothing"
console | grep -q ran || fail "the control said nothing"

# shown NAME IMAGE OPTION...: the page of an image, in the browser.
shown()
{
	local name=$1 image=$2
	shift 2
	scan "$@" -f html "$image" >page.html
	scan "$@" -f json "$image" >scan.json
	"$VHDXLOG" timeline -f json "$image" >timeline.json
	browse page.html --dump-dom >page.dom
	! console || fail "$name: the console has something to say"
	[ ! -s requests ] || fail "$name: asked for $(cat requests)"
	"$VHDXLOG_SRC/tests/html_facts.py" page.dom scan.json timeline.json ||
		fail "$name: the facts are not there"
	! grep -Eqi '<(script|img|iframe|b onclick)' page.dom ||
		fail "$name: what was data is markup"
	browse page.html --window-size=1280,4800 \
		--screenshot="$pictures/$name.png"
	[ -s "$pictures/$name.png" ] || fail "$name: no picture"
}

cat >hostile.json <<'END'
{ "about": "strings that would be markup",
  "image": {
    "creator": "\"><img src=http://leak.invalid/c onerror=alert(1)><script>alert(2)</script>]]>--></style></title>‮&lt;​\u0000",
    "parent": {
      "parent_linkage": "guid:data-write",
      "relative_path": "\"><iframe src=//leak.invalid/r></iframe>' onload='alert(3)",
      "absolute_win32_path": "http://leak.invalid/a?</td></table><script src=http://leak.invalid/s></script>",
      "<svg onload=alert(4)>": "<style>@import url(http://leak.invalid/i);</style>" } },
  "log": { "guid": "current", "entries": [
    { "sequence": 1, "writes": [{ "bat": { "1": "present@8M" } }] },
    { "sequence": 2, "writes": [{ "bat": { "2": "present@9M" } }] } ] } }
END
name=$'<b onclick="alert(5)">&amp;\'"\e[2J\xff.vhdx'
"$VHDXLOG_CORPUS" hostile.json "$name" || exit 1
shown hostile "$name"

make_image demo.vhdx
shown demo demo.vhdx --hash=md5,sha1
"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/reader/03-stray-number.json" \
	readers.vhdx || exit 1
shown readers readers.vhdx
scan -f html demo.vhdx >page.html
browse page.html --window-size=1280,4800 \
	--blink-settings=preferredColorScheme=0 \
	--screenshot="$pictures/demo-dark.png"
! console || fail "in the dark the console has something to say"
! cmp -s "$pictures/demo.png" "$pictures/demo-dark.png" ||
	fail "dark looks as light does"
browse page.html --print-to-pdf="$pictures/demo.pdf"
! console || fail "on paper the console has something to say"
[ -s "$pictures/demo.pdf" ] || fail "nothing was printed"

# A style that is not the one of the policy is not applied, and that is said.
sed 's/^body{/body{color:red;/' page.html >spoilt.html
browse spoilt.html --dump-dom >spoilt.dom
console | grep -q 'Content Security Policy' || fail "the policy stops nothing"
