#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Timelines validate against their schemas, of recipes and of images of other
# programs; the records of jsonl are the document of json taken apart; an image
# that cannot be told of leaves its record; the same run gives the same bytes.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

# timeline OUT ARGUMENT...: status 3 too, as some recipes are no image
timeline()
{
	"$VHDXLOG" timeline "${@:2}" >"$1" 2>/dev/null
	case $? in
	0 | 3) ;;
	*) fail "$*" ;;
	esac
}

# Whether $1.jsonl adds up to $1.json.
adds_up()
{
	jq -e -s --slurpfile document "$1.json" '
		. as $all
		| def of($type): [$all[] | select(.type == $type)
			| del(.schema, .type, .path)];
		$all[0] | del(.type, .path)
		| if .as_of.metadata.parent_locator? then
			.as_of.metadata.parent_locator.entries =
				of("locator_entry") else . end
		| . += {sessions: of("session"), strata: of("stratum"),
			events: of("event"), bat: of("bat"),
			recoverable: of("recoverable"),
			limitations: [of("limitation")[].text]}
		| . == $document[0]' "$1.jsonl" >/dev/null ||
		fail "$1: the records do not add up to the document"
	! grep -v '^{"schema":"vhdxlog.timeline/1","type":"[a-z_]*","path":"' \
		"$1.jsonl" || fail "$1: a record begins otherwise"
	[ "$(head -n 1 "$1.jsonl" | jq -r .type)" = image ] ||
		fail "$1: no image record first"
}

# Events are counted from 1 on, in the order of sessions and of numbers, and each
# session begins with its beginning; strata tile the ring.
holds_together()
{
	jq -e '. as $d | [.events[].ordinal] == [range(1; (.events | length) + 1)]
		and ([.events[].session] | . == sort)
		and ([.sessions[].index] == [range(0; .sessions | length)])
		and ([.events[] | select(.event == "log-started") | .session]
			== [.sessions[].index])
		and ([.events | group_by(.session)[] |
			[.[].sequence_number | tonumber] | . == sort] | all)
		and ([.strata[].count] | add // $d.log.sectors) == .log.sectors
		and (.events as $events | [.sessions[] | . as $s | $events[]
			| select(.session == $s.index)
			| .log_guid == $s.log_guid and .session_order == $s.order]
			| all)' "$1" >/dev/null || fail "$1 does not hold together"
}

# tell IMAGE NAME [OPTION]...
tell()
{
	timeline "$2.json" -f json "${@:3}" "$1"
	timeline "$2.jsonl" -f jsonl "${@:3}" "$1"
	adds_up "$2"
}

tell_all()
{
	local name=$1 entry
	tell "$name" "$name"
	holds_together "$name.json"
	for entry in $(jq -r '.sessions[:3][].last' "$name.json"); do
		tell "$name" "$name.$entry" --as-of "$entry"
	done
}

recipes=("$VHDXLOG_SRC"/corpus/recipes{,/*}/*.json)
real=$VHDXLOG_IMAGES
# Under valgrind each run takes a second or more: a few stand for the rest.
[ "$VHDXLOG_CHECKER" != valgrind ] || {
	recipes=("$VHDXLOG_SRC"/corpus/recipes/{demo,shape/torn-*}.json)
	real=
}
for recipe in "${recipes[@]}"; do
	name=$(basename "$recipe" .json).vhdx
	evidence "$recipe" "$name" || fail "cannot make $recipe"
	tell_all "$name"
	rm -f "$name"
done
if [ -n "$real" ]; then
	image=
	while real_image image; do
		tell_all "$image"
		timeline "$image.anchor.jsonl" -f jsonl --custody \
			--anchor a=2026-11-22T14:30:00Z --region bat "$image"
	done
fi

# Failures leave a record that says why.
mkdir folder.vhdx
echo 'no image' >text.vhdx
make_image demo.vhdx
tell missing.vhdx missing
tell folder.vhdx folder
tell text.vhdx text
tell demo.vhdx no-entry --as-of E1048575
for name in missing folder text no-entry; do
	jq -e '(.error | length > 0) and .events == [] and .sessions == []' \
		$name.json >/dev/null || fail "$name: $(cat $name.json)"
done
jq -e '.verdict.state == "unreadable" and .verdict.summary == .error' \
	missing.json >/dev/null || fail "missing: $(cat missing.json)"

valid timeline-1 ./*.json
valid timeline-1.records ./*.jsonl

# --quiet is the image record; bytes do not depend on when and where.
"$VHDXLOG" timeline -f jsonl demo.vhdx >demo.jsonl
head -n 1 demo.jsonl >first
for format in json jsonl; do
	"$VHDXLOG" timeline -q -f $format demo.vhdx >quiet
	cmp first quiet || fail "-q -f $format: not the image record"
done
"$VHDXLOG" timeline -f json demo.vhdx >demo.json
touch -d '2001-01-01' demo.vhdx
TZ=Asia/Tokyo USER=nobody "$VHDXLOG" timeline -f json demo.vhdx | cmp - demo.json ||
	fail "it differs from run to run"
[ "$(jq -c keys_unsorted demo.json)" = '["schema","tool","source","verdict","log","reach","error","anchor","filter","as_of","sessions","strata","events","bat","recoverable","limitations","custody"]' ] ||
	fail "the keys are in another order"
[ "$(jq -c '.events[0] | keys_unsorted' demo.json)" = '["ordinal","session","session_order","log_guid","sequence_number","entry","event","target","before","after","virtual_offset","virtual_length","block","is_bitmap","item","moved_to","inferred","applied","overwritten_by","message"]' ] ||
	fail "an event's keys are in another order"
