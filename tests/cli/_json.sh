# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: what the tests of JSON reports share.

fail()
{
	echo "$*"
	exit 1
}

# shellcheck source=tests/cli/_evidence.sh
. "$VHDXLOG_SRC/tests/cli/_evidence.sh"

# The scan of an image; both statuses say that it was examined.
scan()
{
	"$VHDXLOG" scan "$@"
	[ $? -le 1 ] || fail "not examined: $*"
}

# valid NAME FILE...: reports against reports/vhdxlog.NAME.schema.json.
valid()
{
	local schema=$VHDXLOG_SRC/reports/vhdxlog.$1.schema.json lines=()
	shift
	case $schema in
	*.records.* | *.patch-*) lines=(--jsonl) ;;
	esac
	"$VHDXLOG_SRC/tests/validate.py" "${lines[@]}" "$schema" "$@" || exit 1
}

# A small image with entries, made here.
make_image()
{
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/demo.json" "$1" || exit 1
}

# Records of replays of every kind, one a line, as a unit test makes them up.
make_replays()
{
	[ -x "$VHDXLOG_BUILD/unit" ] || {
		echo "the unit tests are not built"
		exit 77
	}
	VHDXLOG_REPLAY_RECORDS=$1 "$VHDXLOG_BUILD/unit" --filter \
		'report_replay/records_of_every_kind*' >unit.log 2>&1 &&
		[ -s "$1" ] || fail "$(cat unit.log)"
}

# Images of other programs, unpacked here one at a time: `while real_image f`.
real_images=()
real_image()
{
	local packed
	if [ ${#real_images[@]} -eq 0 ]; then
		real_images=("${VHDXLOG_IMAGES:-/nonexistent}"/*.vhdx.gz)
		[ -e "${real_images[0]}" ] || {
			echo "no images of other programs here"
			exit 77
		}
		real_images+=(end)
	fi
	packed=${real_images[0]}
	[ "$packed" != end ] || return 1
	real_images=("${real_images[@]:1}")
	rm -f real-*.vhdx
	printf -v "$1" 'real-%s' "$(basename "$packed" .gz)"
	real_evidence "$packed" "${!1}" || exit 1
}
