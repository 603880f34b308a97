/* SPDX-License-Identifier: MIT */
#include "reports/next_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"

char *next_join(const char *format, ...)
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
char *next_quote_path(const char *path)
{
	char *plain = next_join("%s%s", *path == '-' ? "./" : "", path);
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
	return next_join("%.*s-%s%s", (int)(dot - path), path, end, dot);
}

/* One more option; false: out of memory, and there are none. */
static bool add(char **options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool add(char **options, const char *format, ...)
{
	char *more = NULL, *all = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&more, format, ap) >= 0)
		all = next_join("%s%s ", *options, more);
	else
		more = NULL;
	va_end(ap);
	free(more);
	free(*options);
	*options = all;
	return all;
}

/* Where a raw log ends, unless the file ends with it. */
static bool add_length(char **options, const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);
	bool raw = facts_is_raw_log(s->scan);

	/* A sector more, and it were longer. */
	if (raw && (!log->known ||
		    vhdxlog_source_size(s->source) - log->length < 4096))
		return true;
	return add(options, "--log-length %" PRIu32,
		   raw ? log->length
		       : vhdxlog_scan_options(s->scan)->log_length);
}

static bool add_log(char **options, const struct report_subject *s)
{
	const struct vhdxlog_options *o = vhdxlog_scan_options(s->scan);
	char guid[VHDXLOG_GUID_TEXT];

	return (!o->raw_log || add(options, "--raw-log")) &&
	       (!o->header || add(options, "--header %u", o->header)) &&
	       (!o->has_log_offset ||
		add(options, "--log-offset %" PRIu64, o->log_offset)) &&
	       (!(o->has_log_length || o->raw_log) || add_length(options, s)) &&
	       (!o->has_log_guid ||
		add(options, "--log-guid %s",
		    vhdxlog_guid_format(&o->log_guid, guid)));
}

static bool add_parent(char **options, const char *path)
{
	char *quoted = path ? next_quote_path(path) : NULL;
	bool ok = !path;

	if (quoted)
		ok = add(options, "--parent %s", quoted);
	free(quoted);
	return ok;
}

char *next_place_options(const struct report_subject *s,
			 const struct report_options *o)
{
	uint64_t offset = vhdxlog_source_offset(s->source);
	bool strict = vhdxlog_scan_options(s->scan)->strict;
	char *options = strdup("");

	if (options && (!strict || add(&options, "--strict")) &&
	    (!offset || add(&options, "--offset %" PRIu64, offset)) &&
	    add_log(&options, s) && add_parent(&options, o->parent))
		return options;
	free(options);
	return NULL;
}

char *next_replay_command(const char *options, const char *path,
			  const char *fix, const struct vhdxlog_range *range,
			  bool salvage)
{
	char *output = output_path(path, *fix ? "mended" : "replayed");
	char *from = next_quote_path(path);
	char *to = output ? next_quote_path(output) : NULL;
	char *command = NULL;
	char id[VHDXLOG_ID_TEXT];

	if (from && to)
		command = next_join("vhdxlog-replay %s%s%s%s%s%s%s%s%s %s",
				    options, *fix ? "--fix " : "", fix,
				    *fix ? " " : "",
				    salvage ? "--salvage " : "",
				    range ? "--sequence " : "",
				    range ? facts_range_id(*range, id) : "",
				    range ? " " : "", from, to);
	free(output);
	free(from);
	free(to);
	return command;
}

char *next_show_command(const char *options, const char *path, const char *ids)
{
	char *quoted = next_quote_path(path);
	char *command =
		quoted ? next_join("vhdxlog show %s%s %s", options, quoted, ids)
		       : NULL;

	free(quoted);
	return command;
}

char *next_compare_command(const char *options, const char *path, const char *a,
			   const char *b)
{
	char *quoted = next_quote_path(path);
	char *command = quoted ? next_join("vhdxlog compare %s%s %s %s",
					   options, quoted, a, b)
			       : NULL;

	free(quoted);
	return command;
}

char *next_scan_command(const char *options, const char *path)
{
	char *quoted = next_quote_path(path);
	char *command =
		quoted ? next_join("vhdxlog scan %s%s", options, quoted) : NULL;

	free(quoted);
	return command;
}
