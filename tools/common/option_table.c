/* SPDX-License-Identifier: MIT */
#include "tools/common/option_table.h"

#include <getopt.h>
#include <string.h>

#include "tools/common/number.h"

const char *const tool_format_names[TOOL_FORMAT_COUNT] = {
	[TOOL_TEXT] = "text",
	[TOOL_JSON] = "json",
	[TOOL_JSONL] = "jsonl",
	[TOOL_CSV] = "csv",
	[TOOL_MAP] = "map",
	[TOOL_HTML] = "html",
};

/* ----------------------------------------------- what each option is to do */
/* Each returns NULL, or what is wrong with the value. Flags get no value. */

#define MIB 0x100000u
#define SECTOR 4096u
#define BYTES_WANTED "is no number of bytes (4096, 0x1000, 4K and 4KiB are)"

const char *tool_set_format(struct tool_options *o, const char *value)
{
	for (int f = 0; f < TOOL_FORMAT_COUNT; f++) {
		if (strcmp(value, tool_format_names[f]) == 0) {
			o->format = (enum tool_format)f;
			return NULL;
		}
	}
	return "is no format";
}

static const char *set_path(const char **path, const char *value)
{
	*path = value;
	return *value ? NULL : "is no file name";
}

static const char *set_output(struct tool_options *o, const char *value)
{
	return set_path(&o->output, value);
}

static const char *set_quiet(struct tool_options *o, const char *value)
{
	(void)value;
	o->quiet = true;
	return NULL;
}

static const char *set_verbose(struct tool_options *o, const char *value)
{
	(void)value;
	o->verbose = true;
	return NULL;
}

static const char *set_no_color(struct tool_options *o, const char *value)
{
	(void)value;
	o->no_color = true;
	return NULL;
}

static const char *set_all_checks(struct tool_options *o, const char *value)
{
	(void)value;
	o->all_checks = true;
	return NULL;
}

static const char *set_strict(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.strict = true;
	return NULL;
}

static const char *set_custody(struct tool_options *o, const char *value)
{
	(void)value;
	o->custody = true;
	return NULL;
}

static const char *set_no_hash(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.hash_structures = false;
	return NULL;
}

static const char *set_hash(struct tool_options *o, const char *value)
{
	o->scan.hash_image |= VHDXLOG_HASH_SHA256;
	while (value && *value) {
		size_t n = strcspn(value, ",");

		if (n == 3 && strncmp(value, "md5", n) == 0)
			o->scan.hash_image |= VHDXLOG_HASH_MD5;
		else if (n == 4 && strncmp(value, "sha1", n) == 0)
			o->scan.hash_image |= VHDXLOG_HASH_SHA1;
		else if (n != 6 || strncmp(value, "sha256", n) != 0)
			return "is no list of sha256, sha1, md5";
		value += n;
		value += *value == ',';
	}
	return NULL;
}

const char tool_no_policy[] = "is no policy";

static bool find_policy(const char *value, size_t *index)
{
	const char *name;

	for (size_t i = 0; (name = vhdxlog_policy_name(i)); i++) {
		if (strcmp(value, name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static const char *add_policy(struct tool_options *o, const char *value)
{
	size_t i;

	if (!find_policy(value, &i))
		return tool_no_policy;
	o->policies |= UINT64_C(1) << i;
	return NULL;
}

static const char *set_unreferenced(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.unreferenced = true;
	return NULL;
}

static const char *set_offset(struct tool_options *o, const char *value)
{
	return tool_parse_bytes(value, &o->offset) ? NULL : BYTES_WANTED;
}

static const char *set_log_offset(struct tool_options *o, const char *value)
{
	o->scan.has_log_offset = true;
	if (!tool_parse_bytes(value, &o->scan.log_offset))
		return BYTES_WANTED;
	/* [MS-VHDX] 2.2.2: LogOffset; what else was found is a piece of a file. */
	return o->scan.log_offset % MIB ?
		       "is no multiple of 1 MiB, where alone an image has its "
		       "log (0x100000 is); one that lies elsewhere in a file "
		       "is scanned with --offset and --raw-log" :
		       NULL;
}

static const char *set_log_length(struct tool_options *o, const char *value)
{
	uint64_t n;

	if (!tool_parse_bytes(value, &n))
		return BYTES_WANTED;
	if (n == 0 || n > UINT32_MAX)
		return "is no length that a log can have";
	if (n % SECTOR)
		return "is no multiple of 4096, of which a log's sectors are "
		       "(1M is)";
	o->scan.has_log_length = true;
	o->scan.log_length = (uint32_t)n;
	return NULL;
}

static const char *set_log_guid(struct tool_options *o, const char *value)
{
	o->scan.has_log_guid = true;
	return vhdxlog_guid_parse(value, &o->scan.log_guid) ?
		       NULL :
		       "is no GUID (e6fc743c-81ed-4fe8-bf54-698ed57ba0b8 is)";
}

static const char *set_header(struct tool_options *o, const char *value)
{
	if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
		return "is neither 1 nor 2";
	o->scan.header = *value == '1' ? 1 : 2;
	return NULL;
}

static const char *set_raw_log(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.raw_log = true;
	return NULL;
}

static const char *set_parent(struct tool_options *o, const char *value)
{
	return set_path(&o->parent, value);
}

static const char *set_manual(struct tool_options *o, const char *value)
{
	(void)value;
	o->manual = true;
	return NULL;
}

/* --------------------------------------------------------------- replaying */

#define ONE_IS_ENOUGH "is one too many; one thing is replayed at a time"

static const char *set_sequence(struct tool_options *o, const char *value)
{
	struct report_target target;

	if (!report_target_parse(value, &target) ||
	    (target.kind != REPORT_SEQUENCE && target.kind != REPORT_ENTRY))
		return "names no entries (S5-7 and E5 do)";
	if (o->replay.sequence)
		return ONE_IS_ENOUGH;
	o->replay.sequence = value;
	return NULL;
}

static const char *set_policy(struct tool_options *o, const char *value)
{
	if (!find_policy(value, &o->replay.policy_index))
		return tool_no_policy;
	if (o->replay.policy)
		return ONE_IS_ENOUGH;
	o->replay.policy = value;
	return NULL;
}

const char *const tool_fix_names[] = { "headers",	"log-guid",
				       "region-tables", "bat-shift",
				       "length",	NULL };

static bool add_fix(struct tool_options *o, const char *name, size_t length)
{
	for (unsigned i = 0; tool_fix_names[i]; i++) {
		if (strlen(tool_fix_names[i]) == length &&
		    strncmp(tool_fix_names[i], name, length) == 0) {
			o->replay.fixes |= 1u << i;
			return true;
		}
	}
	return false;
}

static const char *set_fix(struct tool_options *o, const char *value)
{
	/* Ends: every turn goes on behind a comma, or to the end. */
	for (;;) {
		size_t n = strcspn(value, ",");

		if (!add_fix(o, value, n))
			return "is no list of headers, region-tables, "
			       "bat-shift, length, log-guid";
		if (!value[n])
			return NULL;
		value += n + 1;
	}
}

static const char *set_dry_run(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.dry_run = true;
	return NULL;
}

static const char *set_overwrite(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.overwrite = true;
	return NULL;
}

static const char *set_force(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.force = true;
	return NULL;
}

static const char *set_rearm(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.rearm = true;
	return NULL;
}

static const char *set_salvage(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.salvage = true;
	return NULL;
}

static const char *set_hash_both(struct tool_options *o, const char *value)
{
	(void)value;
	o->replay.hash = true;
	return NULL;
}

static const char *set_patch(struct tool_options *o, const char *value)
{
	return set_path(&o->replay.patch, value);
}

static const char *set_apply(struct tool_options *o, const char *value)
{
	return set_path(&o->replay.apply, value);
}

static const char *set_unapply(struct tool_options *o, const char *value)
{
	return set_path(&o->replay.unapply, value);
}

static const char *refuse_raw_log(struct tool_options *o, const char *value)
{
	(void)o;
	(void)value;
	return "a log alone has no disk that it could be replayed to";
}

/* ---------------------------------------------------------------- timeline */

static const char *set_session(struct tool_options *o, const char *value)
{
	o->timeline.session = value;
	return *value ? NULL : "is no session (1 is, and a LogGuid)";
}

static const char *set_block(struct tool_options *o, const char *value)
{
	o->timeline.has_block = true;
	return tool_parse_count(value, &o->timeline.block) ?
		       NULL :
		       "is no number of a block (17 is)";
}

static const char *set_virtual(struct tool_options *o, const char *value)
{
	o->timeline.has_virtual = true;
	return tool_parse_bytes(value, &o->timeline.virtual_offset) ?
		       NULL :
		       BYTES_WANTED;
}

const char tool_no_region[] = "is no region";

static const char *set_region(struct tool_options *o, const char *value)
{
	for (int i = 0; i < VHDXLOG_AREA_COUNT; i++) {
		enum vhdxlog_area area = (enum vhdxlog_area)i;

		if (strcmp(value, vhdxlog_area_name(area)) != 0)
			continue;
		o->timeline.has_area = true;
		o->timeline.area = area;
		return NULL;
	}
	return tool_no_region;
}

static const char *set_as_of(struct tool_options *o, const char *value)
{
	struct report_target target;

	if (!report_target_parse(value, &target) || target.kind != REPORT_ENTRY)
		return "names no entry (E7 does)";
	o->timeline.has_as_of = true;
	o->timeline.as_of = target.range.first;
	return NULL;
}

static const char *set_anchor(struct tool_options *o, const char *value)
{
	if (o->timeline.has_anchor)
		return "is one too many; there is one bound for all";
	o->timeline.has_anchor = true;
	return tool_parse_anchor(value, &o->timeline.anchor);
}

/* ---------------------------------------------------- comparing, extracting */

const char tool_no_state[] =
	"is no state (disk, S5-7, E7 and policy:qemu are)";

static const char *set_state(const char **state, const char *value)
{
	struct report_state parsed;

	*state = value;
	return report_state_parse(value, &parsed) ?
		       NULL :
		       tool_no_state;
}

static const char *set_state_a(struct tool_options *o, const char *value)
{
	return set_state(&o->compare.state_a, value);
}

static const char *set_state_b(struct tool_options *o, const char *value)
{
	return set_state(&o->compare.state_b, value);
}

static const char *set_bytes(struct tool_options *o, const char *value)
{
	(void)value;
	o->compare.bytes = true;
	return NULL;
}

static const char *set_short(struct tool_options *o, const char *value)
{
	(void)value;
	o->short_of = true;
	return NULL;
}

static const char *set_keep(struct tool_options *o, const char *value)
{
	return set_path(&o->carve.state, value);
}

static const char *set_period(struct tool_options *o, const char *value)
{
	o->carve.has_period = true;
	return tool_parse_bytes(value, &o->carve.period) && o->carve.period ?
		       NULL :
		       BYTES_WANTED;
}

static const char *set_redact(struct tool_options *o, const char *value)
{
	(void)value;
	o->redact = true;
	return NULL;
}

static const char *refuse_log_alone(struct tool_options *o, const char *value)
{
	(void)o;
	(void)value;
	return "a log alone is no image, and has no states";
}

/* ------------------------------------------------------------- many images */

#define MOST_JOBS 256u

static const char *set_files_from(struct tool_options *o, const char *value)
{
	return set_path(&o->many.files_from, value);
}

static const char *set_recursive(struct tool_options *o, const char *value)
{
	(void)value;
	o->many.recursive = true;
	return NULL;
}

static const char *set_jobs(struct tool_options *o, const char *value)
{
	uint64_t n = 0;

	if (strcmp(value, "auto") != 0 &&
	    (!tool_parse_count(value, &n) || n > MOST_JOBS))
		return "is no number of images at a time (1 to 256, or auto)";
	o->many.jobs = (unsigned)n;
	return NULL;
}

static const char *set_max_read(struct tool_options *o, const char *value)
{
	if (!tool_parse_bytes(value, &o->many.max_read))
		return BYTES_WANTED;
	return o->many.max_read ? NULL : "is too few to read anything";
}

static const char *set_timeout(struct tool_options *o, const char *value)
{
	return tool_parse_seconds(value, &o->many.timeout) &&
			       o->many.timeout ?
		       NULL :
		       "is no number of seconds (60 and 0.5 are)";
}

/* ------------------------------------------------------------------- rules */

static const char *add_rules(struct tool_options *o, const char *value)
{
	if (!*value)
		return "is no file name";
	if (o->yara.file_count == TOOL_MOST_RULES)
		return "is one file too many; one can include others";
	o->yara.files[o->yara.file_count++] = value;
	return NULL;
}

static const char *add_define(struct tool_options *o, const char *value)
{
	o->yara.detail = "--yara-define";
	if (o->yara.define_count == TOOL_MOST_DEFINES)
		return "is one too many";
	o->yara.defines[o->yara.define_count++] = value;
	return NULL;
}

static const char *set_yara_timeout(struct tool_options *o, const char *value)
{
	uint64_t seconds;

	o->yara.detail = "--yara-timeout";
	if (!tool_parse_count(value, &seconds) || seconds == 0 ||
	    seconds > 1000000)
		return "is no number of seconds (60 is)";
	o->yara.timeout = (unsigned)seconds;
	return NULL;
}

static bool add_scope(struct tool_options *o, const char *name, size_t length)
{
	const char *known;

	if (length == 3 && strncmp(name, "all", length) == 0) {
		o->yara.scopes |= (1u << VHDXLOG_MATCH_SCOPES) - 1;
		return true;
	}
	for (int i = 0; i < VHDXLOG_MATCH_SCOPES; i++) {
		known = vhdxlog_match_scope_name((enum vhdxlog_match_scope)i);
		if (strlen(known) == length &&
		    strncmp(known, name, length) == 0) {
			o->yara.scopes |= 1u << i;
			return true;
		}
	}
	return false;
}

static const char *set_yara_scope(struct tool_options *o, const char *value)
{
	o->yara.detail = "--yara-scope";
	/* Ends: every turn goes on behind a comma, or to the end. */
	for (;;) {
		size_t n = strcspn(value, ",");

		if (!add_scope(o, value, n))
			return "is no list of pages, slack, foreign, raw, "
			       "replayed, ghost, all";
		if (!value[n])
			return NULL;
		value += n + 1;
	}
}

static const char *set_yara_sequence(struct tool_options *o, const char *value)
{
	struct report_target target;

	o->yara.detail = "--yara-sequence";
	if (!report_target_parse(value, &target) ||
	    (target.kind != REPORT_SEQUENCE && target.kind != REPORT_ENTRY))
		return "names no entries (S5-7 and E5 do)";
	o->yara.has_sequence = true;
	o->yara.sequence = target.range;
	return NULL;
}

/* --------------------------------------------------------------- the table */

const struct tool_option tool_option_rows[] = {
	{ "format", 'f', TOOL_OUTPUT, required_argument, "FORMAT",
	  tool_set_format, NULL },
	{ "output", 'o', TOOL_OUTPUT, required_argument, "FILE", set_output,
	  "write to FILE instead; it appears when it is whole" },
	{ "output", 'o', TOOL_EXTRACT, required_argument, "FILE", set_output,
	  "write to FILE, which appears when it is whole; needed" },
	{ "short", 0, TOOL_EXTRACT, no_argument, NULL, set_short,
	  "write what is there of it where the file ends before it" },
	{ "redact", 0, TOOL_EXTRACT, no_argument, NULL, set_redact,
	  "metadata: replace paths, creator and GUIDs, blank leaks" },
	{ "quiet", 'q', TOOL_VERBOSITY | TOOL_REPLAY, no_argument, NULL,
	  set_quiet, "the verdict alone, in one line" },
	{ "quiet", 'q', TOOL_SILENCE, no_argument, NULL, set_quiet,
	  "print nothing; the exit status tells what is there" },
	{ "quiet", 'q', TOOL_TIMELINE, no_argument, NULL, set_quiet,
	  "the summary alone, in one line" },
	{ "verbose", 'v', TOOL_TIMELINE, no_argument, NULL, set_verbose,
	  "say each event in words, too, and what lies where" },
	{ "verbose", 'v', TOOL_DETAIL, no_argument, NULL, set_verbose,
	  "leave nothing out of long lists; add digests and limits" },
	{ "quiet", 'q', TOOL_CARVE, no_argument, NULL, set_quiet,
	  "how much was found, in one line" },
	{ "verbose", 'v', TOOL_CARVE, no_argument, NULL, set_verbose,
	  "list every structure, not only images and logs" },
	{ "no-color", 0, TOOL_OUTPUT, no_argument, NULL, set_no_color,
	  "no colour, also on a terminal" },
	{ "all-checks", 0, TOOL_SCAN, no_argument, NULL, set_all_checks,
	  "list the checks that passed or do not apply, too" },
	{ "no-hash", 0, TOOL_HASH, no_argument, NULL, set_no_hash,
	  "do not hash headers, tables, log, metadata and BAT" },
	{ "hash", 0, TOOL_SCAN, optional_argument, "LIST", set_hash,
	  "hash the whole image: SHA-256, and sha1, md5 of LIST" },
	{ "unreferenced", 0, TOOL_SCAN, no_argument, NULL, set_unreferenced,
	  "look for data that no structure owns" },
	{ "policy", 0, TOOL_SCAN, required_argument, "NAME", add_policy,
	  "of the readers show this one alone; may be repeated" },
	{ "sequence", 0, TOOL_REPLAY, required_argument, "ID", set_sequence,
	  "replay these entries: S5-7, or E5 alone" },
	{ "policy", 0, TOOL_REPLAY, required_argument, "NAME", set_policy,
	  "replay what this reader would; else what ms-vhdx would" },
	{ "fix", 0, TOOL_REPLAY, required_argument, "NAMES", set_fix,
	  "mend headers, region-tables, bat-shift, length, log-guid" },
	{ "dry-run", 'n', TOOL_REPLAY, no_argument, NULL, set_dry_run,
	  "say what would be written, and write nothing" },
	{ "overwrite", 0, TOOL_REPLAY, no_argument, NULL, set_overwrite,
	  "replace an OUTPUT that is there, when the new one is whole" },
	{ "force", 0, TOOL_REPLAY, no_argument, NULL, set_force,
	  "replay what is refused; the record names what it was" },
	{ "rearm", 0, TOOL_REPLAY, no_argument, NULL, set_rearm,
	  "make it the log of the copy, for others to replay" },
	{ "salvage", 0, TOOL_REPLAY, no_argument, NULL, set_salvage,
	  "add what can be proven of damaged entries behind it" },
	{ "patch", 0, TOOL_REPLAY, required_argument, "FILE", set_patch,
	  "write the change to FILE as a patch; no OUTPUT" },
	{ "apply", 0, TOOL_REPLAY, required_argument, "FILE", set_apply,
	  "make the change of a patch, in a copy of IMAGE" },
	{ "unapply", 0, TOOL_REPLAY, required_argument, "FILE", set_unapply,
	  "take the change of a patch back, in a copy of IMAGE" },
	{ "hash", 0, TOOL_REPLAY, no_argument, NULL, set_hash_both,
	  "add SHA-256 of IMAGE and OUTPUT, whole" },
	{ "session", 0, TOOL_TIMELINE, required_argument, "ID", set_session,
	  "what this session did: its number, or its LogGuid" },
	{ "block", 0, TOOL_TIMELINE, required_argument, "N", set_block,
	  "what touched this block of the guest's disk" },
	{ "virtual", 0, TOOL_TIMELINE, required_argument, "BYTES", set_virtual,
	  "... the block at this offset of the guest's disk" },
	{ "region", 0, TOOL_TIMELINE, required_argument, "NAME", set_region,
	  "what happened in this region: bat, metadata, ..." },
	{ "as-of", 0, TOOL_TIMELINE, required_argument, "ID", set_as_of,
	  "the BAT as it stood after this entry: E7" },
	{ "anchor", 0, TOOL_TIMELINE, required_argument, "NAME=TIME",
	  set_anchor, "all of it was no later than this, as you know" },
	{ "bytes", 0, TOOL_COMPARE, no_argument, NULL, set_bytes,
	  "add what differs, byte by byte" },
	{ "state-a", 0, TOOL_COMPARE, required_argument, "STATE", set_state_a,
	  "of two images, take this state of the first" },
	{ "state-b", 0, TOOL_COMPARE, required_argument, "STATE", set_state_b,
	  "... and this one of the second" },
	{ "state", 0, TOOL_CARVE, required_argument, "FILE", set_keep,
	  "keep in FILE how far it is, and go on from there" },
	{ "state-step", 0, TOOL_CARVE, required_argument, "BYTES", set_period,
	  "... each time so much more has been read; else 1 GiB" },
	{ "yara", 0, TOOL_YARA, required_argument, "RULES", add_rules,
	  "hold YARA rules against the log; [NAMESPACE:]FILE" },
	{ "yara-define", 0, TOOL_YARA, required_argument, "NAME=VALUE",
	  add_define, "... with this external variable" },
	{ "yara-scope", 0, TOOL_YARA, required_argument, "LIST",
	  set_yara_scope, "... there; else pages,slack,foreign" },
	{ "yara-sequence", 0, TOOL_YARA, required_argument, "ID",
	  set_yara_sequence, "... of replayed: with these entries: S5-7" },
	{ "yara-timeout", 0, TOOL_YARA, required_argument, "SECONDS",
	  set_yara_timeout, "... for so long, for each image" },
	{ "custody", 0,
	  TOOL_SCAN | TOOL_REPLAY | TOOL_TIMELINE | TOOL_CARVE, no_argument,
	  NULL, set_custody,
	  "add a record of the run: program, user, host, times" },
	{ "strict", 0, TOOL_IMAGE, no_argument, NULL, set_strict,
	  "let checks of class M invalidate, too" },
	{ "offset", 0, TOOL_IMAGE, required_argument, "BYTES", set_offset,
	  "the image begins there in a larger file" },
	{ "offset", 0, TOOL_CARVE, required_argument, "BYTES", set_offset,
	  "look from there on" },
	{ "log-offset", 0, TOOL_IMAGE, required_argument, "BYTES",
	  set_log_offset, "the log begins there, whatever the headers say" },
	{ "log-length", 0, TOOL_IMAGE, required_argument, "BYTES",
	  set_log_length, "... and is so long" },
	{ "log-guid", 0, TOOL_IMAGE, required_argument, "GUID", set_log_guid,
	  "... and its current session has this LogGuid" },
	{ "header", 0, TOOL_IMAGE, required_argument, "1|2", set_header,
	  "believe this copy of the header" },
	{ "raw-log", 0, TOOL_RAW_LOG, no_argument, NULL, set_raw_log,
	  "the file is a log region alone" },
	{ "raw-log", 0, TOOL_REPLAY, no_argument, NULL, refuse_raw_log, "" },
	{ "raw-log", 0, TOOL_COMPARE | TOOL_EXTRACT, no_argument, NULL,
	  refuse_log_alone, "" },
	{ "parent", 0, TOOL_IMAGE, required_argument, "FILE", set_parent,
	  "check the linkage against this parent" },
	{ "jobs", 'j', TOOL_MANY, required_argument, "N", set_jobs,
	  "look at N images at a time; auto: one a processor" },
	{ "files0-from", 0, TOOL_MANY, required_argument, "FILE",
	  set_files_from, "the images in FILE, a NUL behind each; -: stdin" },
	{ "recursive", 'r', TOOL_MANY, no_argument, NULL, set_recursive,
	  "of a folder, every .vhdx and .avhdx in and below it" },
	{ "max-read", 0, TOOL_MANY, required_argument, "BYTES", set_max_read,
	  "give an image up that would take more reading" },
	{ "timeout", 0, TOOL_MANY, required_argument, "SECONDS", set_timeout,
	  "... or more time" },
	{ "man", 0, TOOL_MANUAL, no_argument, NULL, set_manual,
	  "print the manual page vhdxlog-checks(7)" },
	{ .name = NULL },
};

const struct tool_option tool_standard_rows[] = {
	{ "help", 'h', 0, no_argument, NULL, NULL, "this text" },
	{ "version", 'V', 0, no_argument, NULL, NULL, "the version" },
	{ .name = NULL },
};

_Static_assert(sizeof(tool_option_rows) / sizeof(*tool_option_rows) <=
		       TOOL_MAX_OPTIONS,
	       "getopt's tables hold all options");

bool tool_option_listed(const struct tool_command *c,
			const struct tool_option *row)
{
	return (c->groups & row->group) && !(row->help && !*row->help);
}

/* ------------------------------------------------------------ known values */

static const char *format_name(size_t i)
{
	return i < TOOL_FORMAT_COUNT ? tool_format_names[i] : NULL;
}

static const char *area_name(size_t i)
{
	return i < VHDXLOG_AREA_COUNT ?
		       vhdxlog_area_name((enum vhdxlog_area)i) :
		       NULL;
}

/* The names end with a NULL. */
static const char *fix_name(size_t i)
{
	return tool_fix_names[i];
}

static const char *digest_name(size_t i)
{
	static const char *const names[] = { "sha256", "sha1", "md5", NULL };

	return names[i];
}

static const char *header_slot(size_t i)
{
	static const char *const slots[] = { "1", "2", NULL };

	return slots[i];
}

static const struct {
	const char *(*set)(struct tool_options *options, const char *value);
	tool_words *words;
	bool list;
} known_values[] = {
	{ tool_set_format, format_name, false },
	{ add_policy, vhdxlog_policy_name, false },
	{ set_policy, vhdxlog_policy_name, false },
	{ set_region, area_name, false },
	{ set_fix, fix_name, true },
	{ set_hash, digest_name, true },
	{ set_header, header_slot, false },
};

#define KNOWN_VALUES (sizeof(known_values) / sizeof(*known_values))

tool_words *tool_option_words(const struct tool_option *row)
{
	for (size_t i = 0; i < KNOWN_VALUES; i++) {
		if (known_values[i].set == row->set)
			return known_values[i].words;
	}
	return NULL;
}

bool tool_option_takes_list(const struct tool_option *row)
{
	for (size_t i = 0; i < KNOWN_VALUES; i++) {
		if (known_values[i].set == row->set)
			return known_values[i].list;
	}
	return false;
}
