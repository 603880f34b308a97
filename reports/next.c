/* SPDX-License-Identifier: MIT */
/*
 * The safe next command. It never writes to the image: what changes anything
 * works on a copy, and all else only looks.
 */
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"
#include "reports/next_command.h"
#include "reports/next_fix.h"
#include "reports/next_replay.h"
#include "reports/readers.h"

/* An image of which something is suggested. */
struct next {
	struct vhdxlog_scan *scan;  /* borrowed, and so is all else */
	const char *options, *path; /* of commands */
};

static char *explain_command(const struct vhdxlog_outcome *o,
			     const char *otherwise)
{
	return next_join("vhdxlog explain %s",
			 o->because ? o->because->name : otherwise);
}

/* What waits applied, or why that would be refused. */
static char *with_replay(const struct next *n, const struct vhdxlog_range *id)
{
	const struct vhdxlog_check *objection;

	if (next_replay_objection(n->scan, id, "", &objection))
		return NULL;
	return objection ? next_join("vhdxlog explain %s", objection->name)
			 : next_replay_command(n->options, n->path, "", id,
					       false);
}

static char *with_active(const struct next *n, enum vhdxlog_state state)
{
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	if (!facts_active_sequence(n->scan, &active))
		return next_show_command(n->options, n->path, "log");
	if ((state == VHDXLOG_DIRTY || state == VHDXLOG_DIRTY_AMBIGUOUS) &&
	    !facts_is_raw_log(n->scan))
		return with_replay(n, &active.id);
	return next_show_command(n->options, n->path,
				 facts_range_id(active.id, id));
}

/*
 * A header can be shown where there are bytes of one. A raw log without a
 * sector has nothing to show either.
 */
static char *with_headers_lost(const struct next *n)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(n->scan);

	if (facts_is_raw_log(n->scan))
		return vhdxlog_log(n->scan)->known ? with_active(n, o->state)
						   : strdup("");
	if (vhdxlog_header(n->scan, 1)->readable ||
	    vhdxlog_header(n->scan, 2)->readable)
		return next_show_command(n->options, n->path, "header");
	return explain_command(o, "");
}

/* Nothing waits, but something needs a decision all the same. */
static char *explain_first_error(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		if (f->severity == VHDXLOG_ERROR)
			return next_join("vhdxlog explain %s", f->id);
	}
	return strdup("");
}

/* What can be mended, in a copy, and what waits applied; "" where that is not
 * to be had. */
static char *with_fix(const struct next *n)
{
	struct next_fix fix;

	if (facts_is_raw_log(n->scan))
		return strdup("");
	if (next_fix_find(n->scan, &fix))
		return NULL;
	if (*fix.names)
		return next_replay_command(n->options, n->path, fix.names,
					   fix.replays ? &fix.sequence : NULL,
					   fix.salvages);
	return fix.objection
		       ? next_join("vhdxlog explain %s", fix.objection->name)
		       : strdup("");
}

/* The scan again, with more options, "" or ended by a space; only a scan is
 * asked what nothing owns. */
static char *scan_again(const struct next *n, const char *more)
{
	bool all = vhdxlog_scan_options(n->scan)->unreferenced;
	char *options = next_join("%s%s%s", n->options, more,
				  all ? "--unreferenced " : "");
	char *command = options ? next_scan_command(options, n->path) : NULL;

	free(options);
	return command;
}

/* The scan by which the newest entries wait. */
static char *with_unapplied(const struct next *n)
{
	const struct vhdxlog_guid *guid = next_log_guid(n->scan);
	char text[VHDXLOG_GUID_TEXT];
	char *more, *command;

	if (!guid)
		return strdup("");
	more = next_join("--log-guid %s ", vhdxlog_guid_format(guid, text));
	command = more ? scan_again(n, more) : NULL;
	free(more);
	return command;
}

/* What a session that was named would take, before it is applied. */
static char *with_disk_ahead(const struct next *n)
{
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	if (!facts_finding(n->scan, "log-disk-ahead") ||
	    !facts_active_sequence(n->scan, &active))
		return strdup("");
	return next_compare_command(n->options, n->path, "disk",
				    facts_range_id(active.id, id));
}

static char *command_for(const struct next *n)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(n->scan);

	switch (o->state) {
	case VHDXLOG_NOT_VHDX:
		return explain_command(o, "ident-signature-bad");
	case VHDXLOG_UNREADABLE:
		return explain_command(o, "image-structure-unreadable");
	case VHDXLOG_UNSTABLE:
		return scan_again(n, "");
	case VHDXLOG_HEADERS_LOST:
		return with_headers_lost(n);
	case VHDXLOG_TRUNCATED:
		return explain_command(o, "log-file-truncated");
	case VHDXLOG_DAMAGED:
		return explain_command(o, "");
	case VHDXLOG_DIRTY_UNREPLAYABLE:
		return next_show_command(n->options, n->path, "log");
	case VHDXLOG_DIRTY_AMBIGUOUS:
	case VHDXLOG_DIRTY_NOOP:
	case VHDXLOG_DIRTY:
		return with_active(n, o->state);
	case VHDXLOG_CLEAN:
		break;
	}
	return explain_first_error(n->scan);
}

/* The first of them that there is; NULL: out of memory. */
static char *first_command(const struct next *n)
{
	static char *(*const ways[])(const struct next *) = {
		with_unapplied, /* are to be looked at first */
		with_disk_ahead,
		with_fix,
	};
	enum vhdxlog_state state = vhdxlog_verdict(n->scan)->state;
	bool is_whole =
		state == VHDXLOG_HEADERS_LOST || state >= VHDXLOG_DAMAGED;
	char *command = NULL;

	for (size_t i = 0; is_whole && i < sizeof(ways) / sizeof(*ways); i++) {
		command = ways[i](n);
		if (!command || *command)
			return command;
		free(command);
	}
	return command_for(n);
}

char *report_next(const struct report_subject *s,
		  const struct report_options *o)
{
	char *options = next_place_options(s, o);
	const struct next n = { .scan = s->scan,
				.options = options,
				.path = o->path };
	char *command = options ? first_command(&n) : NULL;

	free(options);
	return command;
}

char *report_next_compare(const struct report_subject *s,
			  const struct report_options *o)
{
	const struct vhdxlog_selection *ours = readers_find(s->scan, "ms-vhdx");
	const struct vhdxlog_selection *rival =
		ours ? readers_rival(s->scan, ours) : NULL;
	char a[64], b[64];
	char *options, *command;

	if (!rival ||
	    vhdxlog_verdict(s->scan)->state != VHDXLOG_DIRTY_AMBIGUOUS)
		return strdup("");
	options = next_place_options(s, o);
	snprintf(a, sizeof(a), "policy:%s", ours->policy);
	snprintf(b, sizeof(b), "policy:%s", rival->policy);
	command = options ? next_compare_command(options, o->path, a, b) : NULL;
	free(options);
	return command;
}

char *report_extract_block(const struct report_subject *s,
			   const struct report_options *o, uint64_t block,
			   uint32_t sector)
{
	char *options = next_place_options(s, o);
	char *quoted = next_quote_path(o->path);
	char *command = NULL;

	if (options && quoted)
		command = next_join(
			"vhdxlog extract %s%s block:%" PRIu64 "@E%" PRIu32
			" -o block-%" PRIu64 "-E%" PRIu32 ".bin",
			options, quoted, block, sector, block, sector);
	free(options);
	free(quoted);
	return command;
}
