#!/bin/bash
# SPDX-License-Identifier: MIT
#
# vhdxlog-replay: what was asked for goes to standard output with status 0; misuse
# is told on standard error with status 2, where help is also told, and nothing
# is looked at or written. What goes together is taken.
. "$VHDXLOG_SRC/tests/cli/_text.sh"
VHDXLOG=$VHDXLOG_REPLAY

for option in -h --help; do
	run 0 $option
	empty err
	has out 'usage: vhdxlog-replay [options] IMAGE OUTPUT' Examples: \
		'Exit status: 0' '  -n, --dry-run' '--sequence ID' '--force'
	hasnt out raw-log
done
version=$(sed -n 's/^#define VHDXLOG_VERSION "\(.*\)"/\1/p' \
	"$VHDXLOG_SRC/lib/vhdxlog.h")
for option in -V --version; do
	run 0 $option
	[ "$(cat out)" = "vhdxlog-replay $version" ] ||
		fail "$option: $(cat out)"
done
# valgrind opens closed streams again before the program begins.
if [ "$VHDXLOG_CHECKER" != valgrind ]; then
	"$VHDXLOG" --help >&- 2>err
	[ $? -eq 3 ] || fail "closed standard output: another exit status"
fi

image demo a.vhdx
sum=$(sha256sum a.vhdx)
echo not a patch >p

# misuse TEXT ARGUMENT...: the message has the text, and says where help is.
misuse()
{
	local text=$1
	shift
	run 2 "$@"
	empty out
	has err "$text" 'see: vhdxlog-replay --help'
	grep -q "^vhdxlog-replay: " err || fail "$*: $(cat err)"
	[ ! -e b.vhdx ] || fail "$*: OUTPUT is there"
}

# Operands.
misuse 'too few arguments; it needs IMAGE OUTPUT'
misuse 'too few arguments; it needs IMAGE OUTPUT' -n
misuse 'too few arguments; it needs IMAGE OUTPUT' a.vhdx
misuse 'too few arguments; it needs IMAGE OUTPUT' --rearm a.vhdx
misuse 'too few arguments; it needs IMAGE OUTPUT' --apply p a.vhdx
misuse 'too few arguments; it needs IMAGE OUTPUT' --patch new
misuse 'too many arguments; it takes IMAGE OUTPUT' a.vhdx b.vhdx c.vhdx
misuse 'too many arguments; it takes IMAGE OUTPUT' -n a.vhdx b.vhdx c.vhdx
misuse 'with --patch there is no OUTPUT' --patch new a.vhdx b.vhdx
misuse 'with --patch there is no OUTPUT' -n --patch new a.vhdx b.vhdx
misuse 'OUTPUT is the name of a file' a.vhdx -
misuse 'OUTPUT is the name of a file' a.vhdx ''
misuse 'OUTPUT is the name of a file' -n a.vhdx -

# What does not go together, in either order.
misuse 'give one of them' --sequence S1-3 --policy qemu a.vhdx b.vhdx
misuse 'give one of them' --policy qemu --sequence E1 -n a.vhdx
misuse '--apply and --unapply: one at a time' --apply p --unapply p a.vhdx b.vhdx
for way in --apply --unapply; do
	misuse 'a patch says what is written' $way p --sequence E1 a.vhdx b.vhdx
	misuse 'a patch says what is written' --policy qemu $way p a.vhdx b.vhdx
	misuse 'a patch says what is written' --rearm $way p a.vhdx b.vhdx
	misuse 'one at a time' $way p --patch new a.vhdx
	misuse 'one at a time' -n --patch new $way p a.vhdx
done
misuse 'is one too many' --sequence S1-3 --sequence E1 a.vhdx b.vhdx
misuse 'is one too many' --policy qemu --policy qemu a.vhdx b.vhdx

# Options.
misuse 'there is no option -Z' -Z a.vhdx b.vhdx
misuse 'there is no option --x' --x a.vhdx b.vhdx
misuse 'there is no option --rearn; did you mean --rearm?' --rearn a.vhdx b.vhdx
misuse 'there is no option --all-checks' --all-checks a.vhdx b.vhdx
misuse 'there is no option --man' --man
misuse 'a log alone has no disk' --raw-log a.vhdx b.vhdx
misuse '--sequence needs a value: ID' a.vhdx b.vhdx --sequence
misuse '--hash takes no value' --hash=md5 a.vhdx b.vhdx
misuse '"jsonl" is none of text or json' -f jsonl a.vhdx b.vhdx
for id in '' S S5 E S5-7x D1 header log bat:1 policy:qemu S1-99999999999; do
	misuse "--sequence: \"$id\" names no entries" --sequence "$id" a.vhdx b.vhdx
done
misuse '"qemo" is no policy; did you mean "qemu"?' --policy qemo a.vhdx b.vhdx
misuse 'Policies are ms-vhdx, qemu,' --policy nonsense a.vhdx b.vhdx
for option in --patch --apply --unapply -o; do
	misuse 'is no file name' $option '' a.vhdx b.vhdx
done
misuse '"\x1b[m" is no policy' --policy $'\033[m' a.vhdx b.vhdx

# taken ARGUMENT...: it was no misuse that there was no such image
taken()
{
	"$VHDXLOG" "$@" >out 2>err
	[ $? -eq 3 ] || fail "$*: another exit status: $(cat err)"
	hasnt err 'see: vhdxlog-replay'
	[ ! -e b.vhdx ] || fail "$*: OUTPUT is there"
}
taken no.vhdx b.vhdx
taken -n no.vhdx
taken no.vhdx -n b.vhdx
taken -n --sequence S1-3 --rearm --force --hash --custody no.vhdx
taken --policy qemu -f json --overwrite --strict --header 1 no.vhdx b.vhdx
taken --policy virtualbox -q -v --no-color --offset 1M no.vhdx b.vhdx
taken --sequence E1 --log-offset 1M --log-length 1M no.vhdx b.vhdx
taken --rearm --patch new no.vhdx
taken --patch new --sequence E1 -n no.vhdx
taken -- no.vhdx b.vhdx

[ "$(sha256sum a.vhdx)" = "$sum" ] || fail 'the image was changed'
[ ! -e new ] || fail 'a patch was made'
