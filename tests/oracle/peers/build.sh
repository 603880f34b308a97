#!/bin/bash
# SPDX-License-Identifier: MIT
#
# build.sh FOLDER: build the drivers whose toolchain is there into FOLDER. What
# cannot be built is said and left out; run.py skips it.
set -u
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
cd "$(dirname "$0")" || exit 1

skip()
{
	echo "peers: $*; skipped"
}

# Some ask for a compiler newer than the one they can be built with.
rust()
{
	command -v cargo >/dev/null || { skip "no cargo, no Rust readers"; return; }
	CARGO_TARGET_DIR=$folder/rust cargo build --quiet --release \
		--jobs 1 --ignore-rust-version || skip "the Rust readers do not build"
}

python()
{
	[ ! -e "$folder/python/done" ] || return
	python3 -m venv "$folder/python" &&
		"$folder/python/bin/pip" install --quiet -r requirements.txt &&
		touch "$folder/python/done" || skip "no Python readers"
}

rust
python
command -v 7zz >/dev/null || skip "no 7zz (package 7zip)"
/usr/bin/python3 -c 'import pyvhdi' 2>/dev/null ||
	skip "no libvhdi of the system (package python3-libvhdi)"
