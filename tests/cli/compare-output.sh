#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of compare and extract: none of the images that are read is written to, by -o or
# a standard stream, nor touched by looking; what does not arrive is a failure.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image demo a.vhdx
cp a.vhdx b.vhdx
printf x | dd of=b.vhdx bs=1M seek=8 conv=notrunc status=none
image demo parent.vhdx
ln a.vhdx hard
ln -s b.vhdx link
state_of()
{
	sha256sum a.vhdx b.vhdx parent.vhdx
	stat -c '%n %s %Y %y %Z %z %i %a %h' a.vhdx b.vhdx parent.vhdx
}
before=$(state_of)

for name in a.vhdx ./b.vhdx hard link "$PWD/b.vhdx" parent.vhdx; do
	for format in text json csv; do
		run 2 compare -f $format --parent parent.vhdx -o "$name" a.vhdx b.vhdx
		empty out
		has err 'this is the evidence'
	done
done
for name in a.vhdx hard; do
	run 2 compare -o "$name" a.vhdx disk S1-3
	run 2 extract -o "$name" a.vhdx log
	run 2 extract -o "$name" a.vhdx block:1
	has err 'this is the evidence'
done

# refused ARGUMENT...: with standard output, both, or standard error at the end
refused()
{
	for file in a.vhdx b.vhdx; do
		"$VHDXLOG" "$@" >>$file 2>err
		[ $? -eq 2 ] || fail "standard output, $*: another status"
		has err 'standard output: this is the evidence'
		"$VHDXLOG" "$@" >>$file 2>&1
		[ $? -eq 2 ] || fail "both, $*: another status"
		"$VHDXLOG" "$@" >out 2>>$file
		[ $? -eq 2 ] || fail "standard error, $*: another status"
		empty out
	done
}
refused compare -q a.vhdx b.vhdx
refused compare -f json b.vhdx a.vhdx
refused compare --parent b.vhdx a.vhdx disk S1-3
refused extract --parent b.vhdx a.vhdx log -o -
# With a state that is none, too: not even the message goes there.
refused compare a.vhdx --parent b.vhdx disk nonsense
[ "$(state_of)" = "$before" ] || fail "an image was touched"

# Whatever is asked for.
looks()
{
	"$VHDXLOG" "$@" >out 2>err
	[ $? -le 1 ] || fail "$*: $(cat err)"
	[ "$(state_of)" = "$before" ] || fail "$*: it touched an image"
}
looks compare --bytes a.vhdx b.vhdx
looks compare -v -f json --bytes a.vhdx disk S1-3
looks compare -f csv a.vhdx E0 E3
looks compare --parent parent.vhdx a.vhdx disk policy:qemu
looks extract a.vhdx log -o log
looks extract a.vhdx block:10@E3 -o block
looks extract --parent parent.vhdx a.vhdx page:2M@S1-3 -o page

# A full disk, a reader that has gone, a stream that is closed.
[ -c /dev/full ] || exit 0
full()
{
	"$VHDXLOG" "$@" >/dev/full 2>err
	[ $? -eq 3 ] || fail "/dev/full, $*: another exit status"
	has err 'standard output: writing: No space left on device'
	[ "$VHDXLOG_CHECKER" != valgrind ] || return 0
	"$VHDXLOG" "$@" >&- 2>err
	[ $? -eq 3 ] || fail "closed, $*: another exit status"
	has err 'standard output: writing:'
}
for format in text json csv; do
	full compare -f $format a.vhdx b.vhdx
	full compare -f $format a.vhdx a.vhdx
	run 3 compare -f $format -o /dev/full a.vhdx b.vhdx
	has err 'No space left on device'
done
full compare -q a.vhdx b.vhdx
full compare --bytes -v a.vhdx b.vhdx
full extract a.vhdx log -o -
full extract a.vhdx block:1 -o -
full extract a.vhdx page:0 -o -
run 3 extract a.vhdx log -o /dev/full
has err 'No space left on device'
mkfifo pipe
(
	exec 3<>pipe 4>pipe 3<&-
	"$VHDXLOG" extract a.vhdx block:1 -o - >&4 2>err
	echo $? >status
)
[ "$(cat status)" = 3 ] || fail "broken pipe: exit status $(cat status)"
empty err
