/* SPDX-License-Identifier: MIT */
/*
 * What other programs say about such images, in their words, since those are
 * what people search for. A message is rarely proof of one cause: the texts say what is only likely.
 */
#include "reports/report.h"

#include <ctype.h>
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

#define WSL_MEANING                                                           \
	"WSL attached the virtual disk, but Linux could not mount the file "  \
	"system on it. So Windows could open the VHDX, and had replayed its " \
	"log by then; the damage is likely to be in the file system, or was " \
	"made by what the log held."
#define WSL_NEXT                                                              \
	SCAN_FIRST "Look at findings of class error on the BAT, since a "     \
		   "wrong BAT looks like a damaged file system; if there is " \
		   "none, check the file system on a copy."

#define HEADER_MEANING                                                         \
	"QEMU, Cloud Hypervisor, DiscUtils and others say this where neither " \
	"copy of the header is usable: state headers-lost, check "             \
	"header-none-valid. Some also say it of two headers with the same "    \
	"sequence number: header-sequence-equal-conflict, "                    \
	"header-sequence-equal-identical."
#define HEADER_NEXT                                                          \
	SCAN_FIRST "It looks for the log by what is left of it, and says "   \
		   "what it assumes. `vhdxlog show IMAGE header` shows what " \
		   "is left of both headers, and `vhdxlog-replay --fix "     \
		   "headers IMAGE OUTPUT` makes them anew in a copy."

#define CUT_MEANING                                                           \
	"QEMU found a block of the BAT behind the end of the file: check "    \
	"bat-block-beyond-eof. The copy was not finished, or the file was "   \
	"cut; or that entry of the BAT is damaged."
#define CUT_NEXT                                                              \
	"`vhdxlog scan IMAGE` says how many bytes are missing, and of which " \
	"blocks. Look for a longer copy. Where there is none, "               \
	"`vhdxlog-replay --fix length` makes a copy as long as the BAT asks " \
	"for, with zeroes for what is lost."

#define OVERLAP_MEANING                                                      \
	"QEMU found that log, regions or blocks of the BAT lie over one "    \
	"another: check header-log-overlaps-region, region-overlap or "      \
	"bat-block-overlaps-region."
#define OVERLAP_NEXT                                                          \
	"Do not let any program write to the image: that would destroy what " \
	"lies below. `vhdxlog scan IMAGE` names both."

#define CANNOT_REPLAY_MEANING                                                  \
	"The log waits to be replayed, and this reader found nothing in it "   \
	"that it would replay, or the file is shorter than the log says: "     \
	"state dirty-unreplayable or truncated. Readers look for sequences "   \
	"in ways of their own, so others may find one."
#define CANNOT_REPLAY_NEXT                                                    \
	"`vhdxlog scan IMAGE` lists every sequence there is and what each "   \
	"known reader would do with it. `vhdxlog-replay --salvage` applies "  \
	"what damaged entries still prove, and `--fix log-guid` gives the "   \
	"log up; both in a copy."

#define DENIED_MEANING                                                        \
	"Many causes. One that was reported: an image that was not detached " \
	"cleanly, whose log must be replayed, in a place or with rights that " \
	"do not let Windows write to it."
#define DENIED_NEXT                                                           \
	SCAN_FIRST "If the state is dirty that may be the cause; replay it "  \
		   "onto a copy that may be written."

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
	{ "event ID 15268", HYPERV_MEANING, CORRUPT_NEXT },
	{ "Hyper-V-VMMS 15268", HYPERV_MEANING, CORRUPT_NEXT },
	{ "event 12140", HYPERV_MEANING, CORRUPT_NEXT },
	{ "event ID 12140", HYPERV_MEANING, CORRUPT_NEXT },
	{ "Hyper-V-SynthStor 12140", HYPERV_MEANING, CORRUPT_NEXT },
	{ "0xC03A000E", MISMATCH_MEANING, MISMATCH_NEXT },
	{ "ERROR_VHD_CHILD_PARENT_ID_MISMATCH", MISMATCH_MEANING,
	  MISMATCH_NEXT },
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
	{ "WSL_E_DISK_CORRUPTED", WSL_MEANING, WSL_NEXT },
	{ "The distribution failed to start because its virtual disk is "
	  "corrupted",
	  WSL_MEANING, WSL_NEXT },
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
	{ "No valid VHDX header found", HEADER_MEANING, HEADER_NEXT },
	{ "no valid VHDX headers found", HEADER_MEANING, HEADER_NEXT },
	{ "Image has probably been truncated", CUT_MEANING, CUT_NEXT },
	{ "points after end of file", CUT_MEANING, CUT_NEXT },
	{ "offset overflow", CUT_MEANING, CUT_NEXT },
	{ "overlaps with region", OVERLAP_MEANING, OVERLAP_NEXT },
	{ "Unable to replay VHDX log, suspected corrupt VHDX file",
	  CANNOT_REPLAY_MEANING, CANNOT_REPLAY_NEXT },
	{ "truncated VHDX file found while replaying log",
	  CANNOT_REPLAY_MEANING, CANNOT_REPLAY_NEXT },
	{ "Error replaying VHDX log", CANNOT_REPLAY_MEANING,
	  CANNOT_REPLAY_NEXT },
	{ "VHDX is opened read only but has log entries",
	  "UrBackup was asked to open the image for reading only, and its log "
	  "waits to be replayed: state dirty, or a relative of it.",
	  "`vhdxlog scan IMAGE`, then vhdxlog-replay onto a copy, and give "
	  "UrBackup the copy." },
	{ "Invalid argument",
	  "QEMU says no more than this where the file does not begin with "
	  "\"vhdxfile\", where the first region table or the metadata is not "
	  "usable, or where the BAT is too small: checks ident-signature-bad, "
	  "region-none-valid, region-one-invalid, those of metadata, and "
	  "bat-region-too-small. Other programs, and other causes, have the "
	  "same words.",
	  SCAN_FIRST "It names the structure. `vhdxlog-replay --fix "
		     "region-tables` makes both tables anew in a copy." },
	{ "Operation not supported",
	  "QEMU does not open differencing disks: it says this of any image "
	  "that has a parent. By itself it is no damage.",
	  "`vhdxlog scan IMAGE` shows what the parent is called; `vhdxlog scan "
	  "--parent PARENT IMAGE` whether it matches." },
	{ "Access denied", DENIED_MEANING, DENIED_NEXT },
	{ "Access is denied", DENIED_MEANING, DENIED_NEXT },
	{ "E_ACCESSDENIED", DENIED_MEANING, DENIED_NEXT },
};

#define COUNT (sizeof(messages) / sizeof(*messages))

size_t report_message_count(void)
{
	return COUNT;
}

const struct report_message *report_message_at(size_t i)
{
	return i < COUNT ? &messages[i] : NULL;
}

/* Too little to mean one message rather than another. */
#define LEAST_QUERY 4

static bool is_word(char c)
{
	return isalnum((unsigned char)c) && (unsigned char)c < 0x80;
}

/*
 * Whether text goes on with these words: in any case of letters, and whatever
 * stands between them, as line breaks, quotes and colons change with the way a
 * text was copied.
 */
static bool begins_with(const char *text, const char *words)
{
	for (;;) {
		bool gap = !is_word(*words);

		while (*words && !is_word(*words))
			words++;
		if (!*words)
			return true;
		if (gap && is_word(*text))
			return false;
		while (gap && *text && !is_word(*text))
			text++;
		if (tolower((unsigned char)*text) !=
		    tolower((unsigned char)*words))
			return false;
		text++;
		words++;
	}
}

static bool contains(const char *text, const char *words)
{
	while (*words && !is_word(*words))
		words++;
	for (; *words && *text; text++) {
		if (is_word(*text) && begins_with(text, words))
			return true;
	}
	return false;
}

/* A code is often written without its 0x. */
static const char *without_prefix(const char *text)
{
	return strncmp(text, "0x", 2) == 0 ? text + 2 : text;
}

bool report_message_matches(const struct report_message *message,
			    const char *query)
{
	return contains(query, without_prefix(message->text)) ||
	       (strlen(query) >= LEAST_QUERY && contains(message->text, query));
}
