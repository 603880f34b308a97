#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Rules that take too long are given up, which is said; the report is whole.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

make_image demo.vhdx
cat >slow.yar <<'END'
rule first { strings: $s = "loge" condition: $s }
rule slow { condition: for all i in (1..1000000) : (
	for all k in (1..1000000) : (i + k > 0)) }
END
scan -f json --yara slow.yar --yara-scope raw --yara-timeout 1 demo.vhdx \
	>found.json
valid scan-1 found.json
jq -e '.limitations | any(startswith("yara-timeout: the YARA rules were given up after 1 s"))' \
	found.json >/dev/null || fail "not said: $(jq .limitations found.json)"
diff <(jq 'del(.yara, .limitations)' found.json) \
	<(scan -f json demo.vhdx | jq 'del(.yara, .limitations)') ||
	fail "the rest of the report is another"

# What may be spent on an image is no matter of its rules: it is given up as any
# other, also amid a condition that reads nothing.
limited()
{
	local text=$1
	shift
	"$VHDXLOG" scan -f json --yara slow.yar --yara-scope raw "$@" demo.vhdx \
		>found.json 2>messages
	[ $? -eq 3 ] || fail "$*: not status 3"
	grep -q "given up.* the limit of $text" messages ||
		fail "$*: $(cat messages)"
	[ "$(jq -r .verdict.state found.json)" = unreadable ] ||
		fail "$*: it is not given up"
}
limited --timeout --timeout 1
limited --timeout --timeout 0.5 --yara-timeout 1000
# Enough for the scan, and not for what rules want to have read.
echo 'rule first { strings: $s = "loge" condition: $s }' >slow.yar
most=0
while most=$((most + 128)); do
	"$VHDXLOG" scan -q --max-read ${most}K demo.vhdx >/dev/null 2>&1
	[ $? -le 1 ] && break
done
limited --max-read --yara-scope all --max-read ${most}K
