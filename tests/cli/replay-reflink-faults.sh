#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where a copy shares the blocks of its image, too: whatever call on it fails, is cut
# short or is the last, it is whole or what was there before stays, and the image is
# as it was.
. "$VHDXLOG_SRC/tests/cli/_mount.sh"
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

mount_kinds 512M xfs btrfs
mv work/image.vhdx .

shared()
{
	local way
	replayed 0 -f json "$@"
	way=$(jq -r .output.copied_by out)
	[ "$way" = reflink ] || fail "$kind: copied by $way"
	rm work/out.vhdx
}

for kind in "${kinds[@]}"; do
	rm -rf work
	mkdir "$kind/work"
	ln -s "$kind/work" work
	cp image.vhdx work
	sync -f work
	shared work/image.vhdx work/out.vhdx
	plain=(-r out.vhdx -- work/image.vhdx work/out.vhdx)
	walk write:ENOSPC "${plain[@]}"
	walk writes:EIO "${plain[@]}"
	walk write:EINTR -x tmpfile "${plain[@]}"
	walk short-write -z "${plain[@]}"
	walk TERM:write -x tmpfile "${plain[@]}"
	[ -n "$VHDXLOG_CHECKER" ] || walk kill-before:write -s -x tmpfile "${plain[@]}"
	old_output out.vhdx
	walk write:EDQUOT -r out.vhdx -- --rearm --overwrite work/image.vhdx \
		work/out.vhdx
	rm work/out.vhdx
done
