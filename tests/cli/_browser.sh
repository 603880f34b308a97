# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: pages in headless Chromium, which finds no host whatever it asks.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "the page is the same with checkers, and the browser is not ours"
	exit 77
}
command -v chromium >/dev/null || {
	echo "no chromium here"
	exit 77
}

# browse PAGE OPTION...: what the browser says is in browser.log, the addresses
# that were asked for in requests, its own services left out.
browse()
{
	local page=$1
	shift
	rm -rf profile net.json
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--user-data-dir="$PWD/profile" --no-first-run --disable-sync \
		--disable-background-networking --disable-component-update \
		--disable-default-apps --disable-extensions --hide-scrollbars \
		--host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr \
		--log-net-log="$PWD/net.json" "$@" "file://$(realpath "$page")" \
		2>browser.log || fail "the browser: $(tail -n 5 browser.log)"
	[ -s net.json ] || fail "the browser kept no record of its requests"
	grep -o '"url":"[a-z]*://[^"]*"' net.json |
		grep -Ev '//([a-z0-9.-]*\.)?(google|googleapis|gvt1)\.com[/:]' |
		sort -u >requests
}

# The console of the page, which everything that is refused writes to.
console()
{
	grep ':CONSOLE' browser.log
}
