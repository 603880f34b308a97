/* SPDX-License-Identifier: MIT */
/*
 * What other programs say about such images, in their words, since those are
 * what people search for; and the words of our own reports that are no checks.
 * A message is rarely proof of one cause: the texts say what is only likely.
 */
#include "reports/report.h"

#include <string.h>
#include <strings.h>

#define SCAN_FIRST "Run `vhdxlog scan IMAGE`; it changes nothing. "

#define CORRUPT_MEANING                                                        \
	"Windows reports ERROR_FILE_CORRUPT. The code does not say which "     \
	"layer is damaged: a log that waits to be replayed, headers that "     \
	"were torn, a file that was cut short, a parent that does not match, " \
	"or only the file system of the guest."
#define CORRUPT_NEXT                                                           \
	SCAN_FIRST "headers-lost, truncated, damaged and dirty-unreplayable "  \
		   "name the cause; dirty: replay onto a copy; clean: the "    \
		   "container is sound, so look at the partition table and "   \
		   "the file system in it."

#define MISMATCH_MEANING                                                      \
	"Windows reports ERROR_VHD_CHILD_PARENT_ID_MISMATCH: the parent is "  \
	"not as it was when the differencing disk was made from it. It was "  \
	"written to since, replayed by a tool that changes DataWriteGuid "    \
	"(QEMU does), or is another file."
#define MISMATCH_NEXT                                                         \
	"Compare: `vhdxlog scan --parent PARENT CHILD`; a mismatch is "       \
	"locator-linkage-mismatch. Do not let a tool \"repair\" the link "    \
	"before it is known which of the two is the right one."

#define QEMU_LOG_MEANING                                                     \
	"QEMU was asked to open the image for reading only, and its log "    \
	"waits to be replayed: state dirty, or a relative of it. By itself " \
	"it is no damage; it is what a crash or a hard stop leaves."
#define QEMU_LOG_NEXT                                                          \
	"Do not follow the hint to run qemu-img check -r all on your only "    \
	"copy: it writes to the image, and after it nobody can tell what the " \
	"log held. `vhdxlog scan IMAGE`, then vhdxlog-replay onto a copy."

#define HYPERV_MEANING                                                     \
	"An event of Hyper-V, seen together with 0x80070570: a virtual "   \
	"disk of the machine could not be opened. The event does not say " \
	"which layer is damaged."

static const struct report_message messages[] = {
	{ "0x80070570", CORRUPT_MEANING, CORRUPT_NEXT },
	{ "The file or directory is corrupted and unreadable", CORRUPT_MEANING,
	  CORRUPT_NEXT },
	{ "ERROR_FILE_CORRUPT", CORRUPT_MEANING, CORRUPT_NEXT },
	{ "event 15268", HYPERV_MEANING, CORRUPT_NEXT },
	{ "event 12140", HYPERV_MEANING, CORRUPT_NEXT },
	{ "0xC03A000E", MISMATCH_MEANING, MISMATCH_NEXT },
	{ "mismatch in the identifiers", MISMATCH_MEANING, MISMATCH_NEXT },
	{ "The chain of virtual hard disks is corrupted", MISMATCH_MEANING,
	  MISMATCH_NEXT },
	{ "0xC03A000F",
	  "Windows reports ERROR_VHD_CHILD_PARENT_TIMESTAMP_MISMATCH. A VHDX "
	  "holds no time stamp of its parent, the older VHD does; what makes "
	  "Windows say it of a VHDX we do not know.",
	  MISMATCH_NEXT },
	{ "mismatch in the time stamps",
	  "The words of 0xC03A000F, ERROR_VHD_CHILD_PARENT_TIMESTAMP_MISMATCH. "
	  "A VHDX holds no time stamp of its parent, the older VHD does; what "
	  "makes Windows say it of a VHDX we do not know.",
	  MISMATCH_NEXT },
	{ "0xC03A000D",
	  "Windows reports ERROR_VHD_PARENT_VHD_NOT_FOUND: none of the paths "
	  "in the parent locator leads to a file.",
	  "`vhdxlog scan IMAGE` names the paths that the image holds; this "
	  "program never opens them. Check a file that may be the parent with "
	  "`vhdxlog scan --parent PARENT IMAGE`." },
	{ "0xC03A0014",
	  "Windows reports ERROR_VIRTDISK_PROVIDER_NOT_FOUND: nothing in this "
	  "Windows can attach such a file. Reports of it are about an "
	  "installation that lacks that part, or a file that is no virtual "
	  "disk; that a damaged log causes it is not known.",
	  SCAN_FIRST "not-vhdx: the file is something else; anything else: "
		     "look at the installation of Windows, not at the image." },
	{ "0xC03A001A",
	  "Windows reports ERROR_VIRTUAL_DISK_LIMITATION: the file lies on its "
	  "host compressed, encrypted or sparse. It says nothing of what the "
	  "file holds.",
	  "Copy the file to a folder without compression and encryption, and "
	  "not as a sparse file. `vhdxlog scan` on the copy tells whether the "
	  "image itself is sound." },
	{ "must be uncompressed and unencrypted and must not be sparse",
	  "The words of 0xC03A001A, ERROR_VIRTUAL_DISK_LIMITATION: about how "
	  "the file lies on its host, not about what it holds.",
	  "Copy the file to a folder without compression and encryption, and "
	  "not as a sparse file." },
	{ "WSL_E_DISK_CORRUPTED",
	  "WSL attached the virtual disk, but Linux could not mount the file "
	  "system on it. So Windows could open the VHDX, and had replayed its "
	  "log by then; the damage is likely to be in the file system, or was "
	  "made by what the log held.",
	  SCAN_FIRST "Look at findings of class error on the BAT, since a "
		     "wrong BAT looks like a damaged file system; if there is "
		     "none, check the file system on a copy." },
	{ "contains a log that needs to be replayed", QEMU_LOG_MEANING,
	  QEMU_LOG_NEXT },
	{ "To replay the log, run", QEMU_LOG_MEANING, QEMU_LOG_NEXT },
	{ "qemu-img check -r all", QEMU_LOG_MEANING, QEMU_LOG_NEXT },
	{ "non-empty LOG was not replayed",
	  "7-Zip opened the image and ignored its log, so that it shows the "
	  "disk as it was before the last changes to BAT and metadata: files "
	  "may be missing, old or mixed up.",
	  "`vhdxlog scan IMAGE` says what the log would change. Replay it onto "
	  "a copy with vhdxlog-replay and open that with 7-Zip." },
	{ "No valid VHDX header found",
	  "QEMU, Cloud Hypervisor and others say this where neither copy of "
	  "the header is usable: state headers-lost, check header-none-valid. "
	  "Some also say it of two headers with the same sequence number: "
	  "header-sequence-equal-conflict, header-sequence-equal-identical.",
	  "`vhdxlog show IMAGE header` shows what is left of both. With "
	  "--header 1 or 2 a copy is believed all the same; with --log-offset, "
	  "--log-length and --log-guid no header is needed." },
	{ "Access denied",
	  "Many causes. One that was reported: an image that was not detached "
	  "cleanly, whose log must be replayed, in a place or with rights that "
	  "do not let Windows write to it.",
	  SCAN_FIRST "If the state is dirty that may be the cause; replay it "
		     "onto a copy that may be written." },
};

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
	  "compressed, or give the place of the image with --offset." },
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
	  "`vhdxlog show IMAGE header`; then --header, or --log-offset, "
	  "--log-length and --log-guid." },
	{ "truncated",
	  "State: the file is shorter than the newest entry says that it was "
	  "when all was safely on disk.",
	  "The copy was cut: find a longer one before anything else." },
	{ "damaged",
	  "State: a rule that makes readers refuse the file fails, even with "
	  "the log replayed.",
	  "`vhdxlog explain` with the check that the report names." },
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

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

size_t report_message_count(void)
{
	return COUNT(messages);
}

const struct report_message *report_message_at(size_t i)
{
	return i < COUNT(messages) ? &messages[i] : NULL;
}

size_t report_term_count(void)
{
	return COUNT(terms);
}

const struct report_message *report_term_at(size_t i)
{
	return i < COUNT(terms) ? &terms[i] : NULL;
}

const struct report_message *report_term_find(const char *word)
{
	for (size_t i = 0; i < COUNT(terms); i++) {
		if (strcasecmp(terms[i].text, word) == 0)
			return &terms[i];
	}
	return NULL;
}

/* Too little to mean one message rather than another. */
#define LEAST_QUERY 4

bool report_message_matches(const struct report_message *message,
			    const char *query)
{
	return strcasestr(query, message->text) ||
	       (strlen(query) >= LEAST_QUERY &&
		strcasestr(message->text, query));
}
