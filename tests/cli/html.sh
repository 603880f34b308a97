#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The page as a format like the others: of one image, also of one that could not
# be examined; with -q the verdict alone; with the record of the run; into a file.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
# well_formed PAGE
well_formed()
{
	python3 -c 'import sys, xml.etree.ElementTree as e
e.parse(sys.argv[1])' "$1" || fail "$1 is not well-formed"
}

run 1 scan -f html demo.vhdx
well_formed out
empty err
cp out page.html
has out '<html lang="en">' '<meta charset="utf-8"/>' 'id="state">DIRTY<' \
	"default-src 'none'; style-src 'sha256-" 'content="no-referrer"' \
	'<section id="ring">' 'role="img"' '<section id="limits">'
hasnt out '<script' 'style="' '<section id="custody">' 'unsafe-inline'
run 1 scan -f html -o written.html demo.vhdx
cmp written.html page.html || fail "another page with -o"

# Several are not one document.
run 2 scan -f html demo.vhdx demo.vhdx
has err 'html is one document for one image'
empty out
run 2 scan -f html -o several.html demo.vhdx demo.vhdx
[ ! -e several.html ] || fail "a page of several"

run 1 scan -q -f html demo.vhdx
well_formed out
has out 'id="state">DIRTY<' 'id="next">vhdxlog-replay --sequence S1-3'
hasnt out '<section' '<nav'

# What could not be examined is said on a page, too, with who tried.
run 3 scan --custody -f html missing.vhdx
well_formed out
has err 'missing.vhdx: '
has out 'id="state">UNREADABLE<' 'It could not be examined: ' \
	'No such file' '<section id="custody">' 'data-fact="host"' \
	'could not be opened'
run 3 scan -f html /dev/null
well_formed out
head -c 100000 /dev/zero >zero.vhdx
run 3 scan -f html zero.vhdx
well_formed out
has out 'id="state">NOT-VHDX<'
hasnt out '<section'

run 1 scan --custody -f html '--hash=md5' demo.vhdx
well_formed out
has out '<section id="custody">' "--custody -f html --hash=md5 demo.vhdx" \
	'data-fact="image_md5"' 'data-fact="before"'

# Readers that were asked for, and checks that passed.
run 1 scan -f html --policy qemu demo.vhdx
has out 'class="policy">qemu<'
hasnt out 'class="policy">openvmm<'
run 1 scan -f html --all-checks demo.vhdx
well_formed out
has out '<b>not-applicable</b>' '<b>pass</b>'

# A log alone, and a file of another name than a path of ours.
run 0 extract demo.vhdx log -o log.bin
run 1 scan -f html --raw-log log.bin
well_formed out
has out 'There are no two'
cp -- demo.vhdx '--<b>.vhdx'
run 1 scan -f html -- '--<b>.vhdx'
well_formed out
has out '<h1 id="path">--&lt;b&gt;.vhdx</h1>'

# What is markup, a control, no UTF-8 or deceives the eye, in a name: once in the
# heading, and in the command as the shell wants it.
name=$'\e\xff\xe2\x80\xae\xe2\x80\x8b\xc2\x85<i>&amp;"\'\\.vhdx'
cp demo.vhdx "$name"
LC_ALL=C.UTF-8 run 1 scan -f html "$name"
well_formed out
has out '<h1 id="path">\x1b\xff\xe2\x80\xae\xe2\x80\x8b\xc2\x85&lt;i&gt;&amp;amp;&quot;&#39;\\.vhdx</h1>' \
	'\033\377\342\200\256\342\200\213\302\205&lt;i&gt;&amp;amp;&quot;\047\134.vhdx'
for command in timeline compare show carve; do
	run 2 $command -f html demo.vhdx disk S1-3
done
