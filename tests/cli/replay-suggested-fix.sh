#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where a copy can be mended, the scan suggests how: the command can be typed as
# it stands, and leaves a copy of which nothing more is to be said. What a person
# has to decide, or what is lost, it does not offer to mend.
. "$VHDXLOG_SRC/tests/cli/_json.sh"

PATH=$(dirname "$VHDXLOG_REPLAY"):$PATH

next_of()
{
	scan -f json "./$1" | jq -r '.verdict.next // ""'
}

# suggests OPTIONS IMAGE: and they leave a clean copy
suggests()
{
	local next copy=${2%.vhdx}-mended.vhdx
	rm -f "$copy"
	next=$(next_of "$2")
	case $next in
	"vhdxlog-replay $1 "*) ;;
	*) fail "$2: $next" ;;
	esac
	bash -c "$next" >output 2>&1 || fail "$next: $(cat output)"
	[ "$("$VHDXLOG" scan -q "$copy")" = \
		"$copy: CLEAN. Nothing waits to be applied." ] ||
		fail "$next left: $("$VHDXLOG" scan "$copy")"
}

# mends RECIPE NAMES
mends()
{
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$1.json" image.vhdx ||
		fail "cannot make $1"
	suggests "--fix $2" image.vhdx
}

# offers_nothing RECIPE
offers_nothing()
{
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$1.json" image.vhdx ||
		fail "cannot make $1"
	case $(next_of image.vhdx) in
	*--fix*) fail "$1: $(next_of image.vhdx)" ;;
	esac
}

mends check/header-one-invalid headers
mends check/header-none-valid headers
mends check/header-foreign headers
mends check/region-one-invalid region-tables
mends check/region-none-valid region-tables
mends check/region-tables-foreign region-tables
mends check/bat-shifted-page bat-shift
mends guess/log-waits headers
mends guess/log-elsewhere headers,region-tables
mends shape/shift-waits bat-shift
offers_nothing shape/shift-written-anew
offers_nothing shape/shift-disk-alone
offers_nothing shape/shift-bitmap-alone
offers_nothing check/bat-block-beyond-eof
offers_nothing check/log-unapplied
offers_nothing check/metadata-known-missing
offers_nothing shape/clean

# Of an entry that was written last only its checksum is damaged, and no header names
# its session: what it writes is proven all the same.
cat >torn.json <<'EOF'
{"about": "Headers are gone, and the entry that was written last is damaged.",
 "image": {"virtual_size": "4G", "blocks": {"0": "present@4M"}, "file_size": "8M"},
 "log": {"entries": [
  {"guid": "a1", "sequence": 1, "applied": true,
   "writes": [{"bat": {"1": "present@5M"}}]},
  {"guid": "current", "sequence": 2, "tail": "self",
   "writes": [{"bat": {"2": "present@6M"}}]}]},
 "damage": [{"fill": "E2+4", "byte": 255, "length": 4, "seal": false},
            {"fill": "file+0x10000", "byte": 0, "length": 131072, "seal": false}]}
EOF
"$VHDXLOG_CORPUS" torn.json torn.vhdx || fail 'cannot make torn.vhdx'
suggests '--fix headers --salvage' torn.vhdx
jq -e '.image.bat.present == 3' <(scan -f json --no-hash torn-mended.vhdx) >/dev/null ||
	fail "$(scan torn-mended.vhdx)"

# The identifier alone, with and without something that waits.
for recipe in shape/clean demo check/header-one-invalid; do
	"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/$recipe.json" name.vhdx
	printf VHDXFILE | dd of=name.vhdx conv=notrunc status=none
	suggests '--fix headers' name.vhdx
done

# Where no number is left for another header they begin anew.
"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/check/replay-header-unusable.json" \
	name.vhdx
suggests '--fix headers' name.vhdx
printf VHDXFILE | dd of=name.vhdx conv=notrunc status=none
suggests '--fix headers' name.vhdx

# What is refused for want of evidence is not suggested: the headers are, which are
# certain, and then what there is to know of the rest.
"$VHDXLOG_CORPUS" "$VHDXLOG_SRC/corpus/recipes/reader/01-two-entries.json" \
	name.vhdx
dd if=/dev/zero of=name.vhdx bs=1M count=1 conv=notrunc status=none
next=$(next_of name.vhdx)
case $next in
'vhdxlog-replay --fix headers '*) ;;
*) fail "$next" ;;
esac
rm name-mended.vhdx
bash -c "$next" >output 2>&1 || fail "$next: $(cat output)"
[ "$(next_of name-mended.vhdx)" = 'vhdxlog explain region-none-valid' ] ||
	fail "$(next_of name-mended.vhdx)"

# A newer entry lies outside of what would be replayed: readers differ once there are
# headers, and what they make of it is to be compared first.
cat >newer.json <<'EOF'
{"about": "Headers are gone, and of three entries the second is damaged.",
 "image": {"blocks": {"0": "present@4M"}, "file_size": "8M"},
 "log": {"entries": [
  {"sequence": 5, "writes": [{"bat": {"1": "present@5M"}}]},
  {"writes": [{"bat": {"2": "present@6M"}}]},
  {"writes": [{"bat": {"3": "present@7M"}}]}]},
 "damage": [{"set": "E2.checksum", "to": 1},
            {"fill": "file+0x10000", "byte": 0, "length": 131072, "seal": false}]}
EOF
"$VHDXLOG_CORPUS" newer.json newer.vhdx || fail 'cannot make newer.vhdx'
next=$(next_of newer.vhdx)
case $next in
*--sequence*) fail "$next" ;;
'vhdxlog-replay --fix headers '*) ;;
*) fail "$next" ;;
esac
bash -c "$next" >output 2>&1 || fail "$next: $(cat output)"
"$VHDXLOG" scan -q newer-mended.vhdx >output
grep -q 'DIRTY-AMBIGUOUS.*compare the results' output || fail "$(cat output)"

# With a replay, which writes both headers, one bad copy needs no more.
make_image demo.vhdx
dd if=/dev/zero of=demo.vhdx bs=64K seek=1 count=1 conv=notrunc status=none
case $(next_of demo.vhdx) in
*--fix*) fail "$(next_of demo.vhdx)" ;;
vhdxlog-replay\ *) ;;
*) fail "no replay: $(next_of demo.vhdx)" ;;
esac
