#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Memory that runs out while rules are read, or held against the log. What libyara
# itself asks for it gets: without it, it does not always live. So does libcrypto,
# which libyara readies for its threads, and which then forgets what it has.
. "$VHDXLOG_SRC/tests/cli/_json.sh"
. "$VHDXLOG_SRC/tests/cli/_alloc.sh"

export FAIL_ALLOC_SPARES=libyara,libcrypto,libseccomp
make_image demo.vhdx
cat >rules.yar <<'END'
rule r : tag { meta: m = "n" strings: $s = "regi" $t = { 06 00 [300-400] 06 }
	condition: $s or #t > 1 }
rule variable { condition: entry_sequence > 5 and scope == "pages" }
END
every "$VHDXLOG" scan -f json --yara rules.yar --yara-scope all demo.vhdx
