/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog compare: two states of one image side by side, or two images.
 */
#include "tools/vhdxlog/commands.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "tools/common/output.h"
#include "tools/common/progress.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/state.h"
#include "tools/common/subject.h"

/* One of the two. Of one image both share what belongs to the first. */
struct side {
	const char *path, *name; /* borrowed */
	struct report_state state;
	struct tool_subject subject;
	struct tool_states states;
};

struct run {
	const struct tool_options *options;
	bool two_images;
	struct side sides[2];
	struct tool_output out;
};

/* -------------------------------------------------------------------- names */

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static bool is_state(const char *name)
{
	struct report_state state;

	return report_state_parse(name, &state);
}

/* Where a state is wanted and a file stands, two images were meant. */
static int take_state(struct side *side, const char *name)
{
	side->name = name;
	if (!is_state(name) && is_file(name)) {
		char *escaped = tool_escape(name);

		tool_misuse(&command_compare,
			    "\"%s\" is a file, not a state; it compares two "
			    "states of one image, or two images and nothing "
			    "else",
			    escaped);
		free(escaped);
		return TOOL_USAGE;
	}
	return tool_state_parse(&command_compare, name, &side->state);
}

static int take_one_image(struct run *r)
{
	const struct tool_options *o = r->options;
	int status;

	if (o->compare.state_a || o->compare.state_b)
		return tool_misuse(&command_compare,
				   "--state-a and --state-b are for two "
				   "images; of one, the states stand behind "
				   "it");
	r->sides[0].path = r->sides[1].path = o->operands[0];
	status = take_state(&r->sides[0], o->operands[1]);
	return status ? status : take_state(&r->sides[1], o->operands[2]);
}

static int take_two_images(struct run *r)
{
	const struct tool_options *o = r->options;
	const char *const states[2] = { o->compare.state_a,
					o->compare.state_b };

	if (is_state(o->operands[1]) && !is_file(o->operands[1]))
		return tool_misuse(&command_compare,
				   "%s is a state, and one image needs two: "
				   "IMAGE disk %s",
				   o->operands[1], o->operands[1]);
	r->two_images = true;
	for (int i = 0; i < 2; i++) {
		struct side *side = &r->sides[i];

		side->path = o->operands[i];
		side->name = states[i] ? states[i] : "disk";
		report_state_parse(side->name, &side->state);
	}
	return TOOL_DONE;
}

/* ------------------------------------------------------------------- images */

/* The side whose image this one is of. */
static struct side *image_of(struct run *r, int i)
{
	return &r->sides[r->two_images ? i : 0];
}

static bool open_side(struct run *r, int i, struct report_side *report)
{
	const struct side *side = &r->sides[i];
	struct side *image = image_of(r, i);

	image->states.path = image->path;
	image->states.scan = image->subject.report.scan;
	*report = (struct report_side){
		.subject = &image->subject.report,
		.overlay = tool_state_open(&image->states, &side->state),
		.path = side->path,
		.name = side->name,
		.state = side->state,
	};
	return report->overlay;
}

/* ---------------------------------------------------------------- comparing */

static int emit(const struct run *r, struct report_compare *compare,
		const struct report_options *options, struct vhdxlog_error *err)
{
	FILE *out = r->out.stream;

	switch (r->options->format) {
	case TOOL_JSON: return report_compare_json(out, compare, options, err);
	case TOOL_CSV: return report_compare_csv(out, compare, options, err);
	default: return report_compare_text(out, compare, options, err);
	}
}

static int fail(const char *path, struct vhdxlog_error *err, int rc)
{
	char *why;

	if (err->code == VHDXLOG_OK)
		err->code = (enum vhdxlog_code)rc;
	why = tool_error_text(err);
	tool_say_path(path, "%s", why);
	free(why);
	return TOOL_FAILED;
}

static int compare(struct run *r)
{
	struct report_compare compare = {
		.two_images = r->two_images,
		.bytes = r->options->compare.bytes,
	};
	struct report_options options =
		tool_report_options(r->options, r->out.to_terminal);
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	/* It would stand among the lines of a report to the terminal. */
	struct tool_progress progress = tool_progress_begin(
		r->sides[0].path, r->options->quiet || r->out.to_terminal);
	int rc;

	compare.progress = tool_progress_step;
	compare.progress_ctx = &progress;
	if (!open_side(r, 0, &compare.a) || !open_side(r, 1, &compare.b))
		return TOOL_FAILED;
	options.path = r->sides[0].path;
	rc = emit(r, &compare, &options, &err);
	tool_progress_end(&progress);
	if (rc)
		return fail(options.path, &err, rc);
	return compare.differs ? TOOL_DECIDE : TOOL_DONE;
}

static int open_and_compare(struct run *r)
{
	struct vhdxlog_source *parent;
	int status = tool_subject_open_parent(r->options, &parent);

	for (int i = 0; status == TOOL_DONE && i < (r->two_images ? 2 : 1); i++)
		status = tool_subject_open_image(&r->sides[i].subject,
						 r->options, parent,
						 r->sides[i].path);
	if (status == TOOL_DONE)
		status = compare(r);
	for (int i = 0; i < 2; i++) {
		if (status == TOOL_DONE || status == TOOL_DECIDE)
			tool_source_changed(
				r->sides[i].subject.report.source,
				r->sides[i].path);
		tool_states_release(&r->sides[i].states);
		tool_subject_release(&r->sides[i].subject);
	}
	vhdxlog_source_close(parent);
	return status;
}

static int compare_with_output(struct run *r)
{
	const struct tool_options *o = r->options;
	int closed, status = o->operand_count == 2 ? take_two_images(r) :
						     take_one_image(r);

	if (status == TOOL_DONE && o->compare.bytes && o->format == TOOL_CSV)
		status = tool_misuse(&command_compare,
				     "csv has no place for --bytes");
	if (status == TOOL_DONE)
		status = open_and_compare(r);
	closed = tool_output_close(&r->out, status <= TOOL_DECIDE);
	return closed ? closed : status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence =
		tool_evidence_of(o, o->operand_count == 2 ? 2 : 1);
	struct run r = { .options = o };
	int status = tool_output_open(&r.out, o->output, &evidence);

	if (status == TOOL_DONE) {
		tool_sandbox_enter(TOOL_NEEDS(o, &evidence, &r.out));
		status = compare_with_output(&r);
	}
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_compare = {
	.program = "vhdxlog",
	.name = "compare",
	.operands = "IMAGE A B, or IMAGE IMAGE",
	.summary = "two states side by side: the file, a sequence, an entry, "
		   "a reader",
	.about =
		"Every page that differs, BAT and metadata entry by entry,\n"
		"and what a guest would see change. A and B are states of\n"
		"the image: disk (the file as it is), S5-7 (with these\n"
		"entries applied), E7 (as it stood after that entry),\n"
		"policy:qemu (as that reader leaves it). Of two images each\n"
		"is taken as its file is. Nothing is written to either.\n",
	.after =
		"Examples:\n"
		"  vhdxlog compare disk.vhdx disk S5-7\n"
		"  vhdxlog compare disk.vhdx policy:ms-vhdx policy:qemu\n"
		"  vhdxlog compare --bytes disk.vhdx E5 E7\n"
		"  vhdxlog compare -f csv disk.vhdx disk S5-7\n"
		"  vhdxlog compare disk.vhdx copy.vhdx\n"
		"  vhdxlog compare --state-a S5-7 disk.vhdx replayed.vhdx\n"
		"  vhdxlog compare -q disk.vhdx copy.vhdx && echo same\n"
		"\n"
		"Exit status: 0 the same, 1 different, 2 wrong usage, 3 they\n"
		"could not be compared or the report not be written. See\n"
		"vhdxlog-compare(1).\n",
	.groups = TOOL_OUTPUT | TOOL_VERBOSITY | TOOL_DETAIL | TOOL_HASH |
		  TOOL_IMAGE | TOOL_COMPARE,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON | 1u << TOOL_CSV,
	.least_operands = 2,
	.most_operands = 3,
	.words = tool_state_word,
	.run = run,
};
