/* SPDX-License-Identifier: MIT */
#include "tools/common/option_table.h"

#include <getopt.h>

#include "tools/common/option_set.h"

/* --------------------------------------------------------------- the table */

const struct tool_option tool_option_rows[] = {
	{ "format", 'f', TOOL_OUTPUT, required_argument, "FORMAT",
	  tool_set_format, NULL },
	{ "output", 'o', TOOL_OUTPUT, required_argument, "FILE", tool_set_output,
	  "write to FILE instead; it appears when it is whole" },
	{ "output", 'o', TOOL_EXTRACT, required_argument, "FILE", tool_set_output,
	  "write to FILE, which appears when it is whole; needed" },
	{ "short", 0, TOOL_EXTRACT, no_argument, NULL, tool_set_short,
	  "write what is there of it where the file ends before it" },
	{ "redact", 0, TOOL_EXTRACT, no_argument, NULL, tool_set_redact,
	  "metadata: replace paths, creator and GUIDs, blank leaks" },
	{ "quiet", 'q', TOOL_VERBOSITY | TOOL_REPLAY, no_argument, NULL,
	  tool_set_quiet, "the verdict alone, in one line" },
	{ "quiet", 'q', TOOL_SILENCE, no_argument, NULL, tool_set_quiet,
	  "print nothing; the exit status tells what is there" },
	{ "quiet", 'q', TOOL_TIMELINE, no_argument, NULL, tool_set_quiet,
	  "the summary alone, in one line" },
	{ "verbose", 'v', TOOL_TIMELINE, no_argument, NULL, tool_set_verbose,
	  "say each event in words, too, and what lies where" },
	{ "verbose", 'v', TOOL_DETAIL, no_argument, NULL, tool_set_verbose,
	  "leave nothing out of long lists; add digests and limits" },
	{ "quiet", 'q', TOOL_CARVE, no_argument, NULL, tool_set_quiet,
	  "how much was found, in one line" },
	{ "verbose", 'v', TOOL_CARVE, no_argument, NULL, tool_set_verbose,
	  "list every structure, not only images and logs" },
	{ "no-color", 0, TOOL_OUTPUT, no_argument, NULL, tool_set_no_color,
	  "no colour, also on a terminal" },
	{ "all-checks", 0, TOOL_SCAN, no_argument, NULL, tool_set_all_checks,
	  "list the checks that passed or do not apply, too" },
	{ "no-hash", 0, TOOL_HASH, no_argument, NULL, tool_set_no_hash,
	  "do not hash headers, tables, log, metadata and BAT" },
	{ "hash", 0, TOOL_SCAN, optional_argument, "LIST", tool_set_hash,
	  "hash the whole image: SHA-256, and sha1, md5 of LIST" },
	{ "unreferenced", 0, TOOL_SCAN, no_argument, NULL, tool_set_unreferenced,
	  "look for data that no structure owns" },
	{ "policy", 0, TOOL_SCAN, required_argument, "NAME", tool_add_policy,
	  "of the readers show this one alone; may be repeated" },
	{ "sequence", 0, TOOL_REPLAY, required_argument, "ID", tool_set_sequence,
	  "replay these entries: S5-7, or E5 alone" },
	{ "policy", 0, TOOL_REPLAY, required_argument, "NAME", tool_set_policy,
	  "replay what this reader would; else what ms-vhdx would" },
	{ "fix", 0, TOOL_REPLAY, required_argument, "NAMES", tool_set_fix,
	  "mend headers, region-tables, bat-shift, length, log-guid" },
	{ "dry-run", 'n', TOOL_REPLAY, no_argument, NULL, tool_set_dry_run,
	  "say what would be written, and write nothing" },
	{ "overwrite", 0, TOOL_REPLAY, no_argument, NULL, tool_set_overwrite,
	  "replace an OUTPUT that is there, when the new one is whole" },
	{ "force", 0, TOOL_REPLAY, no_argument, NULL, tool_set_force,
	  "replay what is refused; the record names what it was" },
	{ "rearm", 0, TOOL_REPLAY, no_argument, NULL, tool_set_rearm,
	  "make it the log of the copy, for others to replay" },
	{ "salvage", 0, TOOL_REPLAY, no_argument, NULL, tool_set_salvage,
	  "add what can be proven of damaged entries behind it" },
	{ "patch", 0, TOOL_REPLAY, required_argument, "FILE", tool_set_patch,
	  "write the change to FILE as a patch; no OUTPUT" },
	{ "apply", 0, TOOL_REPLAY, required_argument, "FILE", tool_set_apply,
	  "make the change of a patch, in a copy of IMAGE" },
	{ "unapply", 0, TOOL_REPLAY, required_argument, "FILE", tool_set_unapply,
	  "take the change of a patch back, in a copy of IMAGE" },
	{ "hash", 0, TOOL_REPLAY, no_argument, NULL, tool_set_hash_both,
	  "add SHA-256 of IMAGE and OUTPUT, whole" },
	{ "session", 0, TOOL_TIMELINE, required_argument, "ID", tool_set_session,
	  "what this session did: its number, or its LogGuid" },
	{ "block", 0, TOOL_TIMELINE, required_argument, "N", tool_set_block,
	  "what touched this block of the guest's disk" },
	{ "virtual", 0, TOOL_TIMELINE, required_argument, "BYTES", tool_set_virtual,
	  "... the block at this offset of the guest's disk" },
	{ "region", 0, TOOL_TIMELINE, required_argument, "NAME", tool_set_region,
	  "what happened in this region: bat, metadata, ..." },
	{ "as-of", 0, TOOL_TIMELINE, required_argument, "ID", tool_set_as_of,
	  "the BAT as it stood after this entry: E7" },
	{ "anchor", 0, TOOL_TIMELINE, required_argument, "NAME=TIME",
	  tool_set_anchor, "all of it was no later than this, as you know" },
	{ "bytes", 0, TOOL_COMPARE, no_argument, NULL, tool_set_bytes,
	  "add what differs, byte by byte" },
	{ "state-a", 0, TOOL_COMPARE, required_argument, "STATE", tool_set_state_a,
	  "of two images, take this state of the first" },
	{ "state-b", 0, TOOL_COMPARE, required_argument, "STATE", tool_set_state_b,
	  "... and this one of the second" },
	{ "state", 0, TOOL_CARVE, required_argument, "FILE", tool_set_keep,
	  "keep in FILE how far it is, and go on from there" },
	{ "state-step", 0, TOOL_CARVE, required_argument, "BYTES", tool_set_period,
	  "... each time so much more has been read; else 1 GiB" },
	{ "yara", 0, TOOL_YARA, required_argument, "FILE", tool_add_rules,
	  "hold YARA rules against the log; or NAMESPACE:FILE" },
	{ "yara-define", 0, TOOL_YARA, required_argument, "NAME=VALUE",
	  tool_add_define, "... with this external variable" },
	{ "yara-scope", 0, TOOL_YARA, required_argument, "LIST",
	  tool_set_yara_scope, "... there; else pages,slack,foreign" },
	{ "yara-sequence", 0, TOOL_YARA, required_argument, "ID",
	  tool_set_yara_sequence, "... of replayed: with these entries: S5-7" },
	{ "yara-timeout", 0, TOOL_YARA, required_argument, "SECONDS",
	  tool_set_yara_timeout, "... for so long, for each image" },
	{ "custody", 0,
	  TOOL_SCAN | TOOL_REPLAY | TOOL_TIMELINE | TOOL_CARVE, no_argument,
	  NULL, tool_set_custody,
	  "add a record of the run: program, user, host, times" },
	{ "strict", 0, TOOL_IMAGE, no_argument, NULL, tool_set_strict,
	  "let checks of class M invalidate, too" },
	{ "offset", 0, TOOL_IMAGE, required_argument, "BYTES", tool_set_offset,
	  "the image begins there in a larger file" },
	{ "offset", 0, TOOL_CARVE, required_argument, "BYTES", tool_set_offset,
	  "look from there on" },
	{ "log-offset", 0, TOOL_IMAGE, required_argument, "BYTES",
	  tool_set_log_offset, "the log begins there, whatever the headers say" },
	{ "log-length", 0, TOOL_IMAGE, required_argument, "BYTES",
	  tool_set_log_length, "... and is so long" },
	{ "log-guid", 0, TOOL_IMAGE, required_argument, "GUID", tool_set_log_guid,
	  "... and its current session has this LogGuid" },
	{ "header", 0, TOOL_IMAGE, required_argument, "1|2", tool_set_header,
	  "believe this copy of the header" },
	{ "raw-log", 0, TOOL_RAW_LOG, no_argument, NULL, tool_set_raw_log,
	  "the file is a log region alone" },
	{ "raw-log", 0, TOOL_REPLAY, no_argument, NULL, tool_refuse_raw_log, "" },
	{ "raw-log", 0, TOOL_COMPARE | TOOL_EXTRACT, no_argument, NULL,
	  tool_refuse_log_alone, "" },
	{ "parent", 0, TOOL_IMAGE, required_argument, "FILE", tool_set_parent,
	  "check the linkage against this parent" },
	{ "jobs", 'j', TOOL_MANY, required_argument, "N", tool_set_jobs,
	  "look at N images at a time; auto: one a processor" },
	{ "files0-from", 0, TOOL_MANY, required_argument, "FILE",
	  tool_set_files_from, "the images in FILE, a NUL behind each; -: stdin" },
	{ "recursive", 'r', TOOL_MANY, no_argument, NULL, tool_set_recursive,
	  "of a folder, every .vhdx and .avhdx in and below it" },
	{ "max-read", 0, TOOL_MANY, required_argument, "BYTES", tool_set_max_read,
	  "give an image up that would take more reading" },
	{ "timeout", 0, TOOL_MANY, required_argument, "SECONDS", tool_set_timeout,
	  "... or more time" },
	{ "no-sandbox", 0, TOOL_OUTPUT | TOOL_EXTRACT, no_argument, NULL,
	  tool_set_no_sandbox, "keep all rights while evidence is read" },
	{ "man", 0, TOOL_MANUAL, no_argument, NULL, tool_set_manual,
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

static const char *scope_name(size_t i)
{
	return i < VHDXLOG_MATCH_SCOPES ?
		       vhdxlog_match_scope_name((enum vhdxlog_match_scope)i) :
	       i == VHDXLOG_MATCH_SCOPES ? "all" :
					   NULL;
}

static const struct {
	const char *(*set)(struct tool_options *options, const char *value);
	tool_words *words;
	bool list;
} known_values[] = {
	{ tool_set_format, format_name, false },
	{ tool_add_policy, vhdxlog_policy_name, false },
	{ tool_set_policy, vhdxlog_policy_name, false },
	{ tool_set_region, area_name, false },
	{ tool_set_fix, fix_name, true },
	{ tool_set_hash, digest_name, true },
	{ tool_set_header, header_slot, false },
	{ tool_set_yara_scope, scope_name, true },
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
