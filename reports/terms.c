/* SPDX-License-Identifier: MIT */
/* The words of our own reports that are no checks: states, and what a guess is. */
#include "reports/report.h"

#include <strings.h>

#define GUESS_MEANING                                                         \
	"Where headers, region tables or metadata are gone, or do not fit "   \
	"the rest of the file, what they would say is looked for in what is " \
	"left. Each candidate has a score: the sum of what speaks for it and "\
	"against it, from 0 to 100. A score ranks candidates for the same "   \
	"thing; it is no probability, and two of different things do not "    \
	"compare. The best is assumed, which the report says wherever it "    \
	"rests on it; \"nothing else fits\" stands where no other value "     \
	"agrees with what was found. Verdict and checks judge what is on the "\
	"disk: a guess makes nothing sound."
#define GUESS_NEXT                                                             \
	"`vhdxlog scan -v IMAGE` lists all candidates with their evidence. "   \
	"--log-offset, --log-length, --log-guid and --header override a "      \
	"guess: scan with each candidate that is near the best, and compare "  \
	"what is found."

static const struct report_message terms[] = {
	{ "not-vhdx",
	  "State: the file begins with no VHDX identifier and holds no usable "
	  "header either.",
	  "Check that it is the file you mean, unpack it where it is "
	  "compressed, or give the place of the image with --offset; `vhdxlog "
	  "carve FILE` finds it." },
	{ "unreadable",
	  "State: the system could not read what decides on the state.",
	  "Copy the image with a tool that survives read errors (ddrescue) and "
	  "scan the copy." },
	{ "unstable",
	  "State: headers or log changed while they were read; some program "
	  "has the image open and writes to it.",
	  "Scan again when it is closed, or scan a snapshot." },
	{ "headers-lost",
	  "State: neither copy of the header is usable, so nothing says where "
	  "the log is and whether it must be replayed.",
	  "The log is looked for by what is left of it, and the report goes on "
	  "with the best guess, which it calls assumed. `vhdxlog-replay --fix "
	  "headers` makes both headers anew in a copy; --header, --log-offset, "
	  "--log-length and --log-guid say what you know better." },
	{ "truncated",
	  "State: the file is shorter than the newest entry says that it was "
	  "when all was safely on disk.",
	  "The copy was cut: find a longer one before anything else. The report "
	  "says how many bytes are missing and of which blocks. Where there is "
	  "no longer one, `vhdxlog-replay --fix length` fills up a copy with "
	  "zeroes and names what is lost." },
	{ "damaged",
	  "State: a rule that makes readers refuse the file fails, even with "
	  "the log replayed.",
	  "`vhdxlog explain` with the check that the report names. What can be "
	  "mended in a copy is the command that the report ends with: "
	  "`vhdxlog-replay --fix`." },
	{ "dirty-unreplayable",
	  "State: the header says that the log must be replayed, but no valid "
	  "sequence is found in it. Metadata updates may be lost.",
	  "Look at the incomplete sequences with `vhdxlog show` before any "
	  "program that writes opens the image: QEMU opens it silently and "
	  "clears the log." },
	{ "dirty-ambiguous",
	  "State: programs that replay this log end with different disks.",
	  "Compare what they end with (`vhdxlog show IMAGE policy:ms-vhdx "
	  "policy:qemu`) before any program opens the image, and choose: "
	  "vhdxlog-replay --sequence." },
	{ "dirty-noop",
	  "State: the header says that the log must be replayed, but doing so "
	  "would change no byte.",
	  "Nothing is lost either way. Programs that refuse a dirty image will "
	  "refuse this one: replay it onto a copy for them." },
	{ "dirty",
	  "State: log entries wait to be applied. Until they are, programs "
	  "that ignore the log show old data.",
	  "Replay onto a copy with vhdxlog-replay, as the report proposes." },
	{ "clean",
	  "State: by its header the image has no log to replay.",
	  "Nothing to do for the log. Findings of class error may still stand "
	  "in the report." },
	{ "guess", GUESS_MEANING, GUESS_NEXT },
	{ "guesses", GUESS_MEANING, GUESS_NEXT },
	{ "assumed", GUESS_MEANING, GUESS_NEXT },
	{ "score", GUESS_MEANING, GUESS_NEXT },
};

#define COUNT (sizeof(terms) / sizeof(*terms))

size_t report_term_count(void)
{
	return COUNT;
}

const struct report_message *report_term_at(size_t i)
{
	return i < COUNT ? &terms[i] : NULL;
}

const struct report_message *report_term_find(const char *word)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcasecmp(terms[i].text, word) == 0)
			return &terms[i];
	}
	return NULL;
}
