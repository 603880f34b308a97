#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is never the output: the image by whatever name, a device, a folder, what
# is there already. It is refused before anything is written.
. "$VHDXLOG_SRC/tests/cli/_fault.sh"

cp work/image.vhdx .
sum=$(sha256sum <image.vhdx)
ln image.vhdx work/hard
ln -s ../image.vhdx work/link
ln -s link work/link2
mkdir work/folder
mkfifo work/pipe
echo old >work/old
ln -s old work/old-link
rm work/image.vhdx
before=$(ls -lA --time-style=full-iso work)

# refused OUTPUT WHAT [OPTION]...: it is, and all is as it was
refused()
{
	replayed 1 "${@:3}" image.vhdx "$1"
	has err "$2"
	has out REFUSED
	[ "$(sha256sum <image.vhdx)" = "$sum" ] || fail "$1: the image changed"
	[ "$(ls -lA --time-style=full-iso work)" = "$before" ] ||
		fail "$1: in the folder: $(ls -lA work)"
}

for option in '' --overwrite '--overwrite --force' --dry-run --rearm; do
	for name in image.vhdx ./image.vhdx work/../image.vhdx work/hard \
		work/link work/link2 "$PWD/image.vhdx"; do
		# shellcheck disable=SC2086 # options
		refused "$name" 'evidence' $option
	done
	# shellcheck disable=SC2086
	refused work/folder 'directory' $option
	# shellcheck disable=SC2086
	refused work/pipe 'regular file' $option
	# shellcheck disable=SC2086
	refused /dev/null 'regular file' $option
done
for option in '' --force --rearm --dry-run; do
	# shellcheck disable=SC2086
	refused work/old 'exists already' $option
	# shellcheck disable=SC2086
	refused work/old-link 'exists already' $option
done

# A link to a file that is not there yet is where that is made.
ln -s folder/new work/dangling
replayed 0 image.vhdx work/dangling
[ -L work/dangling ] && [ -f work/folder/new ] || fail 'the link was replaced'
replayed 0 --overwrite image.vhdx work/old-link
[ -L work/old-link ] || fail 'the link was replaced'
cmp work/old work/folder/new || fail 'another output'
