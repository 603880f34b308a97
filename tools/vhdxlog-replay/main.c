/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog-replay: the one program that writes images, and only new ones.
 */
#include "tools/vhdxlog-replay/replay.h"

#include <string.h>

#include "tools/common/say.h"
#include "tools/common/start.h"

static const struct tool_command command = {
	.program = "vhdxlog-replay",
	.operands = "IMAGE OUTPUT",
	.about =
		"Makes OUTPUT, a copy of the VHDX image IMAGE with its log\n"
		"applied to it: what [MS-VHDX] replays, or the sequence or\n"
		"reader that is named. IMAGE is only read. OUTPUT appears\n"
		"when it is whole and was examined, and shares the blocks of\n"
		"IMAGE where the file system can. What is not safe is refused.\n"
		"With --fix the copy is mended where structures are damaged.\n"
		"A record of what was written goes to standard output. BYTES\n"
		"are decimal or 0x and hex, and may end in K, M, G or T.\n",
	.after =
		"Examples:\n"
		"  vhdxlog-replay -n disk.vhdx\n"
		"  vhdxlog-replay disk.vhdx replayed.vhdx\n"
		"  vhdxlog-replay --sequence S5-7 disk.vhdx replayed.vhdx\n"
		"  vhdxlog-replay --policy qemu -f json -o record.json --hash \\\n"
		"      --custody disk.vhdx replayed.vhdx\n"
		"  vhdxlog-replay --salvage -n -v disk.vhdx\n"
		"  vhdxlog-replay --fix headers,region-tables damaged.vhdx mended.vhdx\n"
		"  vhdxlog-replay --patch disk.patch disk.vhdx\n"
		"  vhdxlog-replay --apply disk.patch disk.vhdx replayed.vhdx\n"
		"  vhdxlog-replay --unapply disk.patch replayed.vhdx again.vhdx\n"
		"\n"
		"Exit status: 0 OUTPUT was written (with -n: it would be), 1 it\n"
		"was refused and nothing was written, 2 wrong usage, 3 it failed\n"
		"and no OUTPUT was left behind. See vhdxlog-replay(1).\n",
	.groups = TOOL_OUTPUT | TOOL_DETAIL | TOOL_IMAGE | TOOL_REPLAY,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON,
	.least_operands = 1,
	.most_operands = 2,
	.run = replay_run,
};

/* ------------------------------------------------ what does not go together */

/* Which say how an image is to be read, other than where it begins. */
static bool has_image_options(const struct tool_options *o)
{
	const struct vhdxlog_options *s = &o->scan;

	return s->strict || s->header || s->has_log_offset ||
	       s->has_log_length || s->has_log_guid || o->parent;
}

static const char *contradiction_of_patch(const struct tool_options *o)
{
	const struct tool_replay_options *r = &o->replay;

	if (r->apply && r->unapply)
		return "--apply and --unapply: one at a time";
	if (r->sequence || r->policy)
		return "a patch says what is written; --sequence and --policy "
		       "go with --patch, which makes one";
	if (r->fixes)
		return "a patch says what is written; --fix goes with --patch, "
		       "which makes one";
	if (r->force || has_image_options(o))
		return "a patch says what it fits and what is written; options "
		       "on the choice and on where the log lies go with "
		       "--patch, which makes one";
	if (r->rearm)
		return "a patch says what is written; --rearm goes with "
		       "--patch, which makes one";
	if (r->salvage)
		return "a patch says what is written; --salvage goes with "
		       "--patch, which makes one";
	return r->patch ? "--patch makes a patch, and --apply and --unapply "
			  "read one: one at a time" :
			  NULL;
}

static bool fixes(const struct tool_replay_options *r, const char *name)
{
	for (unsigned i = 0; tool_fix_names[i]; i++) {
		if (strcmp(tool_fix_names[i], name) == 0)
			return r->fixes & 1u << i;
	}
	return false;
}

static const char *contradiction_of_fix(const struct tool_replay_options *r)
{
	if (fixes(r, "log-guid") &&
	    (r->sequence || r->policy || r->rearm || r->salvage))
		return "--fix log-guid gives the log up, and --sequence, "
		       "--policy, --salvage and --rearm use it: one or the "
		       "other";
	if (r->rearm && (fixes(r, "region-tables") || fixes(r, "bat-shift") ||
			 fixes(r, "length")))
		return "what is made the log is still to be replayed, over what "
		       "--fix would mend; with --rearm it takes headers only";
	return NULL;
}

static const char *contradiction(const struct tool_options *o)
{
	const struct tool_replay_options *r = &o->replay;

	if (r->apply || r->unapply)
		return contradiction_of_patch(o);
	if (r->salvage && r->rearm)
		return "--salvage and --rearm: what is salvaged would stand in "
		       "the log as if its entries had been sound; apply it";
	if (r->sequence && r->policy)
		return "--sequence and --policy both say what is replayed; "
		       "give one of them";
	return contradiction_of_fix(r);
}

static const char *wrong_operands(const struct tool_options *o)
{
	const char *output = o->operand_count > 1 ? o->operands[1] : NULL;

	if (output && o->replay.patch)
		return "with --patch there is no OUTPUT; the patch is all that "
		       "is written";
	if (!output && !o->replay.patch && !o->replay.dry_run)
		return "too few arguments; it needs IMAGE OUTPUT";
	if (output && (!*output || strcmp(output, "-") == 0))
		return "OUTPUT is the name of a file (./- is one)";
	return NULL;
}

int main(int argc, char **argv)
{
	struct tool_options options;
	const char *wrong;
	int status;

	tool_start();
	if (!tool_options_parse(&command, argc, argv, &options, &status))
		return status;
	options.argc = argc;
	options.argv = argv;
	wrong = contradiction(&options);
	if (!wrong)
		wrong = wrong_operands(&options);
	return wrong ? tool_misuse(&command, "%s", wrong) :
		       command.run(&options);
}
