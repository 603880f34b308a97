#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is wrong with rules is told at once, with file and line, before any image is
# read; status 2.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
good='rule good { condition: true }'
echo "$good" >good.yar

# The image is not there, and nobody asks for it.
refused()
{
	run 2 scan "$@" no-such-image.vhdx
	empty out
	! grep -q no-such-image err || fail "$*: the image was asked for first"
}

printf 'rule one {\n  condition: true\n}\nrule two {\n  condition: nonsense\n}\n' >bad.yar
printf 'rule three { condition: $a }\n\nrule four { nothing }\n' >worse.yar
refused --yara bad.yar --yara worse.yar --yara missing.yar --yara .
has err 'vhdxlog: bad.yar: line 5: error: undefined identifier "nonsense"' \
	'vhdxlog: worse.yar: line 1: error: undefined string "$a"' \
	'vhdxlog: worse.yar: line 3: error: syntax error' \
	'vhdxlog: missing.yar: error: ' 'No such file or directory' \
	'vhdxlog: .: error: not a regular file'
mkfifo pipe
refused --yara pipe
has err 'vhdxlog: pipe: error: not a regular file'
echo 'rule good { condition: false }' >again.yar
refused --yara good.yar --yara again.yar
has err 'again.yar: line 1: error: duplicated identifier "good"'
run 1 scan -q --yara good.yar --yara other:again.yar demo.vhdx

# Includes are those beside the file, at any depth.
mkdir -p sub/deep
echo 'include "deep/b.yar"' >sub/a.yar
printf 'include "c.yar"\nrule b { condition: c }\n' >sub/deep/b.yar
echo 'rule c { condition: true }' >sub/deep/c.yar
run 1 scan -f json --yara sub/a.yar --yara-scope slack,pages demo.vhdx
[ "$(jq -r '[.yara[].rule] | unique | join(" ")' out)" = 'b c' ] ||
	fail "includes are not found"
echo 'include "none.yar"' >sub/deep/c.yar
refused --yara sub/a.yar
has err 'sub/deep/none.yar: error: ' 'No such file'

# Evidence is no rules, nor is nothing.
refused --yara demo.vhdx
has err 'demo.vhdx: error: neither YARA source nor compiled rules'
: >empty.yar
run 1 scan -f json --yara empty.yar demo.vhdx
[ "$(jq -c .yara out)" = '[]' ] || fail "hits of no rule"

# Compiled rules: found to be such; with variables of their own.
echo 'rule big { condition: limit > 3 and scope == "pages" }' >var.yar
yarac -d limit=1 -d scope= good.yar rules.yarc 2>/dev/null || fail "yarac"
run 1 scan -f json --yara rules.yarc demo.vhdx
[ "$(jq -r '.yara[0].rule' out)" = good ] || fail "compiled rules"
head -c 64 rules.yarc >cut.yarc
refused --yara cut.yarc
has err 'cut.yarc: error: damaged, as compiled rules'
refused --yara ns:rules.yarc
has err 'compiled rules have namespaces of their own'
printf 'rule x { condition: scope == 3 }\n' >typed.yar
yarac -d scope=3 typed.yar typed.yarc || fail "yarac"
refused --yara typed.yarc
has err 'typed.yarc: error: it was compiled with a variable scope of another type'

# Definitions.
refused --yara var.yar
has err 'undefined identifier "limit"'
run 1 scan -f json --yara var.yar --yara-define limit=4 demo.vhdx
[ "$(jq -r '.yara[0].rule' out)" = big ] || fail "limit=4"
run 1 scan -f json --yara var.yar --yara-define limit=3 demo.vhdx
[ "$(jq -c .yara out)" = '[]' ] || fail "limit=3"
refused --yara good.yar --yara-define scope=x
has err 'scope says where a rule looks, and cannot be defined'
refused --yara good.yar --yara-define 3=x
has err '3=x is no definition'
refused --yara good.yar --yara-define a=1 --yara-define a=2
has err 'a=2 is defined twice'
for define in a =1 a-b=1 9a=1 "$(printf 'a%.0s' {1..128})=1"; do
	refused --yara good.yar --yara-define "$define"
	has err 'is no definition (limit=17 is)'
done

# What looks like a number is one, as of the yara program; also in rules that were
# compiled with another value.
while read -r value other condition; do
	printf 'rule d { condition: %s }\n' "$condition" >d.yar
	run 1 scan -f json --yara d.yar --yara-define "v=$value" demo.vhdx
	[ "$(jq -r '.yara[0].rule' out)" = d ] || fail "v=$value"
	yarac -d "v=$other" d.yar d.yarc || fail "yarac: v=$other"
	run 1 scan -f json --yara d.yarc --yara-define "v=$value" \
		--yara-define unknown=1 demo.vhdx
	[ "$(jq -r '.yara[0].rule' out)" = d ] || fail "compiled: v=$value"
done <<-'END'
	true false v
	false true not v
	-3 17 v == -3
	2.5 0.1 v > 2.4 and v < 2.6
	-0.5 0.1 v < 0.0
	1.2.3 some v == "1.2.3"
	99999999999999999999 some v == "99999999999999999999"
	- some v == "-"
	-a some v == "-a"
	a=b some v == "a=b"
END
refused --yara d.yarc --yara-define v=1
has err 'd.yarc: error: it was compiled with a variable v of another type'
refused --yara d.yarc --yara-define 9a=1
has err '9a=1 is no definition'

# Options that want rules.
for option in '--yara-define a=1' '--yara-scope raw' '--yara-timeout 3' \
	'--yara-sequence E1'; do
	# shellcheck disable=SC2086 # two words
	refused $option
	has err "${option%% *} is about rules, and there are none"
done
refused --yara good.yar --yara-scope pages,nowhere
has err 'is no list of pages, slack, foreign'
refused --yara good.yar --yara-timeout 0

# Text: how many of how many, and what they are.
printf 'rule h : t { strings: $s = "regi" condition: $s }\n%s\n' "$good" >two.yar
run 1 scan --yara two.yar --yara-scope replayed demo.vhdx
has out 'YARA: 9 hits of 2 rules'
run 1 scan -v --yara two.yar --yara-scope replayed demo.vhdx
has out 'h $s, 4 bytes' '72 65 67 69'
run 1 scan --yara two.yar --yara-scope slack demo.vhdx
has out 'YARA: no rule holds'
