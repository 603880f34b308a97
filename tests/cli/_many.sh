# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what tests of many images share.
. "$VHDXLOG_SRC/tests/cli/_text.sh"

# every_recipe FOLDER [PATTERN [STEP]]: the images of all recipes, or of those that
# match, or of one in STEP of them, named by them. Where each is slow, one in eight
# of these.
every_recipe()
{
	local recipe name n=0 step=${3-1}
	[ -z "$VHDXLOG_CHECKER" ] || step=$((step * 8))
	mkdir -p "$1"
	while read -r recipe; do
		n=$((n + 1))
		[ $((n % step)) -eq 0 ] || continue
		name=${recipe#"$VHDXLOG_SRC/corpus/recipes/"}
		name=${name%.json}
		"$VHDXLOG_CORPUS" "$recipe" "$1/${name//\//-}.vhdx" ||
			fail "cannot make $name"
	done < <(find "$VHDXLOG_SRC/corpus/recipes" -path "*${2-}*.json" |
		LC_ALL=C sort)
}

# side_by_side STATUS OUT ARGUMENT...: run to OUT and OUT.err
side_by_side()
{
	local want=$1 to=$2
	shift 2
	run "$want" "$@"
	mv out "$to"
	mv err "$to.err"
}

# manual_example WORD: the block of vhdxlog-scan(1) that has the WORD, as a user
# would copy it from there.
manual_example()
{
	mandoc -T ascii -O width=200 "$VHDXLOG_SRC/tools/man/vhdxlog-scan.1" |
		sed 's/.\x08//g' | awk -v word="$1" '
			/^           / {
				block = block substr($0, 12) "\n"
				next
			}
			{
				if (index(block, word))
					exit
				block = ""
			}
			END { printf "%s", block }' >example
	grep -qF -e "$1" example || fail "vhdxlog-scan(1) has no example of $1"
}

# That of a shell, as a script: without what stands before commands.
as_script()
{
	sed 's/^\$ //' example >example.sh
	bash -n example.sh || fail "$(cat example.sh)"
	! command -v shellcheck >/dev/null || shellcheck -s bash example.sh ||
		fail "$(cat example.sh)"
}
