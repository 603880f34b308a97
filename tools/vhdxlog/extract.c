/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog extract: bytes of one thing of an image, as they are in one of its
 * states. Nothing is made up: what the file does not hold is not written.
 */
#include "tools/vhdxlog/extract.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/number.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"
#include "tools/common/suggest.h"

/* -------------------------------------------------------------------- names */

/* What WHAT can be. */
static const char *known(size_t i)
{
	static const char *const words[] = { "log",    "metadata", "page:0x100000",
					     "block:0", "bat:0",    NULL };

	return words[i];
}

static int not_a_thing(const char *what)
{
	char *escaped = tool_escape(what);
	char *mean = tool_suggest_start(what, known);

	tool_say("extract: \"%s\" is nothing that can be extracted%s", escaped,
		 mean);
	fprintf(stderr, "that can: log, metadata, page:OFFSET, block:N and "
			"bat:INDEX, of a state with @ behind it:\n"
			"block:5@E7, page:0x300000@S5-7; without, as on "
			"disk\n");
	free(mean);
	free(escaped);
	return TOOL_USAGE;
}

static int unaligned(uint64_t offset)
{
	return tool_misuse(&command_extract,
			   "a page begins at a multiple of 4096; the one with "
			   "this byte is page:0x%" PRIx64,
			   offset - offset % EXTRACT_PAGE);
}

/* number: up to the state, if there is one. */
static int parse_thing(struct extract_wanted *w, const char *what, const char *number)
{
	if (strncmp(what, "page:", 5) == 0 &&
	    tool_parse_bytes(number, &w->number)) {
		w->kind = EXTRACT_A_PAGE;
		return w->number % EXTRACT_PAGE ? unaligned(w->number) : TOOL_DONE;
	}
	if ((strncmp(what, "block:", 6) == 0 ||
	     strncmp(what, "bat:", 4) == 0) &&
	    strspn(number, "0123456789") == strlen(number) &&
	    tool_parse_bytes(number, &w->number)) {
		w->kind = *what == 'b' && what[1] == 'l' ? EXTRACT_BLOCK : EXTRACT_BAT_ENTRY;
		return TOOL_DONE;
	}
	return not_a_thing(what);
}

static int parse(struct extract_wanted *w, const char *what)
{
	const char *colon = strchr(what, ':'), *at = strchr(what, '@');
	char *number;
	int status;

	if (strcmp(what, "log") == 0)
		return TOOL_DONE;
	if (strcmp(what, "metadata") == 0) {
		w->kind = EXTRACT_METADATA;
		return TOOL_DONE;
	}
	if (strncmp(what, "log@", 4) == 0 || strncmp(what, "metadata@", 9) == 0)
		return tool_misuse(&command_extract,
				   "the %.*s is extracted as it lies in the "
				   "file; it has no other states",
				   (int)strcspn(what, "@"), what);
	if (!colon || (at && at < colon))
		return not_a_thing(what);
	number = tool_format("%.*s", (int)strcspn(colon + 1, "@"), colon + 1);
	status = parse_thing(w, what, number);
	free(number);
	if (status)
		return status;
	w->state_name = tool_format("%s", at ? at + 1 : "disk");
	return tool_state_parse(&command_extract, w->state_name, &w->state);
}

/* -------------------------------------------------------------------- run */

static int extract(const struct tool_options *o,
		   const struct extract_wanted *w, struct tool_output *out)
{
	struct tool_subject subject = { .report = { NULL, NULL } };
	struct vhdxlog_source *parent;
	int status = tool_subject_open_parent(o, &parent);

	if (status == TOOL_DONE)
		status = tool_subject_open_image(&subject, o, parent,
						 o->operands[0]);
	if (status == TOOL_DONE)
		status = w->kind == EXTRACT_METADATA ?
				 extract_metadata(o, subject.report, out) :
				 extract_bytes(o, w, subject.report, out);
	if (status == TOOL_DONE &&
	    tool_source_changed(subject.report.source, o->operands[0]))
		status = TOOL_FAILED;
	tool_subject_release(&subject);
	vhdxlog_source_close(parent);
	return status;
}

/* What can be told before the image is looked at. */
static int check(const struct tool_options *o, const struct extract_wanted *w,
		 const struct tool_output *out)
{
	if (w->kind == EXTRACT_METADATA && !tool_output_is_file(out))
		return tool_misuse(&command_extract,
				   "metadata is as long as the image, and "
				   "sparse: it needs a file of its own, no pipe "
				   "or device");
	if (o->redact && w->kind != EXTRACT_METADATA)
		return tool_misuse(&command_extract,
				   "only metadata can be redacted");
	if (out->to_terminal)
		return tool_misuse(&command_extract,
				   "bytes are not written to a terminal");
	return TOOL_DONE;
}

static int parse_and_extract(const struct tool_options *o,
			     struct tool_output *out)
{
	struct extract_wanted w = { .kind = EXTRACT_LOG };
	int closed, status = parse(&w, o->operands[1]);

	if (status == TOOL_DONE)
		status = check(o, &w, out);
	if (status == TOOL_DONE)
		status = extract(o, &w, out);
	free(w.state_name);
	closed = tool_output_close(out, status == TOOL_DONE);
	return status == TOOL_DONE ? closed : status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence;
	struct tool_output out;
	int status;

	if (!o->output)
		return tool_misuse(&command_extract,
				   "it needs -o FILE; -o - is standard output");
	evidence = tool_evidence_of(o, 1);
	status = tool_output_open(&out, o->output, &evidence);
	if (status == TOOL_DONE) {
		tool_sandbox_enter(TOOL_NEEDS(o, &evidence, &out));
		status = parse_and_extract(o, &out);
	}
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_extract = {
	.program = "vhdxlog",
	.name = "extract",
	.operands = "IMAGE WHAT -o FILE",
	.summary = "bytes of one thing: the log, a page or a block in any "
		   "state; or all but payload",
	.about =
		"WHAT: log (the log as it lies; scan --raw-log reads it),\n"
		"metadata (all of the image but what blocks hold, a sparse\n"
		"file to be shared that scans to the same report),\n"
		"page:0x300000 (4096 bytes of the file), block:5 (a payload\n"
		"block of the disk), bat:64 (what any entry of the BAT has,\n"
		"also a sector bitmap). With @ and a state behind it, as it is\n"
		"then: block:5@E7 where the BAT had it after that entry,\n"
		"page:0x300000@S5-7, block:5@policy:qemu. Else as on disk.\n",
	.after =
		"Examples:\n"
		"  vhdxlog extract disk.vhdx log -o disk.log\n"
		"  vhdxlog extract disk.vhdx metadata --redact -o share.vhdx\n"
		"  vhdxlog extract disk.vhdx page:3M@S5-7 -o page\n"
		"  vhdxlog extract disk.vhdx block:5@E7 -o block\n"
		"  vhdxlog extract disk.vhdx block:5 -o - | sha256sum\n"
		"\n"
		"Exit status: 0 done, 2 wrong usage, 3 the image does not\n"
		"hold it, or it could not be read or written. See\n"
		"vhdxlog-extract(1).\n",
	.groups = TOOL_IMAGE | TOOL_EXTRACT,
	.formats = 1u << TOOL_TEXT,
	.least_operands = 2,
	.most_operands = 2,
	.words = known,
	.run = run,
};
