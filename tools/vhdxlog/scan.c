/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog scan: a report for each image. One that cannot be examined does not
 * keep the others from being.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>

#include "tools/common/option_table.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/vhdxlog/scan.h"

bool scan_is_one_document(enum tool_format format)
{
	return format == TOOL_JSON || format == TOOL_HTML;
}

static int scan_with_output(const struct tool_options *o,
			    const struct tool_images *images,
			    const struct tool_evidence *evidence,
			    struct tool_output *out)
{
	struct vhdxlog_rules *rules = NULL;
	int status = TOOL_USAGE;

	if (images->count == 0)
		tool_say_path(o->many.files_from, "names no image");
	if (scan_is_one_document(o->format) && images->count > 1)
		tool_say("scan: %s is one document for one image; use %s",
			 tool_format_names[o->format],
			 o->format == TOOL_JSON ?
				 "-f jsonl for several" :
				 "a run with -o for each");
	else if (!scan_is_one_document(o->format) || images->count == 1)
		status = rules_open(o, &rules);
	if (status == TOOL_DONE) {
		tool_sandbox_enter(TOOL_NEEDS(o, evidence, out));
		status = scan_images(o, images, rules, out);
	} else {
		tool_output_close(out, false);
	}
	vhdxlog_rules_close(rules);
	return status;
}

/* The output first: it knows whether messages may be written at all. */
static int scan_found(const struct tool_options *o,
		      const struct tool_images *images, const char *wrong,
		      int wrong_status)
{
	struct tool_evidence evidence = tool_evidence_of(o, o->operand_count);
	struct tool_output out;
	int status = tool_output_open(&out, o->output, &evidence);

	if (status == TOOL_DONE && wrong) {
		tool_say_path(o->many.files_from, "%s", wrong);
		tool_output_close(&out, false);
		status = wrong_status;
	} else if (status == TOOL_DONE) {
		status = scan_with_output(o, images, &evidence, &out);
	}
	tool_evidence_release(&evidence);
	return status;
}

/* As if all that was found had been named on the command line. */
static int run(const struct tool_options *o)
{
	struct tool_options found = *o;
	struct tool_images images;
	int status;
	char *wrong = tool_images_find(&images, o, &status);

	found.operands = tool_alloc(images.count, sizeof(*found.operands));
	found.operand_count = (int)images.count;
	for (size_t i = 0; i < images.count; i++)
		found.operands[i] = images.list[i].path;
	status = scan_found(&found, &images, wrong, status);
	free(found.operands);
	free(wrong);
	tool_images_release(&images);
	return status;
}

const struct tool_command command_scan = {
	.program = "vhdxlog",
	.name = "scan",
	.operands = "IMAGE...",
	.summary = "what the log holds, every candidate sequence, who would "
		   "replay what",
	.about =
		"The verdict and a safe next command first, then all that it\n"
		"rests on. The image is only read. BYTES are decimal or 0x\n"
		"and hex, and may end in K, M, G or T.\n",
	.after =
		"Examples:\n"
		"  vhdxlog scan disk.vhdx\n"
		"  vhdxlog scan -q *.vhdx\n"
		"  vhdxlog scan -f json -o disk.json disk.vhdx\n"
		"  vhdxlog scan -f html -o disk.html disk.vhdx\n"
		"  vhdxlog scan -f jsonl --hash=md5 --custody *.vhdx\n"
		"  vhdxlog scan -f csv -o all.csv -j auto --recursive /images\n"
		"  vhdxlog scan --policy qemu --policy ms-vhdx disk.vhdx\n"
		"  vhdxlog scan --yara rules.yar --yara-scope all disk.vhdx\n"
		"  vhdxlog scan --offset 1M partition.raw\n"
		"  vhdxlog scan --log-offset 1M --log-length 1M broken.vhdx\n"
		"\n"
		"Exit status: 0 nothing needs a decision, 1 something does,\n"
		"2 wrong usage, 3 an image could not be examined or a report\n"
		"not written. See vhdxlog-scan(1).\n",
	.groups = TOOL_OUTPUT | TOOL_VERBOSITY | TOOL_DETAIL | TOOL_HASH |
		  TOOL_SCAN | TOOL_MANY | TOOL_YARA | TOOL_IMAGE |
		  TOOL_RAW_LOG,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON | 1u << TOOL_JSONL |
		   1u << TOOL_CSV | 1u << TOOL_HTML,
	.least_operands = 1,
	.run = run,
};
