/* SPDX-License-Identifier: MIT */
/*
 * The safe next command. It never writes to the image: what changes anything
 * works on a copy, and all else only looks.
 */
#include "reports/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"
#include "reports/next_fix.h"
#include "reports/readers.h"

/* The caller frees it; NULL: out of memory. */
static char *join(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static char *join(const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

/* A path as an argument: one that begins with a dash is no option. */
static char *quote_path(const char *path)
{
	char *plain = join("%s%s", *path == '-' ? "./" : "", path);
	char *quoted = plain ? report_quote_shell(plain) : NULL;

	free(plain);
	return quoted;
}

/* disk.vhdx: disk-replayed.vhdx; a name without extension gets the end only. */
static char *output_path(const char *path, const char *end)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name)
		dot = path + strlen(path);
	return join("%.*s-%s%s", (int)(dot - path), path, end, dot);
}

/* guid: NULL where none is known. Its length where it is not all of the file. */
static char *raw_log_options(const struct report_subject *s, const char *before,
			     const char *guid)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);
	uint64_t rest = vhdxlog_source_size(s->source) - log->length;
	char length[48] = "";

	if (rest >= 4096) /* a sector more, and it were longer */
		snprintf(length, sizeof(length), "--log-length %" PRIu32 " ",
			 log->length);
	return join("%s--raw-log %s%s%s%s", before, length,
		    guid ? "--log-guid " : "", guid ? guid : "",
		    guid ? " " : "");
}

/* The options that say where the image and its log lie, with a space behind. */
static char *place_options(const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);
	uint64_t offset = vhdxlog_source_offset(s->source);
	char guid[VHDXLOG_GUID_TEXT];
	char before[48] = "";

	if (offset)
		snprintf(before, sizeof(before), "--offset %" PRIu64 " ",
			 offset);
	if (!log->known || !log->assumed || assumed_by_guess_alone(s->scan))
		return strdup(before);
	vhdxlog_guid_format(&log->guid, guid);
	if (facts_is_raw_log(s->scan))
		return raw_log_options(s, before, log->has_guid ? guid : NULL);
	return join("%s--log-offset %" PRIu64 " --log-length %" PRIu32
		    " %s%s%s",
		    before, log->offset, log->length,
		    log->has_guid ? "--log-guid " : "",
		    log->has_guid ? guid : "", log->has_guid ? " " : "");
}

/* fix: names of repairs, or ""; range NULL: nothing is applied. */
static char *replay_command(const char *options, const char *path,
			    const char *fix, const struct vhdxlog_range *range)
{
	char *output = output_path(path, *fix ? "mended" : "replayed");
	char *from = quote_path(path);
	char *to = output ? quote_path(output) : NULL;
	char *command = NULL;
	char id[VHDXLOG_ID_TEXT];

	if (from && to)
		command = join("vhdxlog-replay %s%s%s%s%s%s%s%s %s", options,
			       *fix ? "--fix " : "", fix, *fix ? " " : "",
			       range ? "--sequence " : "",
			       range ? facts_range_id(*range, id) : "",
			       range ? " " : "", from, to);
	free(output);
	free(from);
	free(to);
	return command;
}

static char *show_command(const char *options, const char *path,
			  const char *ids)
{
	char *quoted = quote_path(path);
	char *command =
		quoted ? join("vhdxlog show %s%s %s", options, quoted, ids) :
			 NULL;

	free(quoted);
	return command;
}

static char *scan_command(const char *options, const char *path)
{
	char *quoted = quote_path(path);
	char *command =
		quoted ? join("vhdxlog scan %s%s", options, quoted) : NULL;

	free(quoted);
	return command;
}

static char *explain_command(const struct vhdxlog_outcome *o,
			     const char *otherwise)
{
	return join("vhdxlog explain %s",
		    o->because ? o->because->name : otherwise);
}

static char *with_active(const struct report_subject *s, const char *options,
			 const char *path, enum vhdxlog_state state)
{
	struct vhdxlog_sequence active;
	char id[VHDXLOG_ID_TEXT];

	if (!facts_active_sequence(s->scan, &active))
		return show_command(options, path, "log");
	if ((state == VHDXLOG_DIRTY || state == VHDXLOG_DIRTY_AMBIGUOUS) &&
	    !facts_is_raw_log(s->scan))
		return replay_command(options, path, "", &active.id);
	return show_command(options, path, facts_range_id(active.id, id));
}

/*
 * A header can be shown where there are bytes of one. A raw log without a
 * sector has nothing to show either.
 */
static char *with_headers_lost(const struct report_subject *s,
			       const char *options, const char *path)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(s->scan);

	if (facts_is_raw_log(s->scan))
		return vhdxlog_log(s->scan)->known ?
			       with_active(s, options, path, o->state) :
			       strdup("");
	if (vhdxlog_header(s->scan, 1)->readable ||
	    vhdxlog_header(s->scan, 2)->readable)
		return show_command(options, path, "header");
	return explain_command(o, "");
}

/* Nothing waits, but something needs a decision all the same. */
static char *explain_first_error(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		if (f->severity == VHDXLOG_ERROR)
			return join("vhdxlog explain %s", f->id);
	}
	return strdup("");
}

/* What can be mended, in a copy, and what waits applied; "" where that is not to
 * be had. */
static char *with_fix(const struct report_subject *s, const char *options,
		      const char *path)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(s->scan);
	struct vhdxlog_sequence active;
	bool waits = facts_active_sequence(s->scan, &active);
	char names[NEXT_FIX_NAMES] = "";

	if (!facts_is_raw_log(s->scan) &&
	    (o->state != VHDXLOG_DAMAGED ||
	     (o->because && next_is_fixable(o->because->name))))
		next_fix_names(s->scan, waits, names);
	return *names ? replay_command(options, path, names,
				       waits ? &active.id : NULL) :
			strdup("");
}

/* The scan by which the newest entries wait. */
static char *with_unapplied(const struct report_subject *s,
			    const char *options, const char *path)
{
	const struct vhdxlog_guid *guid = next_log_guid(s->scan);
	char text[VHDXLOG_GUID_TEXT];
	char *more, *command;

	if (!guid)
		return strdup("");
	more = join("%s--log-guid %s ", options,
		    vhdxlog_guid_format(guid, text));
	command = more ? scan_command(more, path) : NULL;
	free(more);
	return command;
}

static char *command_for(const struct report_subject *s, const char *options,
			 const char *path)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(s->scan);

	switch (o->state) {
	case VHDXLOG_NOT_VHDX: return explain_command(o, "ident-signature-bad");
	case VHDXLOG_UNREADABLE:
		return explain_command(o, "image-structure-unreadable");
	case VHDXLOG_UNSTABLE: return scan_command(options, path);
	case VHDXLOG_HEADERS_LOST: return with_headers_lost(s, options, path);
	case VHDXLOG_TRUNCATED: return explain_command(o, "log-file-truncated");
	case VHDXLOG_DAMAGED: return explain_command(o, "");
	case VHDXLOG_DIRTY_UNREPLAYABLE:
		return show_command(options, path, "log");
	case VHDXLOG_DIRTY_AMBIGUOUS:
	case VHDXLOG_DIRTY_NOOP:
	case VHDXLOG_DIRTY: return with_active(s, options, path, o->state);
	case VHDXLOG_CLEAN: break;
	}
	return explain_first_error(s->scan);
}

/* The first of them that there is; NULL: out of memory. */
static char *first_command(const struct report_subject *s, const char *options,
			   const char *path)
{
	enum vhdxlog_state state = vhdxlog_verdict(s->scan)->state;
	char *command = strdup("");

	if (command && (state == VHDXLOG_HEADERS_LOST ||
			state >= VHDXLOG_DAMAGED)) {
		free(command);
		command = with_fix(s, options, path);
	}
	if (command && !*command && state > VHDXLOG_DAMAGED) {
		free(command);
		command = with_unapplied(s, options, path);
	}
	if (!command || *command)
		return command;
	free(command);
	return command_for(s, options, path);
}

char *report_next(const struct report_subject *s, const char *path)
{
	char *options = place_options(s);
	char *command = options ? first_command(s, options, path) : NULL;

	free(options);
	return command;
}

char *report_next_compare(const struct report_subject *s, const char *path)
{
	const struct vhdxlog_selection *ours = readers_find(s->scan, "ms-vhdx");
	const struct vhdxlog_selection *rival =
		ours ? readers_rival(s->scan, ours) : NULL;
	char *options, *quoted, *command = NULL;

	if (!rival ||
	    vhdxlog_verdict(s->scan)->state != VHDXLOG_DIRTY_AMBIGUOUS)
		return strdup("");
	options = place_options(s);
	quoted = quote_path(path);
	if (options && quoted)
		command = join("vhdxlog compare %s%s policy:%s policy:%s",
			       options, quoted, ours->policy, rival->policy);
	free(options);
	free(quoted);
	return command;
}

char *report_extract_block(const struct report_subject *s, const char *path,
			   uint64_t block, uint32_t sector)
{
	char *options = place_options(s);
	char *quoted = quote_path(path);
	char *command = NULL;

	if (options && quoted)
		command = join("vhdxlog extract %s%s block:%" PRIu64
			       "@E%" PRIu32 " -o block-%" PRIu64 "-E%" PRIu32
			       ".bin",
			       options, quoted, block, sector, block, sector);
	free(options);
	free(quoted);
	return command;
}

/* -------------------------------------------------- what a pass has found */

/* Of an image without a usable header: where its log is. */
static char *carved_log_options(const struct vhdxlog_carved *item)
{
	static const struct vhdxlog_guid none;
	bool known = memcmp(&item->guid, &none, sizeof(none)) != 0;
	char guid[VHDXLOG_GUID_TEXT];

	if (item->has_header || !item->has_log)
		return strdup("");
	vhdxlog_guid_format(&item->guid, guid);
	return join("--log-offset %" PRIu64 " --log-length %" PRIu32 " %s%s%s",
		    item->log_offset, item->log_length,
		    known ? "--log-guid " : "", known ? guid : "",
		    known ? " " : "");
}

static char *carved_image(const struct vhdxlog_carved *item, const char *path)
{
	char *log = carved_log_options(item), *options, *command;

	if (!log || item->base == 0) {
		command = log ? scan_command(log, path) : NULL;
		free(log);
		return command;
	}
	options = join("--offset %" PRIu64 " %s", item->base, log);
	command = options ? scan_command(options, path) : NULL;
	free(options);
	free(log);
	return command;
}

static char *place_of_ring(uint64_t at, uint64_t length)
{
	char before[48] = "";

	if (at)
		snprintf(before, sizeof(before), "--offset %" PRIu64 " ", at);
	return join("%s--raw-log --log-length %" PRIu64 " ", before, length);
}

static char *carved_log(const struct vhdxlog_carved *item, const char *path)
{
	bool ring = item->has_base && item->log_length;
	uint64_t at = ring ? item->base : item->offset;
	uint64_t length = ring ? item->log_length : item->length;
	char *options, *command;

	options = place_of_ring(at, length);
	command = options ? scan_command(options, path) : NULL;
	free(options);
	return command;
}

char *report_carve_command(const struct vhdxlog_carved *item, const char *path)
{
	if (item->kind == VHDXLOG_CARVE_IMAGE && item->has_base)
		return carved_image(item, path);
	if (item->kind == VHDXLOG_CARVE_LOG)
		return carved_log(item, path);
	return strdup("");
}
