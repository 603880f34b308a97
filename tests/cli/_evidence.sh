# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# For sourcing: evidence that all tests look at together, and nothing ever writes to.
# Of a run of all tests it is proven in the end that not one of them touched it; it
# lies in $VHDXLOG_EVIDENCE then. A test that runs by itself makes its own.

# evidence RECIPE NAME: the image of a recipe of the corpus, by path, under a name
evidence()
{
	local made=${1#"$VHDXLOG_SRC"/corpus/recipes/}
	made=${VHDXLOG_EVIDENCE:-/nonexistent}/${made%.json}.vhdx
	rm -f "$2"
	if [ -e "$made" ]; then
		ln -s "$made" "$2"
	else
		"$VHDXLOG_CORPUS" "$1" "$2"
	fi
}

# real_evidence PACKED NAME: the same of an image of another program
real_evidence()
{
	local made=${VHDXLOG_EVIDENCE:-/nonexistent}/real/${1##*/}
	made=${made%.gz}
	rm -f "$2"
	if [ -e "$made" ]; then
		ln -s "$made" "$2"
	else
		gzip -dc "$1" >"$2"
	fi
}
