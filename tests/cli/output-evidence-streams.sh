#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A standard stream that leads into an image that is read gets not a byte: the
# command is refused with status 2, by whatever name and with whatever options the
# image is read, and in silence where the message would go there, too.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo demo.vhdx
image - clean.vhdx <<'EOT'
{"about": "nothing at all"}
EOT
ln demo.vhdx hard
ln -s demo.vhdx link
sum=$(cat demo.vhdx clean.vhdx | sha256sum)
same()
{
	[ "$(cat demo.vhdx clean.vhdx | sha256sum)" = "$sum" ] ||
		fail "an image was changed: $*"
}

# refused ARGUMENT...: with standard output, and with both at the end of demo.vhdx
refused()
{
	"$VHDXLOG" "$@" >>demo.vhdx 2>err
	[ $? -eq 2 ] || fail "standard output, $*: another exit status"
	has err 'standard output: this is the evidence'
	same "$@"
	"$VHDXLOG" "$@" >>demo.vhdx 2>&1
	[ $? -eq 2 ] || fail "both, $*: another exit status"
	same "$@"
	"$VHDXLOG" "$@" >out 2>>demo.vhdx
	[ $? -eq 2 ] || fail "standard error, $*: another exit status"
	empty out
	same "$@"
}

for name in demo.vhdx ./demo.vhdx hard link; do
	refused scan -q "$name"
	refused show "$name" E1
done
for format in text json jsonl; do
	refused scan -f $format demo.vhdx
	refused scan -f $format -o - demo.vhdx
done
refused scan clean.vhdx missing.vhdx demo.vhdx
refused scan -f json clean.vhdx demo.vhdx
refused scan --parent demo.vhdx clean.vhdx
refused scan --raw-log demo.vhdx
# Neither of what is not there nor of what is no identifier.
refused show -f json demo.vhdx E4
refused show demo.vhdx E1 nonsense
refused show --parent missing.vhdx demo.vhdx E1

# Also where it would be overwritten from its beginning.
"$VHDXLOG" scan demo.vhdx 1<>demo.vhdx 2>err
[ $? -eq 2 ] || fail "from the beginning: another exit status"
same 'from the beginning'

# With the report somewhere else, standard output is not written to.
"$VHDXLOG" scan -o report demo.vhdx >>demo.vhdx
[ $? -eq 1 ] || fail "-o: another exit status"
has report DIRTY
same '-o'

# An image that is not read now is a file like others.
cp clean.vhdx other
"$VHDXLOG" scan -q demo.vhdx >>other
[ $? -eq 1 ] || fail "another image: another exit status"
tail -c 200 other | grep -q DIRTY || fail "nothing was appended"
run 1 scan demo.vhdx
