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
