# SPDX-License-Identifier: MIT
#
# For tests of what is made of the sources: packages and tarballs. They have
# nothing to do with how the programs at hand were compiled, so once is enough.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

[ -z "$VHDXLOG_CHECKER" ] || {
	echo "made of the sources, whatever checks the programs here"
	exit 77
}

version=$(sed -n 's/^#define VHDXLOG_VERSION "\(.*\)"/\1/p' \
	"$VHDXLOG_SRC/lib/vhdxlog.h")

# make_in FOLDER ARGUMENT...: a make of its own, not a part of the one that runs
# this; what it prints is shown where it fails.
make_in()
{
	local folder=$1
	shift
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$folder" \
		--no-print-directory "$@" >made 2>&1 || {
		tail -n 40 made
		fail "make $*"
	}
}
