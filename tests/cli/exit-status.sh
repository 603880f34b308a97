#!/bin/bash
# SPDX-License-Identifier: MIT
#
# 0: examined, nothing needs a decision; 1: something does; 2: wrong usage; 3: an
# image could not be examined, which beats 1 and keeps no other image from being
# examined.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

image - clean.vhdx <<'EOF'
{"about": "nothing at all"}
EOF
image demo dirty.vhdx
image check/header-one-invalid torn.vhdx
image check/bat-block-beyond-eof damaged.vhdx
echo 'this is a text, and not a short one' >text.txt
: >nothing

run 0 scan clean.vhdx
has out 'clean.vhdx: CLEAN.'
run 0 scan clean.vhdx clean.vhdx
run 1 scan dirty.vhdx
run 1 scan clean.vhdx dirty.vhdx clean.vhdx
run 1 scan damaged.vhdx
# Clean, but a copy of the header is damaged: class error.
run 1 scan torn.vhdx
has out 'torn.vhdx: CLEAN.' 'header-'

run 2 scan
run 2 scan --nonsense dirty.vhdx

run 3 scan missing.vhdx
empty out
has err 'missing.vhdx: opening the image: No such file or directory'
run 3 scan .
has err 'this is a folder; --recursive looks for images in it'
run 3 scan text.txt
has out 'NOT-VHDX'
has err 'file type identifier at 0x0: got 74 68 69 73'
run 3 scan nothing
run 3 scan -f json text.txt
has err 'text.txt: '

run 3 scan dirty.vhdx missing.vhdx clean.vhdx
has out 'dirty.vhdx: DIRTY.' 'clean.vhdx: CLEAN.'
has err 'missing.vhdx: '
run 3 scan -q missing.vhdx text.txt dirty.vhdx
has out 'dirty.vhdx: DIRTY.'

# A FIFO is not waited for.
mkfifo pipe
run 3 scan pipe

if [ "$(id -u)" -ne 0 ]; then
	cp clean.vhdx secret.vhdx
	chmod 0 secret.vhdx
	run 3 scan secret.vhdx
	has err 'Permission denied'
fi

run 2 scan --parent missing.vhdx clean.vhdx
has err 'missing.vhdx: opening the parent: No such file or directory'
