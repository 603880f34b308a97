#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The comparison of JSON and HTML sees it where they differ in one thing.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image made.vhdx
scan -f json made.vhdx >scan.json
scan -f html made.vhdx >made.html
"$VHDXLOG" timeline -f json made.vhdx >timeline.json || exit 1
facts=$VHDXLOG_SRC/tests/html_facts.py
"$facts" made.html scan.json timeline.json || exit 1

# differs EXPRESSION...: of sed, each applied to the page alone.
differs()
{
	local expression
	for expression; do
		sed "$expression" made.html >spoilt.html
		! cmp -s made.html spoilt.html || fail "changes nothing: $expression"
		! "$facts" spoilt.html scan.json timeline.json >said ||
			fail "not seen: $expression"
	done
}

differs 's/>DIRTY</>CLEAN</' \
	's/Two log entries wait/Three log entries wait/' \
	's/--sequence S1-3 made/--sequence S1-1 made/' \
	's/it needs a decision/nothing needs a decision/' \
	's/E7<.code>/E8<\/code>/' \
	's/<span class="class">info/<span class="class">warning/' \
	's/entry-checksum-bad/entry-checksum-off/' \
	's/data sector does not begin/data sector begins/' \
	's/<td class="outcome">refuse (crashes)/<td class="outcome">refuse/' \
	's/<td class="entries">3: E0/<td class="entries">3: E1/' \
	's/22 MiB<.td><td class="reason"/23 MiB<\/td><td class="reason"/' \
	's/<code class="result">3f/<code class="result">3e/' \
	's/run<.td><td class="numbers/valid<\/td><td class="numbers/' \
	's/valid, active/valid/' \
	's/80117443871106388/80117443871106389/' \
	's/E<.tspan>d<tspan class="light">E/&d/' \
	's/<td class="kind">zero/<td class="kind">data/' \
	's/entry <span class="count">6/entry <span class="count">7/' \
	's/11111111-2222/11111111-2223/' \
	's/<td class="state">valid, used/<td class="state">valid/' \
	's/0xcff23199/0xcff23198/' \
	's/>bat</>metadata</' \
	's/vhdxlog demo</vhdxlog d\&#101;mx</' \
	's/>504</>505</' \
	's/>known</>inferred</' \
	's/order only/order/' \
	's/af2bf85d3b7c25e7/af2bf85d3b7c25e8/'
