#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Replaying leaves no trace on the image, whatever is asked for, whoever has it
# open, however little may be written.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

state_of()
{
	sha256sum <"$1"
	stat -c '%s %Y %y %Z %z %i %a %h %u:%g' "$1"
}

# untouched STATUS ARGUMENT...: of the image evidence/image.vhdx
untouched()
{
	local before
	before=$(state_of evidence/image.vhdx)
	replayed "$@"
	[ "$(state_of evidence/image.vhdx)" = "$before" ] ||
		fail "${*:2}: it was $before and is $(state_of evidence/image.vhdx)"
	rm -f work/out.vhdx
}

mkdir evidence
mv work/image.vhdx evidence
# Old enough that a change of its times would show.
touch -d '2001-02-03 04:05:06.789' evidence/image.vhdx
sleep 0.01
image=evidence/image.vhdx

every_option()
{
	untouched 0 $image work/out.vhdx
	untouched 0 -f json $image work/out.vhdx
	untouched 0 --hash -f json -o work/record $image work/out.vhdx
	untouched 0 --dry-run $image work/out.vhdx
	untouched 0 --policy qemu $image work/out.vhdx
	untouched 0 --sequence S0-2 $image work/out.vhdx
	untouched 0 --rearm $image work/out.vhdx
	untouched 0 --custody -f json $image work/out.vhdx
	rm -f work/patch
	untouched 0 --patch work/patch $image
	untouched 0 --apply work/patch $image work/out.vhdx
	untouched 1 --unapply work/patch $image work/out.vhdx
	untouched 2 --no-such-option $image work/out.vhdx
	untouched 3 $image work/none/out.vhdx
	echo old >work/out.vhdx
	untouched 0 --overwrite $image work/out.vhdx
}
every_option

chmod 0444 $image
chmod 0555 evidence
every_option
chmod 0755 evidence
chmod 0644 $image

# Another process has it open for writing, and a lock on it.
exec 9>>$image
flock -x 9 || fail 'no lock'
untouched 0 $image work/out.vhdx
exec 9>&-

# A copy of an image that may only be read is none; nor is its time the copy's.
chmod 0444 $image
replayed 0 $image work/out.vhdx
[ "$(stat -c %a work/out.vhdx)" = "$(printf '%o' $((0666 & ~0$(umask))))" ] ||
	fail "mode of the output: $(stat -c %a work/out.vhdx)"
exit 0
