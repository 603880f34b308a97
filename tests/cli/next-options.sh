#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a scan was told about how to judge an image is told to the command that it
# suggests as well, and what only the report was told is not.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH

image demo dirty.vhdx
image demo 'the parent.vhdx'
image check/header-none-valid lost.vhdx
image check/log-no-valid-sequence torn.vhdx
image check/log-unapplied older.vhdx
guid=$("$VHDXLOG" scan -f json dirty.vhdx | jq -r .log.guid)
parent="'the parent.vhdx'"

# An option, with its value as it is printed; "no": none of it is in the command.
table="
--strict
--offset 0 | no
--log-offset 1048576
--log-length 1048576
--log-guid $guid
--header 1
--parent $parent
--unreferenced | no
--all-checks | no
--no-hash | no
--hash=md5 | no
--policy qemu | no
--custody | no
--verbose | no
--no-color | no
--no-sandbox | no
--jobs 2 | no
--recursive | no
--max-read 1G | no
--timeout 600 | no
--yara rules.yar | no
--yara rules.yar --yara-define x=1 --yara-scope all | no
--yara rules.yar --yara-sequence S1-3 --yara-timeout 600 | no
"
echo 'rule some { condition: true }' >rules.yar

# line OPTIONS IMAGE: what is suggested, the options as a shell would read them
line()
{
	eval "run 1 scan -f json $1 $2"
	next=$(jq -r .verdict.next out)
}

while IFS='|' read -r option carried; do
	[ -n "$option" ] || continue
	option=${option% }
	for image in dirty lost torn; do
		line "$option" "$image.vhdx"
		case "$next " in
		*" $option "*) [ -z "$carried" ] ;;
		*" ${option%%[ =]*}"*) false ;;
		*) [ -n "$carried" ] ;;
		esac || fail "$image: $option: $next"
	done
done <<<"$table"

# What makes only a scan look further is for a scan.
line --unreferenced older.vhdx
case $next in
'vhdxlog scan '*' --unreferenced older.vhdx') ;;
*) fail "$next" ;;
esac

# All at once, and it works.
line "--strict --parent $parent --log-offset 1M" dirty.vhdx
case $next in
"vhdxlog-replay --strict --log-offset 1048576 --parent $parent "*) ;;
*) fail "$next" ;;
esac
bash -c "$next" >out 2>&1 || fail "$next: $(cat out)"

# Each option that there is was thought of.
run 0 scan --help
for option in $(grep -oE -- '--[a-z][a-z0-9-]+' out | sort -u); do
	case $option in
	--format | --output | --quiet | --help | --version | --raw-log) ;;
	--files0-from) ;; # the images, and nothing that is said of them
	*)
		case $table in
		*"$option"*) ;;
		*) fail "is $option for the next command as well?" ;;
		esac
		;;
	esac
done
