/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog show: one thing of an image in full. What it is asked for is looked
 * up before anything is printed.
 */
#include "tools/vhdxlog/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/lookup.h"
#include "tools/common/output.h"
#include "tools/common/sandbox.h"
#include "tools/common/say.h"
#include "tools/common/subject.h"
#include "tools/common/suggest.h"

/* ------------------------------------------------------------- identifiers */

/* Identifiers that are no numbers of sectors. */
static const char *known(size_t i)
{
	static const char *const words[] = { "header", "header1", "header2",
					     "log",    "bat:0",	  "policy:ms-vhdx",
					     NULL };

	return words[i];
}

static int not_an_id(const char *id)
{
	char *escaped = tool_escape(id), *mean = tool_suggest_start(id, known);

	tool_say("show: \"%s\" is no identifier%s", escaped, mean);
	fprintf(stderr, "identifiers are E5, S5-7, D9, header, log, bat:17 and "
			"policy:qemu, as vhdxlog scan prints them\n");
	free(escaped);
	free(mean);
	return TOOL_USAGE;
}

static int not_a_policy(const char *id)
{
	char *escaped = tool_escape(id), *policies = tool_policies(id);

	tool_say("show: \"%s\" is no policy%s", escaped, policies);
	free(escaped);
	free(policies);
	return TOOL_USAGE;
}

static int parse_ids(const struct tool_options *o,
		     struct report_target *targets)
{
	if (o->format == TOOL_JSON && o->operand_count > 2) {
		tool_say("show: json is one document for one thing; ask for "
			 "one at a time");
		return TOOL_USAGE;
	}
	for (int i = 1; i < o->operand_count; i++) {
		const char *id = o->operands[i];

		if (report_target_parse(id, &targets[i - 1]))
			continue;
		return strncmp(id, "policy:", 7) == 0 ? not_a_policy(id + 7) :
							not_an_id(id);
	}
	return TOOL_DONE;
}

/* ---------------------------------------------------- what is not there */

/* Say why a thing is not there. NULL: it is; why is released. */
static bool is_there(const char *path, char *why)
{
	if (why)
		tool_say_path(path, "%s", why);
	free(why);
	return !why;
}

static bool has_entry(struct vhdxlog_scan *scan, const char *path,
		      uint32_t sector)
{
	return is_there(path, tool_why_no_entry(scan, sector));
}

static bool has_sequence(struct vhdxlog_scan *scan, const char *path,
			 struct vhdxlog_range range)
{
	return is_there(path, tool_why_no_sequence(scan, range));
}

static bool has_orphan(struct vhdxlog_scan *scan, const char *path,
		       uint32_t sector)
{
	struct vhdxlog_orphan o = { .sector = 0 };
	bool any = false;
	uint32_t cursor = 0, first = 0;

	while (vhdxlog_orphan_next(scan, &cursor, &o, NULL) == 0) {
		if (o.sector == sector)
			return true;
		if (!any)
			first = o.sector;
		any = true;
	}
	if (any)
		tool_say_path(path,
			      "log sector %" PRIu32 " is no orphan; they are "
			      "between D%" PRIu32 " and D%" PRIu32,
			      sector, first, o.sector);
	else
		tool_say_path(path, "the log has no orphan data sectors");
	return false;
}

static bool has_bat(struct vhdxlog_scan *scan, const char *path, uint64_t index)
{
	const struct vhdxlog_bat *bat = &vhdxlog_image(scan)->bat;
	struct vhdxlog_bat_entry e;

	if (vhdxlog_bat_entry(scan, index, &e, NULL) == 0)
		return true;
	if (bat->known && index < bat->entries)
		tool_say_path(path, "BAT entry %" PRIu64 " cannot be read",
			      index);
	else if (bat->known && bat->entries)
		tool_say_path(path,
			      "there is no BAT entry %" PRIu64
			      "; the last is bat:%" PRIu64,
			      index, bat->entries - 1);
	else
		tool_say_path(path, "the BAT cannot be found");
	return false;
}

static bool has_log(const struct tool_options *o, struct vhdxlog_scan *scan)
{
	const char *path = o->operands[0];

	if (vhdxlog_log(scan)->known)
		return true;
	tool_say_path(path, o->scan.raw_log ?
				    "the file holds no whole log sector" :
				    "nothing says where the log is; see "
				    "--log-offset");
	return false;
}

/* slot 0: both copies; one that cannot be read is shown beside the other. */
static bool has_header(const struct tool_options *o, struct vhdxlog_scan *scan,
		       unsigned slot)
{
	const char *path = o->operands[0];

	if (o->scan.raw_log) {
		tool_say_path(path, "there is no header in a raw log");
		return false;
	}
	for (unsigned i = 1; i <= 2; i++) {
		if ((!slot || slot == i) && vhdxlog_header(scan, i)->readable)
			return true;
	}
	if (slot)
		tool_say_path(path, "header %u cannot be read", slot);
	else
		tool_say_path(path, "neither copy of the header can be read");
	return false;
}

static bool has_target(const struct tool_options *o, struct vhdxlog_scan *scan,
		       const struct report_target *target)
{
	const char *path = o->operands[0];

	switch (target->kind) {
	case REPORT_ENTRY: return has_entry(scan, path, target->range.first);
	case REPORT_SEQUENCE: return has_sequence(scan, path, target->range);
	case REPORT_ORPHAN: return has_orphan(scan, path, target->range.first);
	case REPORT_BAT: return has_bat(scan, path, target->index);
	case REPORT_LOG: return has_log(o, scan);
	case REPORT_POLICY: return true; /* each has a row */
	case REPORT_HEADER:
		return has_header(o, scan, (unsigned)target->index);
	}
	return true;
}

static bool has_all(const struct tool_options *o, struct vhdxlog_scan *scan,
		    const struct report_target *targets)
{
	for (int i = 1; i < o->operand_count; i++) {
		if (!has_target(o, scan, &targets[i - 1]))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- printing */

static int emit(const struct tool_options *o, FILE *out,
		const struct report_subject *subject,
		const struct report_target *target, const char *id,
		const struct report_options *r, struct vhdxlog_error *err)
{
	if (o->format == TOOL_JSON)
		return report_show_json(out, subject, target, id, r, err);
	return report_show_text(out, subject, target, r, err);
}

static int print(const struct tool_options *o,
		 const struct report_subject *subject,
		 const struct report_target *targets, struct tool_output *out)
{
	struct report_options r = tool_report_options(o, out->to_terminal);
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int rc = 0;

	r.path = o->operands[0];
	for (int i = 1; rc == 0 && i < o->operand_count; i++) {
		if (i > 1)
			putc('\n', out->stream);
		rc = emit(o, out->stream, subject, &targets[i - 1],
			  o->operands[i], &r, &err);
	}
	if (rc) {
		char *why;

		if (err.code == VHDXLOG_OK)
			err.code = (enum vhdxlog_code)rc;
		why = tool_error_text(&err);
		tool_say_path(r.path, "%s", why);
		free(why);
	}
	return rc ? TOOL_FAILED : TOOL_DONE;
}

/* With --quiet there is nothing to print, and what -o names stays as it is. */
static int show(const struct tool_options *o,
		const struct report_target *targets,
		struct vhdxlog_source *parent, struct tool_output *out)
{
	struct tool_subject subject = { .report = { NULL, NULL } };
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	int status = TOOL_FAILED;

	if (tool_subject_open(&subject, o, parent, o->operands[0], &err) != 0) {
		char *why = tool_error_text(&err);

		tool_say_path(o->operands[0], "%s", why);
		free(why);
	} else if (has_all(o, subject.report.scan, targets)) {
		status = o->quiet ? TOOL_DONE :
				    print(o, &subject.report, targets, out);
		tool_source_changed(subject.report.source, o->operands[0]);
	}
	tool_subject_release(&subject);
	return status;
}

static int show_with_output(const struct tool_options *o,
			    const struct report_target *targets,
			    struct tool_output *out)
{
	struct vhdxlog_source *parent;
	int closed, status = tool_subject_open_parent(o, &parent);

	if (status == TOOL_DONE)
		status = show(o, targets, parent, out);
	vhdxlog_source_close(parent);
	closed = tool_output_close(out, status == TOOL_DONE && !o->quiet);
	return status == TOOL_DONE ? closed : status;
}

static int parse_and_show(const struct tool_options *o, struct tool_output *out)
{
	struct report_target *targets =
		tool_alloc((size_t)o->operand_count, sizeof(*targets));
	int status = parse_ids(o, targets);

	if (status == TOOL_DONE)
		status = show_with_output(o, targets, out);
	else
		tool_output_close(out, false);
	free(targets);
	return status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence = tool_evidence_of(o, 1);
	struct tool_output out;
	int status = tool_output_open(&out, o->output, &evidence);

	if (status == TOOL_DONE) {
		tool_sandbox_enter(TOOL_NEEDS(o, &evidence, &out));
		status = parse_and_show(o, &out);
	}
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_show = {
	.program = "vhdxlog",
	.name = "show",
	.operands = "IMAGE ID...",
	.summary = "one thing in full: an entry, a sequence, a header, a BAT "
		   "entry",
	.about =
		"ID: E5 (the entry in log sector 5), S5-7 (the entries from\n"
		"E5 to E7), D9 (an orphan data sector), header, header1,\n"
		"header2, log, bat:17 (a BAT entry), policy:qemu (what that\n"
		"reader would do). Fields are shown in decimal and hex,\n"
		"bytes with the names of their fields, checks whatever came\n"
		"of them.\n",
	.after =
		"Examples:\n"
		"  vhdxlog show disk.vhdx E5\n"
		"  vhdxlog show disk.vhdx S5-7 bat:17\n"
		"  vhdxlog show disk.vhdx policy:ms-vhdx policy:qemu\n"
		"  vhdxlog show -f json disk.vhdx header\n"
		"  vhdxlog show -q disk.vhdx E5 && echo there\n"
		"\n"
		"Exit status: 0 done, 2 wrong usage, 3 the image has no such\n"
		"thing or could not be read. See vhdxlog-show(1).\n",
	.groups = TOOL_OUTPUT | TOOL_SILENCE | TOOL_DETAIL | TOOL_HASH |
		  TOOL_IMAGE | TOOL_RAW_LOG,
	.formats = 1u << TOOL_TEXT | 1u << TOOL_JSON,
	.least_operands = 2,
	.words = known,
	.run = run,
};
