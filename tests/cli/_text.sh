# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what the tests of the command line and of text share.

fail()
{
	echo "$*"
	exit 1
}

# shellcheck source=tests/cli/_evidence.sh
. "$VHDXLOG_SRC/tests/cli/_evidence.sh"

# image RECIPE OUT: made from a recipe of the corpus, named without .json, or
# from the recipe on standard input where that is "-".
image()
{
	local recipe=$VHDXLOG_SRC/corpus/recipes/$1.json
	if [ "$1" = - ]; then
		recipe=$2.recipe.json
		cat >"$recipe"
	fi
	"$VHDXLOG_CORPUS" "$recipe" "$2" || fail "cannot make $2"
}

# real NAME OUT: an image of another program, or skip.
real()
{
	local packed=${VHDXLOG_IMAGES:-/nonexistent}/$1.vhdx.gz
	if [ ! -e "$packed" ]; then
		echo "no images of other programs here"
		exit 77
	fi
	gzip -dc "$packed" >"$2" || fail "cannot unpack $1"
}

# run STATUS ARGUMENT...: vhdxlog, or what VHDXLOG names, must end with that status;
# its output is then in the files out and err.
run()
{
	local want=$1 got
	shift
	"$VHDXLOG" "$@" >out 2>err </dev/null
	got=$?
	[ $got -eq "$want" ] || {
		cat out err
		fail "${VHDXLOG##*/} $*: exit status $got, not $want"
	}
}

# has FILE TEXT...: each text stands in the file, as it is.
has()
{
	local file=$1 text
	shift
	for text; do
		grep -qF -e "$text" "$file" || {
			cat "$file"
			fail "$file has no: $text"
		}
	done
}

hasnt()
{
	local file=$1 text
	shift
	for text; do
		! grep -qF -e "$text" "$file" || {
			cat "$file"
			fail "$file has: $text"
		}
	done
}

empty()
{
	local file
	for file; do
		[ ! -s "$file" ] || {
			cat "$file"
			fail "$file is not empty"
		}
	done
}
