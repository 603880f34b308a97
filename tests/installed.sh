#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In a system of its own (tests/clean-root.sh --deb): install our packages from a
# folder, with what they say they need, and use them. installed.sh FOLDER, which
# has the image of `make demo` beside the packages.
set -eu
packages=$1
here=$(cd "$(dirname "$0")" && pwd)
export DEBIAN_FRONTEND=noninteractive

fail()
{
	echo "$*"
	exit 1
}

install()
{
	apt-get -q -y install --no-install-recommends "$@" >/tmp/apt.log 2>&1 || {
		tail -n 20 /tmp/apt.log
		fail "cannot install $*"
	}
}

# has TEXT COMMAND...: it prints that.
has()
{
	local text=$1
	shift
	"$@" >/tmp/out 2>&1 || [ $? -eq 1 ] || fail "$* fails: $(cat /tmp/out)"
	grep -qF -e "$text" /tmp/out || fail "$* does not say: $text"
}

apt-get -q update >/tmp/apt.log 2>&1 || fail "$(cat /tmp/apt.log)"
! dpkg -l gcc make libisal-dev 2>/dev/null | grep '^ii' ||
	fail "it is not bare"
install "$packages"/vhdxlog_*.deb
cd /tmp
has DIRTY vhdxlog scan "$packages/demo.vhdx"
has WRITTEN vhdxlog-replay --sequence S1-3 "$packages/demo.vhdx" replayed.vhdx
has CLEAN vhdxlog scan replayed.vhdx
has '"$id": "vhdxlog.scan-1.schema.json"' \
	cat /usr/share/vhdxlog/schemas/vhdxlog.scan-1.schema.json

install man-db
for page in /usr/share/man/man[1578]/vhdxlog*; do
	page=${page##*/}
	has "${page%%.*}" man -w "$(echo "$page" | cut -d. -f2)" "${page%%.*}"
	has NAME man "$(echo "$page" | cut -d. -f2)" "${page%%.*}"
done

# As an interactive shell has it.
install bash-completion zsh fish
has 'complete -F _vhdxlog vhdxlog' bash -c '
	. /usr/share/bash-completion/bash_completion
	_completion_loader vhdxlog
	complete -p vhdxlog'
has _vhdxlog zsh -fc 'autoload -Uz compinit && compinit -u -D && print $_comps[vhdxlog]'
has timeline fish -c 'complete -C "vhdxlog tim"'

install "$packages"/libvhdxlog0_*.deb "$packages"/libvhdxlog-dev_*.deb gcc \
	libc6-dev pkg-config
sed -n '/^[.]Bd/,/^[.]Ed/p' "$here/../tools/man/libvhdxlog.3" |
	sed '/^[.][BE]d/d; s/\\-/-/g; s/\\e/\\/g' >states.c
# shellcheck disable=SC2046 # lists of words
gcc -o states states.c $(pkg-config --cflags --libs vhdxlog)
ldd states | grep -q libvhdxlog.so.0 || fail "not linked with the library"
has 'E1 valid' ./states "$packages/demo.vhdx"
# shellcheck disable=SC2046
gcc -o states states.c -l:libvhdxlog.a \
	$(pkg-config --cflags --static --libs vhdxlog | sed 's/-lvhdxlog//')
has 'E1 valid' ./states "$packages/demo.vhdx"
has libvhdxlog man -w 3 libvhdxlog

apt-get -q -y purge vhdxlog libvhdxlog-dev libvhdxlog0 >/tmp/apt.log 2>&1 ||
	fail "cannot purge: $(tail /tmp/apt.log)"
left=$(find / -xdev -name '*vhdxlog*' ! -path '/vhdxlog/*' ! -path "$packages/*" \
	! -path '/tmp/*' ! -path '/proc/*' ! -path /vhdxlog)
[ -z "$left" ] || fail "left behind: $left"
echo "the packages work"
